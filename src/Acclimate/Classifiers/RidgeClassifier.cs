using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>
/// Least squares onto the classes, each against the rest: min ‖(X − m)W − Y‖² + λ‖W‖², Y being 1 for a sample's class and −1
/// for the others, less their means; a sample of weight w counts w times in all of these. In closed form: over the features, or over the samples where these are fewer.
/// </summary>
public sealed class RidgeClassifier : Classifier
{
    /// <summary>λ, above 0. Default 1.</summary>
    [Option("lambda", "the weight of ‖W‖², above 0", Search = "0.01..100 log", Source = "1, the usual default, as scikit-learn has it")]
    public double Lambda { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Lambda > 0))
            throw new ArgumentException(FormattableString.Invariant($"ridge: lambda is {Lambda}; expected above 0"));
    }

    /// <inheritdoc/>
    public override bool TakesWeights => true;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes) => Train(samples, labels, classes, null);

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights) => Train(samples, labels, classes, weights);

    private FittedLinear Train(Tensor samples, int[] labels, int classes, double[]? weights)
    {
        int[] present = Present(labels);
        Tensor targets = (Compact(labels, present).OneHot(present.Length).To(ScalarType.Float64) * 2) - 1;
        Tensor middle = Mean(samples), mean = Mean(targets), x = samples - middle, y = targets - mean;
        if (weights is not null)
        {
            Tensor root = Tensor.From(weights, weights.Length, 1).Sqrt();
            (x, y) = (x * root, y * root);
        }

        // (XᵀX + λI)⁻¹XᵀY = Xᵀ(XXᵀ + λI)⁻¹Y
        long n = x.Size(0), d = x.Size(1);
        Tensor weight = d <= n
            ? (x.T.MatMul(x) + (Tensor.Eye(d, ScalarType.Float64) * Lambda)).Solve(x.T.MatMul(y))
            : x.T.MatMul((x.MatMul(x.T) + (Tensor.Eye(n, ScalarType.Float64) * Lambda)).Solve(y));
        return FittedLinear.Of(weight, mean - middle.MatMul(weight), present, classes);

        Tensor Mean(Tensor of) => weights is null
            ? of.Mean(0, keep: true)
            : Tensor.From(Array.ConvertAll(weights, weight => weight / weights.Sum()), 1, weights.Length).MatMul(of);
    }
}
