using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>The class whose mean is nearest by Euclidean distance. Scores are −‖x − m‖², less what is the same for all classes.</summary>
public sealed class NearestCentroid : Classifier
{
    /// <inheritdoc/>
    public override bool TakesWeights => true;

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes) => Train(samples, labels, classes, null);

    /// <inheritdoc/>
    protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights) => Train(samples, labels, classes, weights);

    private static FittedLinear Train(Tensor samples, int[] labels, int classes, double[]? weights)
    {
        int[] present = Present(labels);
        Tensor middle = samples.Mean(0, keep: true);
        Tensor members = Compact(labels, present).OneHot(present.Length).To(ScalarType.Float64);
        if (weights is not null)
            members *= Tensor.From(weights, weights.Length, 1);
        Tensor means = members.T.MatMul(samples - middle) / members.Sum(0).Unsqueeze(1);

        // −‖(x − o) − m‖² = 2(x − o)·m − ‖m‖² − ‖x − o‖², with o the middle of all samples.
        Tensor weight = means.T * 2;
        return FittedLinear.Of(weight, -means.Square().Sum(1).Unsqueeze(0) - middle.MatMul(weight), present, classes);
    }
}
