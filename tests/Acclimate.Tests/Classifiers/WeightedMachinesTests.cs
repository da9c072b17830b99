using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Classifiers;

/// <summary>Samples that count differently, in every classifier that takes weights.</summary>
public sealed class WeightedMachinesTests
{
    // A sample of weight 2 is the sample twice; one of weight 0 is not there. The problems have one minimum; liblinear and libsvm stop at 1e-3 of their slopes.
    [Theory]
    [InlineData("svm")]
    [InlineData("svm-pairs")]
    [InlineData("svm-rbf:gamma=0.05")]
    [InlineData("ridge")]
    [InlineData("centroid")]
    [InlineData("logistic")]
    public void Fit_Weights_AreRepetitions(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 200, 4, seed: 1);
        Classifier classifier = ClassifierCatalog.Parse(name);
        double[] weights = [.. Enumerable.Range(0, 30).Select(static i => i < 10 ? 2.0 : i < 28 ? 1 : 0)];
        long[] rows = [.. Enumerable.Range(0, 10).Concat(Enumerable.Range(0, 28)).Select(static i => (long)i)];

        using FittedClassifier weighed = classifier.Fit(data.Source, data.SourceLabels, 3, weights);
        using FittedClassifier repeated = classifier.Fit(data.Source.IndexSelect(0, Tensor.From(rows)), [.. rows.Select(i => data.SourceLabels[i])], 3);

        Assert.True((Said(weighed) - Said(repeated)).Abs().Max().ToDouble() < 2e-2);
        Assert.Equal(repeated.Predict(data.Source), weighed.Predict(data.Source));

        Tensor Said(FittedClassifier by) => by is FittedVotes votes ? votes.Decide(data.Source) : by.Probabilities(data.Source);
    }

    // Weights of 1 are none: the interior point method and libsvm, run until 1e-6, find the same machines.
    [Theory]
    [InlineData(0.1)]
    [InlineData(10)]
    public void KernelSvm_WeightsOfOne_AreLibsvmsMachines(double c)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 50, 4, seed: 2);
        KernelSvm svm = new() { C = c, Gamma = 0.05, Tolerance = 1e-6 };
        using FittedVotes here = (FittedVotes)svm.Fit(data.Source, data.SourceLabels, 3, [.. Enumerable.Repeat(1.0, 60)]), libsvm = (FittedVotes)svm.Fit(data.Source, data.SourceLabels, 3);

        Assert.True((here.Decide(data.Target) - libsvm.Decide(data.Target)).Abs().Max().ToDouble() < 1e-4);
    }

    [Fact]
    public void Fit_AllWeightsZero_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([3, 2], ScalarType.Float64);

        Assert.Contains("every sample's weight is 0", Assert.Throws<ArgumentException>(() => new RidgeClassifier().Fit(x, [0, 1, 0], 2, [0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("svm:loss=hinge", Assert.Throws<ArgumentException>(() => new LinearSvm { Loss = SvmLoss.Hinge }.Fit(x, [0, 1, 0], 2, [1, 1, 1])).Message, StringComparison.Ordinal);
    }
}
