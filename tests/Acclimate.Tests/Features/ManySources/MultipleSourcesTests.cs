using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.ManySources;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.ManySources;

public sealed class MultipleSourcesTests
{
    // The likelihood of two shares has one number to look for: a grid finds it.
    [Fact]
    public void Shares_MakeTheTargetMostLikely()
    {
        using TensorScope scope = TensorScope.Begin();
        double[][] likely = Loops.Rows(Loops.Sample(6, 40, 2).Exp());

        double[] shares = MultipleSources.Shares(Tensor.From<double>([.. likely.SelectMany(static row => row)], 40, 2));

        double best = Enumerable.Range(1, 9999).Select(static i => i / 10000.0).MaxBy(s => likely.Sum(row => Math.Log((s * row[0]) + ((1 - s) * row[1]))));
        Assert.Equal(1, shares.Sum(), 1e-12);
        Assert.Equal(best, shares[0], 1e-3);
    }

    [Fact]
    public void Mixture_IsTheCombiningRuleInLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(7, 6, 2);
        FittedLinear one = Linear(1), two = Linear(2), gate = Linear(3);
        FittedMixture mixture = new([one, two], [0.3, 0.7], gate);

        double[][] said = Loops.Rows(mixture.Probabilities(x)), a = Loops.Rows(one.Probabilities(x)), b = Loops.Rows(two.Probabilities(x)), g = Loops.Rows(gate.Probabilities(x));

        for (int i = 0; i < 6; i++)
        {
            double first = 0.3 * g[i][0], second = 0.7 * g[i][1];
            Loops.Near([.. a[i].Zip(b[i], (p, q) => ((first * p) + (second * q)) / (first + second))], said[i], 1e-14);
        }

        Loops.Near([.. said.SelectMany(static row => row).Select(static p => Math.Log(p))], mixture.Scores(x).ToArray<double>(), 1e-12);

        static FittedLinear Linear(long seed) => new(Loops.Sample(seed, 2, 2), Loops.Sample(seed + 10, 1, 2));
    }

    // Two sources on different ground that name the sides the other way round; the target stands on both grounds, more on the second.
    [Fact]
    public void Fit_SourcesThatContradictEachOther_EachIsHeardWhereItIsAtHome()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Contrary(out int[] truth);

        Assert.Equal(1, Accuracy(data, truth, SourceWeighting.Density), 0.02);
        Assert.InRange(Accuracy(data, truth, SourceWeighting.Even), 0, 0.8);

        using FittedFeatures fitted = new MultipleSources().Fit(data, new FitContext { Classifier = new LogisticRegression() });
        string[] shares = Assert.Single(fitted.Certificate.Notes).Split(": ")[1].Split(", ");

        // A penalised classifier is never quite sure which ground a sample stands on.
        Assert.Equal(0.2, double.Parse(shares[0], System.Globalization.CultureInfo.InvariantCulture), 0.02);
    }

    [Fact]
    public void Fit_OneSource_IsItsClassifier()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 24, 6, seed: 3);
        FitContext context = new() { Classifier = new LogisticRegression() };

        using FittedFeatures fitted = new MultipleSources().Fit(data, context);
        using FittedClassifier plain = context.Classifier.Fit(data.Source, data.SourceLabels, 3);

        Assert.Equal(plain.Predict(data.Target), fitted.Classifier!.Predict(data.Target));
    }

    [Fact]
    public void Data_OriginsOfOtherNumber_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(6, 6, 2, seed: 3);

        Assert.Throws<ArgumentException>(() => new FeatureData(data.Source, data.SourceLabels, 3, data.Target) { SourceDomains = [0, 1] });
    }

    private static double Accuracy(FeatureData data, int[] truth, SourceWeighting weights)
    {
        using FittedFeatures fitted = new MultipleSources { Weights = weights }.Fit(data, new FitContext { Classifier = new LogisticRegression() });
        return fitted.Classifier!.Predict(data.Target).Zip(truth, static (a, b) => a == b ? 1.0 : 0).Average();
    }

    private static FeatureData Contrary(out int[] truth)
    {
        using Generator generator = new(5);
        int[] ground = [.. Enumerable.Range(0, 100).Select(static i => i / 50)], side = [.. Enumerable.Range(0, 100).Select(static i => i % 2)];
        int[] there = [.. Enumerable.Range(0, 100).Select(static i => i < 20 ? 0 : 1)];
        truth = [.. side.Zip(there, static (s, g) => s ^ g)];
        return new FeatureData(At(ground, side), [.. side.Zip(ground, static (s, g) => s ^ g)], 2, At(there, side)) { SourceDomains = ground };

        Tensor At(int[] grounds, int[] sides) => (Tensor.From<double>([.. grounds.Zip(sides, static (g, s) => (double[])[12.0 * g, 6.0 * s]).SelectMany(static row => row)], 100, 2)
            + (Tensor.Normal([100, 2], generator, ScalarType.Float64) * 0.5));
    }
}
