using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Parameters;
using Acclimate.Tests.Deep;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Parameters;

public sealed class SourcePriorTests
{
    private const int Few = 9;

    // Convex: where no parameter's slope is left, by the formula in loops, is the minimum.
    [Fact]
    public void Fit_TheMinimum_HasNoSlopeByTheFormula()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Data(seed: 1);
        using FittedFeatures source = new SourcePrior { Lambda = 1e9 }.Fit(data), fitted = new SourcePrior { Lambda = 0.7 }.Fit(data);
        double[][] start = Parameters(source), found = Parameters(fitted), samples = Fitting.Rows(data.Target);

        for (int j = 0; j < start.Length; j++)
        {
            for (int c = 0; c < 3; c++)
            {
                double slope = 0.7 * (found[j][c] - start[j][c]);
                for (int i = 0; i < Few; i++)
                {
                    double[] chances = Fitting.Softmax(Enumerable.Range(0, 3).Select(k => samples[i].Append(1).Select((x, at) => x * found[at][k]).Sum()));
                    slope += (chances[c] - (i % 3 == c ? 1 : 0)) * (j < start.Length - 1 ? samples[i][j] : 1);
                }

                // The slope is down to 1e-8 of its first size, which is of order 10; the source's stands in by its fit at λ = 1e9, off by 1e-8.
                Assert.Equal(0, slope, 1e-6);
            }
        }
    }

    [Fact]
    public void Fit_HeldFast_IsTheSourcesLogisticRegression()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Data(seed: 2);
        using FittedFeatures held = new SourcePrior { Lambda = 1e9, C = 0.5 }.Fit(data);
        using FittedClassifier logistic = new LogisticRegression { C = 0.5 }.Fit(data.Source, data.SourceLabels, 3);

        // Logistic regression stops at 1e-7 of its first slope.
        Assert.InRange((held.Classifier!.Probabilities(data.Target) - logistic.Probabilities(data.Target)).Abs().Max().ToDouble(), 0, 1e-5);
    }

    // The target's classes lie elsewhere, and it has three labels a class: more than the source knows, less than a classifier needs.
    [Fact]
    public void Fit_FewLabels_BeatTheSourceAloneAndTheLabelsAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        (double both, double source, double labels) = (0, 0, 0);
        for (int seed = 10; seed < 40; seed++)
        {
            FeatureData data = Data(seed);
            both += Accuracy(new SourcePrior(), data);
            source += Accuracy(new SourcePrior { Lambda = 1e9 }, data);
            labels += Accuracy(new SourcePrior { C = 1e-9 }, data);
        }

        Assert.True(both > source + 0.3 && both > labels + 0.3, $"of 30: {both}, {source} by the source alone, {labels} by the labels alone");
    }

    [Fact]
    public void Fit_NoTargetLabel_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 24, 6, seed: 1);

        Assert.Equal("source-prior: it needs the labels of a few target samples, and none was given", Assert.Throws<ArgumentException>(() => new SourcePrior().Fit(data)).Message);
    }

    /// <summary>Three classes in 30 dimensions, whose centres lie a little elsewhere in the target.</summary>
    private static FeatureData Data(long seed)
    {
        using Generator generator = new(seed);
        Tensor centres = Normal(3) * 0.4, moved = centres + (Normal(3) * 0.3);
        return new FeatureData(
            Samples(centres, 60), ToyFeatures.Classes(60), 3, Samples(moved, 90),
            [.. ToyFeatures.Classes(90).Select(static (c, i) => i < Few ? c : FeatureData.Unknown)]);

        Tensor Normal(int rows) => Tensor.Normal([rows, 30], generator, ScalarType.Float64);
        Tensor Samples(Tensor around, int count) => around.IndexSelect(0, Tensor.From<long>([.. ToyFeatures.Classes(count).Select(static c => (long)c)])) + Normal(count);
    }

    private static double Accuracy(SourcePrior method, FeatureData data)
    {
        using FittedFeatures fitted = method.Fit(data);
        return fitted.Classifier!.Predict(data.Target).Zip(ToyFeatures.Classes(90)).Skip(Few).Average(static pair => pair.First == pair.Second ? 1.0 : 0);
    }

    /// <summary>Weights and, last, offsets: a row a feature.</summary>
    private static double[][] Parameters(FittedFeatures fitted)
    {
        FittedLinear linear = (FittedLinear)fitted.Classifier!;
        return [.. Fitting.Rows(linear.Weight), .. Fitting.Rows(linear.Offset)];
    }
}
