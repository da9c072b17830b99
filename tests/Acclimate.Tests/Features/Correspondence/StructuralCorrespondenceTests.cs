using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Correspondence;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Correspondence;

public sealed class StructuralCorrespondenceTests
{
    [Fact]
    public void Loss_Gradient_IsThatOfFiniteDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Tensor.Normal([15, 4], generator, ScalarType.Float64);
        Tensor signs = Tensor.Normal([15, 3], generator, ScalarType.Float64).Sign();
        Tensor mask = Tensor.From<double>([1, 0, 1, 1], 4, 1), w = Tensor.Normal([4, 3], generator, ScalarType.Float64) * 2;
        StructuralCorrespondence scl = new() { Lambda = 0.1 };

        double[] gradient = scl.Loss(x, signs, w, mask).Gradient.ToArray<double>();

        const double Step = 1e-6;
        for (int i = 0; i < gradient.Length; i++)
        {
            double[] unit = new double[12];
            unit[i] = Step;
            Tensor step = Tensor.From(unit, 4, 3);
            Assert.Equal((scl.Loss(x, signs, w + step, mask).Value - scl.Loss(x, signs, w - step, mask).Value) / (2 * Step), gradient[i], 1e-5);
        }
    }

    [Fact]
    public void Loss_Value_IsTheModifiedHuberLossByLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From<double>([1, 2, -1, 0.5, 3, -2], 3, 2), w = Tensor.From<double>([0.5, 1.5], 2, 1);
        Tensor signs = Tensor.From<double>([1, -1, 1], 3, 1);
        double[] margins = [3.5, -(-0.5 + 0.75), 1.5 - 3];
        double expected = margins.Average(static m => m >= -1 ? Math.Pow(Math.Max(0, 1 - m), 2) : -4 * m) + (0.1 * 2.5);

        double value = new StructuralCorrespondence { Lambda = 0.1 }.Loss(x, signs, w, Tensor.Ones([2, 1], ScalarType.Float64)).Value;

        Assert.Equal(expected, value, 1e-12);
    }

    [Theory]
    [InlineData(PivotChoice.Frequency)]
    [InlineData(PivotChoice.MutualInformation)]
    public void Fit_WordsOfTheTargetAlone_AreJoinedThroughThePivots(PivotChoice choice)
    {
        // Pivots 0–3 occur in both domains with the class; words 4–7 say it in the source only, words 8–11 in the target only.
        using TensorScope scope = TensorScope.Begin();
        Random random = new(1);
        int[] labels = [.. Enumerable.Range(0, 300).Select(static i => i % 2)];
        FeatureData data = new(Bags(4), labels, 2, Bags(8));
        StructuralCorrespondence scl = new() { Pivots = 4, Dimensions = 1, LeastCount = 3, Scale = 3, Choice = choice };

        using FittedFeatures fitted = scl.Fit(data);
        double plain = Accuracy(new NoAdaptation().Fit(data)), adapted = Accuracy(fitted);

        Assert.True(adapted > plain + 0.05, $"{adapted} against {plain} of the words alone");
        double[] added = ((AffineMap)fitted.Source).Weight.Slice(1, 12, 13).ToArray<double>();

        // Words of one class have weights of one sign, in both domains; pivots were masked.
        Assert.All(added[..4], static weight => Assert.Equal(0, weight, 1e-12));
        Assert.Equal(Math.Sign(added[4]), Math.Sign(added[8]));
        Assert.Equal(Math.Sign(added[6]), Math.Sign(added[10]));
        Assert.NotEqual(Math.Sign(added[4]), Math.Sign(added[6]));

        Tensor Bags(int own)
        {
            double[] bags = new double[300 * 12];
            for (int i = 0; i < 300; i++)
            {
                for (int word = 0; word < 2; word++)
                {
                    int of = random.NextDouble() < 0.9 ? labels[i] : 1 - labels[i];
                    if (random.NextDouble() < 0.35)
                        bags[(12 * i) + (2 * of) + word] = 1;
                    if (random.NextDouble() < 0.7)
                        bags[(12 * i) + own + (2 * of) + word] = 1;
                }
            }

            return Tensor.From(bags, 300, 12);
        }

        double Accuracy(FittedFeatures features)
        {
            using FittedClassifier classifier = features.ClassifierFor(data, new LogisticRegression());
            return classifier.Predict(features.Target.Apply(data.Target)).Zip(labels, static (a, b) => a == b ? 1.0 : 0).Average();
        }
    }

    [Fact]
    public void Fit_NoFeatureIsAPivot_LeavesTheFeatures()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = new(Tensor.Ones([6, 3], ScalarType.Float64), [0, 1, 0, 1, 0, 1], 2, -Tensor.Ones([4, 3], ScalarType.Float64));

        using FittedFeatures fitted = new StructuralCorrespondence().Fit(data);

        Assert.Equal(3, fitted.Source.Apply(data.Source).Size(1));
        Assert.Contains("pivot", Assert.Single(fitted.Certificate.Notes), StringComparison.Ordinal);
    }
}
