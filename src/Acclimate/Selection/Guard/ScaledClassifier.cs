using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.Selection.Guard;

/// <summary>
/// A classifier that is trained on samples brought to a mean squared norm of 1, for which its C was chosen, whatever space they lie in; what it
/// comes to takes samples as they are.
/// </summary>
/// <param name="inner">The classifier: one of the source's choice.</param>
internal sealed class ScaledClassifier(Classifier inner) : Classifier
{
    /// <inheritdoc/>
    public override bool TakesWeights => inner.TakesWeights;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes) => Scaled(samples, x => inner.Fit(x, labels, classes));

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights) => Scaled(samples, x => inner.Fit(x, labels, classes, weights));

    private static FittedClassifier Scaled(Tensor samples, Func<Tensor, FittedClassifier> fit)
    {
        double f = PairSpaces.ScaleOf(samples);
        using FittedClassifier fitted = fit(samples * f);
        return HedgeStudent.Rescaled(fitted, f);
    }
}
