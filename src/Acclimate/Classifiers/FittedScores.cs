using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>Scores that are what a map makes of a sample: those of a kernel machine, say.</summary>
/// <param name="Decisions">What speaks for each class, less the offset: [n, C].</param>
/// <param name="Offset">What is added: [1, C]; −∞ for a class without samples.</param>
public sealed record FittedScores(FeatureMap Decisions, Tensor Offset) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Decisions.Tensors, Offset];

    /// <summary>The offset that only keeps classes without samples from being predicted: 0, and −∞ for these.</summary>
    /// <param name="labels">The samples' classes.</param>
    /// <param name="classes">C.</param>
    internal static Tensor OffsetOf(IEnumerable<int> labels, int classes)
    {
        double[] offset = new double[classes];
        Array.Fill(offset, double.NegativeInfinity);
        foreach (int label in labels)
            offset[label] = 0;
        return Tensor.From(offset, 1, classes);
    }

    /// <inheritdoc/>
    public override Tensor Scores(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Decisions.Apply(samples) + Offset);
    }
}
