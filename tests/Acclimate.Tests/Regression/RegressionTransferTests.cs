using Acclimate.Generated;
using Acclimate.Metrics;
using Acclimate.Regression;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Regression;

public sealed class RegressionTransferTests
{
    private static readonly Dictionary<string, string> Defaults = [];

    public static TheoryData<string> Methods => [.. RegressionTransfer.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_AnyMethod_GivesTheSameFiniteNumbersTwice(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        (RegressionData data, _) = Shift(method, 60, 40, 1);
        using FittedRegression one = Fit(), two = Fit();

        Assert.All(one.Predict(data.Target), static value => Assert.True(double.IsFinite(value)));
        Assert.Equal(one.Predict(data.Target), two.Predict(data.Target));

        FittedRegression Fit() => RegressionTransfer.Fit(method, Defaults, RegressionTransfer.TrainsNetwork(method) ? null : new RidgeRegressor(), data, 3, new TrainerOptions { Steps = 20, BatchSize = 16 });
    }

    // The line that serves the source runs the wrong way in the target: unweighted, its error there is about 0.7, and the target's own line leaves about 0.5. With 600 samples both are known to ±0.02;
    // a tenth less is beyond that.
    [Theory]
    [InlineData("kmm")]
    [InlineData("kliep")]
    [InlineData("ulsif")]
    [InlineData("rulsif")]
    [InlineData("domain-classifier")]
    [InlineData("l2-sp")]
    public void Fit_KnownShift_ErrsLessThanTheSourcesModel(string method)
    {
        for (long seed = 0; seed < 3; seed++)
        {
            using TensorScope scope = TensorScope.Begin();
            (RegressionData data, double[] truth) = Shift(method, 600, 600, seed);
            (RegressionData bare, _) = Shift("no-adaptation", 600, 600, seed);
            using FittedRegression plain = RegressionTransfer.Fit("no-adaptation", Defaults, new RidgeRegressor(), bare), transferred = RegressionTransfer.Fit(method, Defaults, new RidgeRegressor(), data);

            double before = Rmse(plain), after = Rmse(transferred);

            Assert.True(after < 0.9 * before, $"seed {seed}: {before} before, {after} after");

            double Rmse(FittedRegression by) => RegressionScore.Of(by.Predict(data.Target), truth).Rmse.Value;
        }
    }

    // Half of the source follows another law. Twenty target samples tell which: the line that boosting finds is nearer the target's than that of all samples together.
    [Fact]
    public void Fit_SourceThatMisleads_BoostingDoesBetterThanSourceAndTargetTogether()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(6);
        Tensor x = Tensor.Normal([200, 1], generator, ScalarType.Float64), few = Tensor.Normal([20, 1], generator, ScalarType.Float64);
        double[] values = [.. x.ToArray<double>().Select(static (v, i) => i % 2 == 0 ? v : 3 - v)], known = few.ToArray<double>();
        using FittedRegression boosted = RegressionTransfer.Fit("tradaboost", Defaults, new RidgeRegressor(), new RegressionData(x, values, few, few, known));
        using FittedRegressor together = new RidgeRegressor().Fit(Tensor.Concatenate([x, few]), [.. values, .. known]);
        Tensor asked = Tensor.From<double>([-2, -1, 0, 1, 2], 5, 1);

        double after = Off(boosted.Predict(asked)), before = Off(together.Predict(asked));

        Assert.True(after < 0.8 * before, $"together {before}, boosted {after}");

        static double Off(double[] said) => Math.Sqrt(said.Zip((double[])[-2, -1, 0, 1, 2], static (a, b) => (a - b) * (a - b)).Average());
    }

