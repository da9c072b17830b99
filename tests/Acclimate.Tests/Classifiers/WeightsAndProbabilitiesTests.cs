using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Classifiers;

/// <summary>Samples that count differently, probabilities learnt in place of classes, and graded ones.</summary>
public sealed class WeightsAndProbabilitiesTests
{
    // A sample of weight 2 is the sample twice; one of weight 0 is not there. Both problems have one minimum, found to 1e-7 of the slope.
    [Fact]
    public void Logistic_Weights_AreRepetitions()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 20, 4, seed: 1);
        LogisticRegression classifier = new();
        double[] weights = [.. Enumerable.Range(0, 30).Select(static i => i < 10 ? 2.0 : i < 28 ? 1 : 0)];
        long[] rows = [.. Enumerable.Range(0, 10).Concat(Enumerable.Range(0, 28)).Select(static i => (long)i)];

        using FittedClassifier weighed = classifier.Fit(data.Source, data.SourceLabels, 3, weights);
        using FittedClassifier repeated = classifier.Fit(data.Source.IndexSelect(0, Tensor.From(rows)), [.. rows.Select(i => data.SourceLabels[i])], 3);

        Assert.True((weighed.Probabilities(data.Target) - repeated.Probabilities(data.Target)).Abs().Max().ToDouble() < 1e-4);
    }

    [Fact]
    public void Fit_WeightsThatDoNotFit_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([3, 2], ScalarType.Float64);

        Assert.Contains("2 weights", Refused(new LogisticRegression(), [1, 1]), StringComparison.Ordinal);
        Assert.Contains("0 or more", Refused(new LogisticRegression(), [1, -1, 1]), StringComparison.Ordinal);
        Assert.Contains("1nn counts every sample the same", Refused(new NearestNeighbours(), [1, 1, 1]), StringComparison.Ordinal);

        string Refused(Classifier classifier, double[] weights) => Assert.Throws<ArgumentException>(() => classifier.Fit(x, [0, 1, 0], 2, weights)).Message;
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    public void FitProbabilities_OneHot_IsTheFitOnClasses(int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 20, 4, seed: 2);
        int[] labels = [.. data.SourceLabels.Select(label => label % classes)];
        LogisticRegression classifier = new();

        using FittedClassifier hard = classifier.Fit(data.Source, labels, 4);
        using FittedClassifier soft = classifier.FitProbabilities(data.Source, Tensor.From([.. labels.Select(static label => (long)label)]).OneHot(4).To(ScalarType.Float64));

        Assert.True(hard.Scores(data.Target).Exp().SameAs(soft.Scores(data.Target).Exp()));
    }

    // With much data and little penalty a softmax that made the probabilities is found again.
    [Fact]
    public void FitProbabilities_ThoseOfALinearModel_AreFoundAgain()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor x = Tensor.Normal([400, 3], generator, ScalarType.Float64), w = Tensor.Normal([3, 4], generator, ScalarType.Float64);
        Tensor p = Functional.Softmax(x.MatMul(w), 1);

        using FittedClassifier fitted = new LogisticRegression { C = 1e6 }.FitProbabilities(x, p);

        Assert.True((fitted.Probabilities(x) - p).Abs().Max().ToDouble() < 1e-4);
    }

    [Fact]
    public void NearestOfClass_SameAnswersAsOneNeighbour_SurerWhereNearer()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 50, 5, seed: 4);
        using FittedClassifier one = new NearestNeighbours().Fit(data.Source, data.SourceLabels, 3), graded = new NearestNeighbours().Graded.Fit(data.Source, data.SourceLabels, 3);

        Assert.Equal(one.Predict(data.Target), graded.Predict(data.Target));

        // On a line with samples at 0 and 1 of either class: τ is 1, so the midpoint is even and ¼ has softmax(−1/16, −9/16).
        Tensor line = Tensor.From<double>([0, 1], 2, 1);
        using FittedClassifier two = new NearestOfClass().Fit(line, [0, 1], 2);
        double[] p = two.Probabilities(Tensor.From([0.5, 0.25], 2, 1)).ToArray<double>();
        Assert.Equal(0.5, p[0], 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(-0.5)), p[2], 1e-12);
    }
}
