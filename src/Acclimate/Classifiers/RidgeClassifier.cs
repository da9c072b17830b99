using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// Least squares onto the classes, each against the rest: min ‖(X − m)W − Y‖² + λ‖W‖², Y being 1 for a sample's class and −1
/// for the others, less their means. In closed form: over the features, or over the samples where these are fewer.
/// </summary>
public sealed class RidgeClassifier : Classifier
{
    /// <summary>λ, above 0. Default 1.</summary>
    [Option("lambda", "the weight of ‖W‖², above 0", Search = "0.01..100 log")]
    public double Lambda { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Lambda > 0))
            throw new ArgumentException(FormattableString.Invariant($"ridge: lambda is {Lambda}; expected above 0"));
    }

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes)
    {
        int[] present = Present(labels);
        Tensor middle = samples.Mean(0, keep: true), x = samples - middle;
        Tensor targets = (Compact(labels, present).OneHot(present.Length).To(ScalarType.Float64) * 2) - 1;
        Tensor mean = targets.Mean(0, keep: true), y = targets - mean;

        // (XᵀX + λI)⁻¹XᵀY = Xᵀ(XXᵀ + λI)⁻¹Y
        long n = x.Size(0), d = x.Size(1);
        Tensor weight = d <= n
            ? (x.T.MatMul(x) + (Tensor.Eye(d, ScalarType.Float64) * Lambda)).Solve(x.T.MatMul(y))
            : x.T.MatMul((x.MatMul(x.T) + (Tensor.Eye(n, ScalarType.Float64) * Lambda)).Solve(y));
        return FittedLinear.Of(weight, mean - middle.MatMul(weight), present, classes);
    }
}
