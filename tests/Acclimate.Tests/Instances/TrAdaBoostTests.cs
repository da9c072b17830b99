using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Instances;
using Acclimate.Torch;

namespace Acclimate.Tests.Instances;

public sealed class TrAdaBoostTests
{
    private const int Rounds = 8;

    // Dai et al.'s Figure 1 in plain loops, with the stump that the class below learns; the votes are the same numbers in another order.
    [Fact]
    public void Fit_TwoClasses_IsThePapersAlgorithm()
    {
        using TensorScope scope = TensorScope.Begin();
        (double[] x, int[] y, int ns) = Line();
        int nt = x.Length - ns;
        double[] w = [.. Enumerable.Repeat(1.0, x.Length)];
        List<(Stump.Cut Cut, double BetaT)> rounds = [];
        double beta = 1 / (1 + Math.Sqrt(2 * Math.Log(ns) / Rounds));
        for (int t = 0; t < Rounds; t++)
        {
            double sum = w.Sum();
            Stump.Cut cut = Stump.Best(x, y, [.. w.Select(each => each / sum)]);
            double error = Enumerable.Range(ns, nt).Sum(i => cut.Says(x[i]) == y[i] ? 0 : w[i]) / Enumerable.Range(ns, nt).Sum(i => w[i]);
            error = Math.Max(error, 0.5 / nt);
            if (error >= 0.5)
                break;
            double betaT = error / (1 - error);
            rounds.Add((cut, betaT));
            for (int i = 0; i < w.Length; i++)
            {
                if (cut.Says(x[i]) != y[i])
                    w[i] *= i < ns ? beta : 1 / betaT;
            }
        }

        Assert.True(rounds.Count > 3, "the toy should not end early");
        using FittedFeatures fitted = new TrAdaBoost { Rounds = Rounds }.Fit(Data(x, y, ns), new FitContext { Classifier = new Stump() });

        double[] asked = [.. Enumerable.Range(-20, 41).Select(static i => i / 5.0)];
        int[] expected = [.. asked.Select(at => rounds.Skip(rounds.Count / 2).Sum(round => -Math.Log(round.BetaT) * (round.Cut.Says(at) == 1 ? 1 : -1)) > 0 ? 1 : 0)];
        Assert.Equal(expected, fitted.Classifier!.Predict(Tensor.From(asked, asked.Length, 1)));
    }

    // Half of the source is labelled the other way round: twenty target samples tell the halves apart.
    [Fact]
    public void Fit_SourceThatMisleads_DoesBetterThanSourceAndTargetTogether()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        Tensor x = Tensor.Normal([400, 2], generator, ScalarType.Float64), target = Tensor.Normal([320, 2], generator, ScalarType.Float64);
        double[] first = x.Select(1, 0).ToArray<double>(), second = x.Select(1, 1).ToArray<double>(), truth = target.Select(1, 0).ToArray<double>();
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => (i % 2 == 0 ? first[i] : second[i] - first[i]) > 0 ? 1 : 0)], targetLabels = [.. truth.Select(static v => v > 0 ? 1 : 0)];
        FeatureData data = new(x, labels, 2, target, [.. targetLabels.Select(static (label, j) => j < 20 ? label : FeatureData.Unknown)]);
        LogisticRegression classifier = new();
        using FittedFeatures fitted = new TrAdaBoost().Fit(data, new FitContext { Classifier = classifier });
        using FittedClassifier both = classifier.Fit(Tensor.Concatenate([x, target.Slice(0, 0, 20)]), [.. labels, .. targetLabels.Take(20)], 2);

        double boosted = Right(fitted.Classifier!), together = Right(both);

        Assert.True(boosted > together + 0.02, $"boosted {boosted}, together {together}");

        double Right(FittedClassifier by) => by.Predict(target).Skip(20).Zip(targetLabels.Skip(20), static (a, b) => a == b ? 1.0 : 0).Average();
    }

    [Fact]
    public void Fit_NoTargetLabelsOrNoWeights_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        (double[] x, int[] y, int ns) = Line();
        FeatureData none = new(Tensor.From(x, x.Length, 1), y, 2, Tensor.From<double>([0, 1], 2, 1));

        Assert.Contains("no target sample has a label", Assert.Throws<ArgumentException>(() => new TrAdaBoost().Fit(none, new FitContext { Classifier = new LogisticRegression() })).Message, StringComparison.Ordinal);
        Assert.Contains("take centroid", Assert.Throws<ArgumentException>(() => new TrAdaBoost().Fit(Data(x, y, ns))).Message, StringComparison.Ordinal);
    }

    /// <summary>Points on a line: the source's classes part at 0.6, with some noise; the target's at −0.4 and 1.</summary>
    private static (double[] X, int[] Y, int Ns) Line()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        double[] source = Tensor.Normal([40, 1], generator, ScalarType.Float64).ToArray<double>(), target = Tensor.Normal([24, 1], generator, ScalarType.Float64).ToArray<double>();
        return ([.. source, .. target], [.. source.Select(static (x, i) => (x > 0.6) ^ (i % 7 == 0) ? 1 : 0), .. target.Select(static x => x is > -0.4 and < 1 ? 1 : 0)], 40);
    }

    private static FeatureData Data(double[] x, int[] y, int ns)
    {
        Tensor all = Tensor.From(x, x.Length, 1);
        return new FeatureData(all.Slice(0, 0, ns), y[..ns], 2, all.Slice(0, ns, x.Length), y[ns..]);
    }

    /// <summary>One feature, cut where the weighted error is least.</summary>
    private sealed class Stump : Classifier
    {
        public override bool TakesWeights => true;

        public static Cut Best(double[] x, int[] y, double[] w) =>
            (from at in x.Order()
             from above in (int[])[0, 1]
             let cut = new Cut(at, above)
             select (Cut: cut, Error: Math.Round(Enumerable.Range(0, x.Length).Sum(i => cut.Says(x[i]) == y[i] ? 0 : w[i] / w.Sum()), 10))).MinBy(static pair => pair.Error).Cut;

        protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes) => Learn(samples, labels, classes, [.. Enumerable.Repeat(1.0, labels.Length)]);

        protected override FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights)
        {
            Cut cut = Best(samples.ToArray<double>(), labels, weights);

            // Above the cut s(x − at) > 0: the scores of class 1 and of class 0 are ±(x − at), with a trifle for x = at.
            double sign = cut.Above == 1 ? 1 : -1;
            return new FittedLinear(Tensor.From<double>([-sign, sign], 1, 2), Tensor.From<double>([sign * (cut.At + 1e-12), -sign * (cut.At + 1e-12)], 1, 2));
        }

        public sealed record Cut(double At, int Above)
        {
            public int Says(double x) => x > At + 1e-12 ? Above : 1 - Above;
        }
    }
}
