using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Classifiers;

/// <summary>What every classifier must keep, and what is particular to some.</summary>
public sealed class ClassifierTests
{
    public static TheoryData<string> Names =>
        ["1nn", "5nn", "graded-1nn", "centroid", "svm", "svm:loss=hinge", "svm-pairs", "svm-rbf", "svm-rbf:C=none", "logistic", "logistic:balanced=true", "ridge"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_SeparateClasses_PredictsThem(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 5, seed: 1, shift: 0);

        using FittedClassifier fitted = ClassifierCatalog.Parse(name).Fit(data.Source, data.SourceLabels, 3);
        Tensor chances = fitted.Probabilities(data.Target);

        double right = fitted.Predict(data.Target).Zip(ToyFeatures.Classes(45), static (a, b) => a == b ? 1.0 : 0).Average();
        Assert.True(right > 0.9, $"{right}");
        Assert.Equal([45, 3], fitted.Scores(data.Target).Shape);
        Assert.True((chances.Sum(1) - 1).Abs().Max().ToDouble() < 1e-12);
        Assert.True(chances.Min().ToDouble() >= 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_MoreFeaturesThanSamplesAndGaps_PredictsOnlyClassesWithSamples(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(12, 9, 40, seed: 2);
        int[] gaps = [1, 2, 4];

        using FittedClassifier three = ClassifierCatalog.Parse(name).Fit(data.Source, [.. data.SourceLabels.Select(l => gaps[l])], 6);
        using FittedClassifier two = ClassifierCatalog.Parse(name).Fit(data.Source, [.. data.SourceLabels.Select(static l => l == 0 ? 3 : 1)], 6);
        using FittedClassifier one = ClassifierCatalog.Parse(name).Fit(data.Source, [.. data.SourceLabels.Select(static _ => 4)], 6);

        Assert.All(three.Predict(data.Target), label => Assert.Contains(label, gaps));
        Assert.All(two.Predict(data.Target), static label => Assert.True(label is 3 or 1));
        Assert.All(one.Predict(data.Target), static label => Assert.Equal(4, label));
        Assert.False(three.Probabilities(data.Target).Equals(double.NaN).Any());
        Assert.Equal(0, three.Probabilities(data.Target).Slice(1, 5, 6).Max().ToDouble());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_Again_SameBits(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 5, seed: 3);

        using FittedClassifier one = ClassifierCatalog.Parse(name).Fit(data.Source, data.SourceLabels, 3);
        using FittedClassifier two = ClassifierCatalog.Parse(name).Fit(data.Source, data.SourceLabels, 3);

        Assert.True(one.Scores(data.Target).SameAs(two.Scores(data.Target)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fit_Nonsense_IsRefusedByName(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([3, 2], ScalarType.Float64);
        Classifier classifier = ClassifierCatalog.Parse(name);

        Assert.Contains("2 labels", Assert.Throws<ArgumentException>(() => classifier.Fit(x, [0, 1], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 1", Assert.Throws<ArgumentException>(() => classifier.Fit(x, [0, 1, 2], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("finite", Assert.Throws<NotFiniteException>(() => classifier.Fit(x * double.NaN, [0, 1, 0], 2)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void NameOf_Parsed_IsWhatWasWritten(string name) => Assert.Equal(name, ClassifierCatalog.NameOf(ClassifierCatalog.Parse(name)));

    [Theory]
    [InlineData("logistics", "did you mean 'logistic'")]
    [InlineData("svm:c=1", "svm has no option 'c'; it has: ")]
    [InlineData("svm:C", "expected NAME=VALUE")]
    [InlineData("svm:C=-1", "C is -1; expected above 0")]
    [InlineData("0nn", "k is 0; expected 1 or more")]
    [InlineData("svm:loss=cubic", "expected squared or hinge")]
    [InlineData("ridge:lambda=0", "lambda is 0; expected above 0")]
    [InlineData("svm-rbf:gamma=0", "gamma is 0; expected above 0")]
    public void Parse_Nonsense_SaysWhatIsWrong(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => ClassifierCatalog.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Options_AreSet()
    {
        KernelSvm svm = Assert.IsType<KernelSvm>(ClassifierCatalog.Parse("svm-rbf:C=none, folds=5, gamma=0.5"));

        Assert.Equal((null, 5, 0.5, SvmKernel.Rbf), (svm.C, svm.Folds, svm.Gamma, svm.Kernel));
        Assert.Equal(SvmKernel.Linear, Assert.IsType<KernelSvm>(ClassifierCatalog.Parse("svm-pairs")).Kernel);
        Assert.Equal(7, Assert.IsType<NearestNeighbours>(ClassifierCatalog.Parse("7nn")).Neighbours);
    }

    [Theory]
    [InlineData(40, 5)]
    [InlineData(10, 30)]
    public void Ridge_EitherForm_LeavesNoSlope(int n, int d)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(n, 3, d, seed: 4);

        using FittedLinear fitted = (FittedLinear)new RidgeClassifier { Lambda = 0.3 }.Fit(data.Source, data.SourceLabels, 3);

        // Of ‖XW + 1b − Y‖² + λ‖W‖²: Xᵀ(residual) + λW = 0 and the residuals sum to 0.
        Tensor y = (Tensor.From(Array.ConvertAll(data.SourceLabels, static l => (long)l)).OneHot(3).To(ScalarType.Float64) * 2) - 1;
        Tensor residual = fitted.Scores(data.Source) - y;
        Assert.True((data.Source.T.MatMul(residual) + (fitted.Weight * 0.3)).Abs().Max().ToDouble() < 1e-9);
        Assert.True(residual.Sum(0).Abs().Max().ToDouble() < 1e-10);
    }

    [Fact]
    public void Centroid_Scores_AreDistancesUpToAConstantARow()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 6, 4, seed: 5);
        using FittedClassifier fitted = new NearestCentroid().Fit(data.Source, data.SourceLabels, 3);
        Tensor means = Tensor.Concatenate([.. Enumerable.Range(0, 3).Select(c => data.Source.Slice(0, c, 30, 3).Mean(0, keep: true))]);

        Tensor distances = Acclimate.Discrepancies.PairwiseDistances.Squared(data.Target, means);
        Tensor sum = fitted.Scores(data.Target) + distances;

        Assert.True((sum - sum.Slice(1, 0, 1)).Abs().Max().ToDouble() < 1e-10);
    }

    [Fact]
    public void LeftToCrossValidation_TakesTheCThatIsRightMostOften()
    {
        // Two classes that overlap, and one feature in ten that tells: a huge C overfits, a tiny one learns nothing.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(6);
        int[] labels = [.. Enumerable.Range(0, 60).Select(static i => i % 2)];
        Tensor x = Tensor.Normal([60, 10], generator, ScalarType.Float64);
        x.Slice(1, 0, 1).AddInPlace(Tensor.From<double>([.. labels.Select(static l => (double)l)], 60, 1), 1.5);

        using FittedLinear chosen = (FittedLinear)new LinearSvm { C = null, Folds = 3 }.Fit(x, labels, 2);

        double[] grid = [1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4];
        int[] right = [.. grid.Select(Right)];
        using FittedLinear best = (FittedLinear)new LinearSvm { C = grid[Array.IndexOf(right, right.Max())] }.Fit(x, labels, 2);
        Assert.True(right.Max() > right.Min());
        Assert.True(chosen.Weight.SameAs(best.Weight));

        int Right(double c)
        {
            int sum = 0;
            for (int f = 0; f < 3; f++)
            {
                // Of labels 0 1 0 1 …, the i-th of its class is sample 2i or 2i + 1.
                long[] test = [.. Enumerable.Range(0, 60).Where(i => i / 2 % 3 == f).Select(static i => (long)i)];
                long[] train = [.. Enumerable.Range(0, 60).Where(i => i / 2 % 3 != f).Select(static i => (long)i)];
                using FittedClassifier fitted = new LinearSvm { C = c }.Fit(x.IndexSelect(0, Tensor.From(train)), [.. train.Select(i => labels[i])], 2);
                sum += fitted.Predict(x.IndexSelect(0, Tensor.From(test))).Zip(test, (found, i) => found == labels[i] ? 1 : 0).Sum();
            }

            return sum;
        }
    }

    [Fact]
    public void ClassWeights_OfOneClass_DrawPredictionsToIt()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        Tensor x = Tensor.Normal([200, 2], generator, ScalarType.Float64);
        int[] labels = [.. Enumerable.Range(0, 200).Select(static i => i % 2)];
        Classifier[] plain = [new LinearSvm(), new KernelSvm(), new LogisticRegression()];
        Classifier[] weighted =
        [
            new LinearSvm { ClassWeights = [1, 20] }, new KernelSvm { ClassWeights = [1, 20] }, new LogisticRegression { ClassWeights = [1, 20] },
        ];

        for (int i = 0; i < plain.Length; i++)
        {
            using FittedClassifier even = plain[i].Fit(x, labels, 2), odd = weighted[i].Fit(x, labels, 2);
            Assert.True(odd.Predict(x).Sum() > 190, weighted[i].GetType().Name);
            Assert.True(even.Predict(x).Sum() < 150, plain[i].GetType().Name);
        }

        Assert.Throws<ArgumentException>(() => new LinearSvm { ClassWeights = [1, 2, 3] }.Fit(x, labels, 2));
    }
}
