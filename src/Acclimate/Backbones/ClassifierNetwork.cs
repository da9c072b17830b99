using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>What a network is built from; enough to build it again.</summary>
/// <param name="Backbone">A name that <see cref="Networks"/> knows.</param>
/// <param name="InputShape">The shape of one sample.</param>
/// <param name="Classes">How many classes it tells apart.</param>
public sealed record NetworkSpec(string Backbone, IReadOnlyList<long> InputShape, int Classes);

/// <summary>A backbone and a linear classifier on its features.</summary>
public sealed class ClassifierNetwork : Module
{
    private readonly Backbone backbone;
    private readonly Linear head;

    /// <summary>Builds the network with first values drawn from a generator.</summary>
    /// <param name="spec">What to build.</param>
    /// <param name="generator">The source of the first values.</param>
    /// <exception cref="ArgumentException">The backbone is unknown or can't take samples of that shape.</exception>
    public ClassifierNetwork(NetworkSpec spec, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Spec = spec;
        backbone = Add("backbone", Networks.Build(spec.Backbone, [.. spec.InputShape], generator));
        head = Add("head", new Linear(backbone.FeatureSize, spec.Classes, generator));
    }

    /// <summary>What the network was built from.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>The class scores before softmax: batch × classes.</summary>
    /// <param name="input">A batch of samples.</param>
    public override Tensor Forward(Tensor input) => Activate(input).Logits;

    /// <summary>
    /// Every layer's output: the backbone's stages by name, <c>features</c> (the last of them), <c>logits</c> and
    /// <c>probabilities</c> (their softmax).
    /// Makes temporaries: call it inside a <see cref="TensorScope"/>.
    /// </summary>
    /// <param name="input">A batch of samples.</param>
    public Activations Activate(Tensor input)
    {
        IReadOnlyList<(string, Tensor Value)> stages = backbone.Outputs(input);
        Tensor features = stages[^1].Value;
        Tensor logits = head.Forward(features);
        return new Activations([.. stages, ("features", features), ("logits", logits), ("probabilities", Functional.Softmax(logits, 1))]);
    }
}
