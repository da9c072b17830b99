using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>What an objective may know of a run beyond a step's batches: the network, the sizes, and a look at all samples.</summary>
public sealed class FitContext
{
    private readonly ClassifierNetwork? network;
    private readonly Activations? example;
    private readonly Generator? generator;

    /// <summary>A context that shows what a network computes, and no more.</summary>
    /// <param name="example">What a network computes for one batch.</param>
    /// <param name="generator">For first values.</param>
    public FitContext(Activations example, Generator generator)
    {
        this.example = example;
        this.generator = generator;
    }

    /// <summary>A context of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="generator">For first values.</param>
    /// <param name="example">What the network computes for one batch.</param>
    public FitContext(ClassifierNetwork network, Generator generator, Activations example)
        : this(example, generator) => this.network = network;

    internal FitContext(ClassifierNetwork network) => this.network = network;

    /// <summary>The network that is trained.</summary>
    public ClassifierNetwork Network => network ?? throw new InvalidOperationException("this context has no network");

    /// <summary>What the network computes for one batch: shows the layers and their sizes. Only while attaching.</summary>
    public Activations Example => example ?? throw new InvalidOperationException("the example is there while attaching only");

    /// <summary>The source of an own network's first values. Only while attaching.</summary>
    public Generator Generator => generator ?? throw new InvalidOperationException("the generator is there while attaching only");

    /// <summary>The source's classes, in the order of the network's scores; further ones of the objective's own come behind them.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>How many samples the source has.</summary>
    public int SourceCount { get; init; }

    /// <summary>How many data sets the source is made of; 1 where it is one.</summary>
    public int SourceDomains { get; init; } = 1;

    /// <summary>How many samples the target has.</summary>
    public int TargetCount { get; init; }

    /// <summary>What is to be learnt beside the source's task; most often nothing.</summary>
    public IReadOnlyList<TaskInfo> Tasks { get; init; } = [];

    /// <summary>The source's samples in order, a batch at a time, without random preprocessing.</summary>
    internal Func<IEnumerable<Batch>> SourceBatches { get; init; } = static () => [];

    /// <summary>The target's samples, likewise; they have no labels.</summary>
    internal Func<IEnumerable<Batch>> TargetBatches { get; init; } = static () => [];

    /// <summary>A further task's samples, likewise.</summary>
    internal Func<int, IEnumerable<Batch>> TaskBatches { get; init; } = static _ => [];

    /// <summary>Whether the domains go through the network in one batch. Default true.</summary>
    internal bool Joint { get; init; } = true;

    /// <summary>Stops what takes long between two steps.</summary>
    internal CancellationToken Cancellation { get; init; }

    /// <summary>What convolutions and products compute in.</summary>
    internal ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>Goes through all of the target without gradients.</summary>
    /// <param name="use">Takes what the network makes of a batch, and which of the target's samples these are.</param>
    /// <param name="training">Whether the network is in training meanwhile (batch norm looks at the batch and tracks it); otherwise as in use.</param>
    public void OverTarget(Action<Activations, IReadOnlyList<int>> use, bool training = false) =>
        Over(TargetBatches, (activations, batch) => use(activations, batch.Indices), training);

    /// <summary>Goes through all of the source without gradients, the network as in use.</summary>
    /// <param name="use">Takes what the network makes of a batch, and its labels.</param>
    public void OverSource(Action<Activations, Tensor> use) =>
        Over(SourceBatches, (activations, batch) => use(activations, batch.Labels!), training: false);

    /// <summary>The same run as a further task sees it, with a network of its own: its samples are the target's.</summary>
    /// <param name="task">Which, from 0.</param>
    /// <param name="own">The network.</param>
    internal FitContext OfTask(int task, ClassifierNetwork own) => new(own) { TargetBatches = () => TaskBatches(task), Precision = Precision };

    private void Over(Func<IEnumerable<Batch>> batches, Action<Activations, Batch> use, bool training)
    {
        bool before = Network.Training;
        SetTraining(training);
        try
        {
            foreach (Batch batch in batches())
            {
                using (batch)
                {
                    using TensorScope scope = TensorScope.Begin();
                    using NoGrad noGrad = NoGrad.Begin();
                    use(Activate(batch.Inputs), batch);
                }
            }
        }
        finally
        {
            SetTraining(before);
        }
    }

    /// <summary>In the run's precision; what is made of it is not.</summary>
    private Activations Activate(Tensor inputs)
    {
        using Autocast half = Autocast.Begin(Precision);
        return Network.Activate(inputs);
    }

    private void SetTraining(bool training)
    {
        if (training)
            Network.Train();
        else
            Network.Eval();
    }
}
