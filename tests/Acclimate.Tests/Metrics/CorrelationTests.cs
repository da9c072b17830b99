using Acclimate.Metrics;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Metrics;

public sealed class CorrelationTests
{
    /// <summary>scipy's pearsonr and kendalltau (τ_b), of figures with ties; both sum a handful of doubles.</summary>
    [Fact]
    public void Both_FiguresWithTies_AreScipys()
    {
        double[] x = [0.3, 1.5, 1.5, -2, 4, 0.3, 0.3], y = [1, 2, 0.5, 0, 3, 3, 1];
        string[] printed = Python.Run("scipy", $"""
            from scipy.stats import kendalltau, pearsonr
            x, y = {"[" + string.Join(", ", x) + "]"}, {"[" + string.Join(", ", y) + "]"}
            print(repr(float(pearsonr(x, y)[0])), repr(float(kendalltau(x, y)[0])))
            """).Split(' ', StringSplitOptions.TrimEntries);

        Assert.Equal(double.Parse(printed[0], System.Globalization.CultureInfo.InvariantCulture), Correlation.Pearson(x, y), 1e-12);
        Assert.Equal(double.Parse(printed[1], System.Globalization.CultureInfo.InvariantCulture), Correlation.Kendall(x, y), 1e-12);
    }

    [Fact]
    public void Both_OppositeOrders_AreMinusOne_AndAConstantHasNone()
    {
        Assert.Equal(-1, Correlation.Kendall([1, 2, 9], [3, 2, 1]));
        Assert.Equal(-1, Correlation.Pearson([1, 2, 3], [3, 2, 1]), 1e-12);
        Assert.Equal(double.NaN, Correlation.Kendall([1, 1], [2, 3]));
        Assert.Equal(double.NaN, Correlation.Pearson([1, 1], [2, 3]));
        Assert.Throws<ArgumentException>(() => Correlation.Kendall([1], [1]));
        Assert.Throws<ArgumentException>(() => Correlation.Pearson([1, 2], [1]));
    }
}
