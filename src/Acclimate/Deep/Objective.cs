using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>Where a training run stands.</summary>
/// <param name="Step">This step, from 0.</param>
/// <param name="Steps">All steps of the run.</param>
public readonly record struct StepInfo(long Step, long Steps)
{
    /// <summary>p: how much of the run lies behind, from 0 to just under 1.</summary>
    public double Progress => (double)Step / Steps;
}

/// <summary>What a network computed for one batch, layer by layer, the classifier last.</summary>
public sealed class Activations
{
    private readonly IReadOnlyList<(string Layer, Tensor Value)> layers;

    /// <summary>Holds the layers' outputs.</summary>
    /// <param name="layers">Names and outputs, in the network's order.</param>
    public Activations(IReadOnlyList<(string Layer, Tensor Value)> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = layers;
    }

    /// <summary>The names of the layers, in the network's order.</summary>
    public IEnumerable<string> Names => layers.Select(static l => l.Layer);

    /// <summary>The class scores before softmax: batch × classes.</summary>
    public Tensor Logits => this["logits"];

    /// <summary>What the classifier sees: batch × features.</summary>
    public Tensor Features => this["features"];

    /// <summary>A layer's output, batch first.</summary>
    /// <param name="layer">Its name.</param>
    /// <exception cref="ArgumentException">The network has no such layer; the message names those it has.</exception>
    public Tensor this[string layer]
    {
        get
        {
            foreach ((string name, Tensor value) in layers)
            {
                if (name == layer)
                    return value;
            }

            throw new ArgumentException($"the network has no layer '{layer}'; it has: {string.Join(", ", Names)}");
        }
    }

    /// <summary>The first <paramref name="count"/> samples, and the rest.</summary>
    /// <param name="count">How many samples come first.</param>
    public (Activations Head, Activations Tail) SplitAt(long count) => (
        new Activations([.. layers.Select(l => (l.Layer, l.Value.Slice(0, 0, count)))]),
        new Activations([.. layers.Select(l => (l.Layer, l.Value.Slice(0, count, l.Value.Size(0))))]));
}

/// <summary>One term of a loss.</summary>
/// <param name="Name">What it is called in the metrics.</param>
/// <param name="Value">A single number through which gradients flow.</param>
/// <param name="Weight">What it is multiplied by in the sum.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Weight = 1);

/// <summary>
/// A deep adaptation method: a pure loss over what the network computed for a source and a target batch. The trainer
/// adds it to the classification loss. A new method is one class with a <see cref="Catalog.MethodAttribute"/>.
/// </summary>
public abstract class Objective : IDisposable
{
    /// <summary>Whether the loss looks at the target at all; where not, no target batch is computed.</summary>
    public virtual bool NeedsTarget => true;

    /// <summary>A network that the objective trains beside the classifier, such as a domain discriminator; usually none.</summary>
    public virtual Module? Network => null;

    /// <summary>Prepares the objective for a network; called once, before training or resuming.</summary>
    /// <param name="example">What the network computes for one batch: shows the layers and their sizes.</param>
    /// <param name="generator">For the first values of a network of its own.</param>
    /// <exception cref="ArgumentException">The options ask for what the network doesn't have.</exception>
    public virtual void Attach(Activations example, Generator generator)
    {
    }

    /// <summary>The terms that are added to the classification loss at this step.</summary>
    /// <param name="source">What the network computed for the source batch.</param>
    /// <param name="labels">The source batch's labels: whole numbers, one a sample.</param>
    /// <param name="target">What the network computed for the target batch.</param>
    /// <param name="step">Where the run stands.</param>
    public abstract IReadOnlyList<LossTerm> Loss(Activations source, Tensor labels, Activations target, StepInfo step);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the objective's own network.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Network?.Dispose();
    }
}