    // Pardoe and Stone's algorithm in plain loops, with a learner that says the weighted mean of y, split at x = 0.
    [Fact]
    public void TrAdaBoostR2_Rounds_AreThePapersAlgorithm()
    {
        using TensorScope scope = TensorScope.Begin();
        const int Rounds = 6, Ns = 30, Nt = 12;
        CovariateShift shift = CovariateShift.Draw(Ns, Nt, 5);
        double[] x = [.. shift.Source.X.Where(static (_, i) => i % 2 == 0), .. shift.Target.X.Where(static (_, i) => i % 2 == 0)], y = [.. shift.Source.Values, .. shift.Target.Values];
        double[] w = [.. Enumerable.Repeat(1.0, Ns + Nt)];
        double beta = 1 / (1 + Math.Sqrt(2 * Math.Log(Ns) / Rounds));
        List<((double Left, double Right) Means, double BetaT)> rounds = [];
        for (int t = 0; t < Rounds; t++)
        {
            (double left, double right) = Halves.Means(x, y, w);
            double[] off = [.. x.Zip(y, (at, truth) => Math.Abs(truth - (at > 0 ? right : left)))];
            double[] e = [.. off.Select(each => each / off.Max())];
            double error = Enumerable.Range(Ns, Nt).Sum(j => w[j] * e[j]) / Enumerable.Range(Ns, Nt).Sum(j => w[j]);
            if (error >= 0.5)
                break;
            double betaT = error / (1 - error);
            rounds.Add(((left, right), betaT));
            for (int i = 0; i < w.Length; i++)
                w[i] *= Math.Pow(i < Ns ? beta : betaT, i < Ns ? e[i] : -e[i]);
        }

        Assert.True(rounds.Count > 3, "the toy should not end early");
        (FittedRegressor fitted, _) = new TrAdaBoostR2(Rounds).Fit(Tensor.From(x, x.Length, 1), y, Ns, new Halves(), default);
        using FittedRegressor owned = fitted;
        double[] said = fitted.Predict(Tensor.From<double>([-1, 1], 2, 1));

        ((double Left, double Right) Means, double BetaT)[] voting = [.. rounds.Skip(rounds.Count / 2)];
        Assert.Equal(Median(voting.Select(static round => (round.Means.Left, -Math.Log(round.BetaT)))), said[0], 1e-12);
        Assert.Equal(Median(voting.Select(static round => (round.Means.Right, -Math.Log(round.BetaT)))), said[1], 1e-12);

        static double Median(IEnumerable<(double Value, double Vote)> all)
        {
            (double Value, double Vote)[] sorted = [.. all.OrderBy(static pair => pair.Value)];
            return sorted.First(pair => sorted.Where(other => other.Value <= pair.Value).Sum(static other => other.Vote) >= sorted.Sum(static other => other.Vote) / 2).Value;
        }
    }

    [Theory]
    [InlineData("cdan", false, "that transfers numbers: it works on classes")]
    [InlineData("dann", false, "leave --regressor out")]
    [InlineData("kmn", false, "did you mean 'kmm'")]
    [InlineData("selection-uncertainty", false, "that transfers numbers")]
    [InlineData("tradaboost", false, "--target-labelled")]
    [InlineData("kmm", true, "takes no target numbers")]
    public void Fit_WhatMakesNoSense_IsRefused(string method, bool few, string said)
    {
        using TensorScope scope = TensorScope.Begin();
        (RegressionData data, _) = Shift(few ? "tradaboost" : "kmm", 20, 20, 1);

        Assert.Contains(said, Assert.Throws<ArgumentException>(() => RegressionTransfer.Fit(method, Defaults, new RidgeRegressor(), data)).Message, StringComparison.Ordinal);
    }

    private static (RegressionData Data, double[] Truth) Shift(string method, int source, int target, long seed)
    {
        const int Few = 30;
        CovariateShift shift = CovariateShift.Draw(source, target + Few, seed);
        Tensor all = shift.Target.Samples();
        RegressionData data = new(shift.Source.Samples(), shift.Source.Values, all.Slice(0, 0, target));
        return (RegressionTransfer.NeedsFew(method) ? data with { Few = all.Slice(0, target, target + Few), FewValues = shift.Target.Values[target..] } : data, shift.Target.Values[..target]);
    }

    /// <summary>The weighted mean of y on either side of 0.</summary>
    private sealed class Halves : Regressor
    {
        public static (double Left, double Right) Means(double[] x, double[] y, double[] w)
        {
            return (Mean(false), Mean(true));

            double Mean(bool right)
            {
                int[] side = [.. Enumerable.Range(0, x.Length).Where(i => x[i] > 0 == right)];
                return side.Sum(i => w[i] * y[i]) / side.Sum(i => w[i]);
            }
        }

        public override void Validate()
        {
        }

        protected override FittedRegressor Learn(Tensor samples, double[] values, double[] weights)
        {
            // k(x, c) of two far centres with a wide step between is as good as a step: 0 and 1 on either side.
            (double left, double right) = Means(samples.ToArray<double>(), values, weights);
            return new FittedNeighbourRegressor(Tensor.From<double>([-1e-9, 1e-9], 2, 1), [left, right], [1, 1], 1);
        }
    }
}
