using System.Globalization;
using Acclimate.Regression;
using Acclimate.Tests.Data;
using Acclimate.Tests.Instances;
using Acclimate.Torch;

namespace Acclimate.Tests.Regression;

public sealed class RegressorTests
{
    // A sample of weight 2 is the sample twice; one of weight 0 is not there. k-NN: the mean over three of five weighs the same sums, where no neighbour is a copy.
    [Theory]
    [InlineData("ridge", 6)]
    [InlineData("ridge:lambda=0.01", 60)]
    [InlineData("kernel-ridge:gamma=0.1", 6)]
    public void Fit_Weights_AreRepetitions(string name, int features)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, double[] y) = Drawn(30, features, 1);
        double[] weights = [.. Enumerable.Range(0, 30).Select(static i => i < 10 ? 2.0 : i < 28 ? 1 : 0)];
        long[] rows = [.. Enumerable.Range(0, 10).Concat(Enumerable.Range(0, 28)).Select(static i => (long)i)];
        Regressor regressor = RegressorCatalog.Parse(name);
        using FittedRegressor weighed = regressor.Fit(x, y, weights), repeated = regressor.Fit(x.IndexSelect(0, Tensor.From(rows)), [.. rows.Select(i => y[i])]);

        // Two systems of 30 and 38 equations with penalties of 0.01 and more: float64 leaves 1e-9.
        Assert.All(weighed.Predict(x).Zip(repeated.Predict(x)), static pair => Assert.Equal(pair.First, pair.Second, 1e-8));
    }

    [Fact]
    public void Fit_WeighedRidgeAndKernelRidge_AreScikitLearns()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, double[] y) = Drawn(25, 3, 2);
        double[] weights = [.. Enumerable.Range(1, 25).Select(static i => i / 10.0)];
        using FittedRegressor ridge = new RidgeRegressor { Lambda = 0.7 }.Fit(x, y, weights), kernel = new KernelRidgeRegressor { Lambda = 0.3, Gamma = 0.2 }.Fit(x, y, weights);
        string script = $"""
            import numpy as np
            from sklearn.linear_model import Ridge
            from sklearn.kernel_ridge import KernelRidge
            x = np.array([{Shifts.Written(x)}]).reshape(25, 3)
            y = np.array([{Shifts.Written(Tensor.From<double>(y))}])
            w = np.arange(1, 26) / 10
            m = np.average(y, weights=w)
            for r in (Ridge(alpha=0.7, solver='cholesky').fit(x, y, sample_weight=w).predict(x), KernelRidge(alpha=0.3, kernel='rbf', gamma=0.2).fit(x, y - m, sample_weight=w).predict(x) + m):
                print(','.join(map(repr, map(float, r))))
            """;

        double[][] expected = [.. Python.Run("sklearn", script).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split(',').Select(static number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray())];

        // The same systems in another order of operations.
        Assert.All(expected[0].Zip(ridge.Predict(x)), static pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.All(expected[1].Zip(kernel.Predict(x)), static pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Neighbours_Weights_AreThoseOfPlainLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, double[] y) = Drawn(20, 1, 3);
        double[] at = x.ToArray<double>(), weights = [.. Enumerable.Range(0, 20).Select(static i => i % 4 * 0.5)];
        using FittedRegressor fitted = RegressorCatalog.Parse("3nn").Fit(x, y, weights);

        double[] expected = [.. at.Select(here =>
        {
            int[] near = [.. Enumerable.Range(0, 20).Where(i => weights[i] > 0).OrderBy(i => Math.Abs(at[i] - here)).Take(3)];
            return near.Sum(i => weights[i] * y[i]) / near.Sum(i => weights[i]);
        })];

        Assert.All(expected.Zip(fitted.Predict(x)), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void Parse_WrongNamesAndOptions_AreRefused()
    {
        Assert.Contains("there is no regressor 'rigde'", Refused("rigde"), StringComparison.Ordinal);
        Assert.Contains("lambda is -1", Refused("ridge:lambda=-1"), StringComparison.Ordinal);
        Assert.Contains("gamma is 0", Refused("kernel-ridge:gamma=0"), StringComparison.Ordinal);
        Assert.Contains("k is 0", Refused("0nn"), StringComparison.Ordinal);
        Assert.Contains("expected NAME=VALUE", Refused("ridge:lambda"), StringComparison.Ordinal);

        static string Refused(string text) => Assert.Throws<ArgumentException>(() => RegressorCatalog.Parse(text)).Message;
    }

    [Fact]
    public void Fit_WhatDoesNotFit_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([3, 2], ScalarType.Float64);

        Assert.Contains("2 values", Refused([1, 2], null), StringComparison.Ordinal);
        Assert.Contains("finite", Refused([1, 2, double.NaN], null), StringComparison.Ordinal);
        Assert.Contains("not all 0", Refused([1, 2, 3], [0, 0, 0]), StringComparison.Ordinal);

        string Refused(double[] y, double[]? weights) => Assert.Throws<ArgumentException>(() => new RidgeRegressor().Fit(x, y, weights)).Message;
    }

    private static (Tensor X, double[] Y) Drawn(int count, int features, long seed)
    {
        using Generator generator = new(seed);
        return (Tensor.Normal([count, features], generator, ScalarType.Float64), Tensor.Normal([count], generator, ScalarType.Float64).ToArray<double>());
    }
}
