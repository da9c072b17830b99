using System.Globalization;
using Acclimate.Metrics;
using Acclimate.Tests.Data;

namespace Acclimate.Tests.Metrics;

public sealed class BinomialTests
{
    // Log-factorials of 10⁵ are about 10⁶, so a mass has a relative rounding error of some 10⁻¹⁰; intervals are halved down to 10⁻¹⁸.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 10)]
    [InlineData(10, 10)]
    [InlineData(17, 40)]
    [InlineData(31, 33)]
    [InlineData(52_000, 100_000)]
    public void MassTailSignTestAndInterval_AgreeWithScipy(int k, int n)
    {
        double[] theirs = [.. Python.Run("scipy", $"""
            from scipy.stats import binom, binomtest
            k, n = {k}, {n}
            i = binomtest(k, n).proportion_ci(0.95, 'exact')
            print(repr(float(binom.pmf(k, n, 0.3))), repr(float(binom.cdf(k, n, 0.3))), repr(float(binomtest(k, n, 0.5).pvalue)), repr(float(i.low)), repr(float(i.high)))
            """).Trim().Split().Select(static text => double.Parse(text, CultureInfo.InvariantCulture))];

        (double low, double high) = Binomial.Interval(k, n);

        Close(theirs[0], Binomial.Mass(k, n, 0.3), 1e-8);
        Close(theirs[1], Binomial.AtMost(k, n, 0.3), 1e-8);
        Close(theirs[2], Binomial.SignTest(k, n), 1e-8);
        Close(theirs[3], low, 1e-8);
        Close(theirs[4], high, 1e-8);

        static void Close(double expected, double actual, double relative) => Assert.Equal(expected, actual, (relative * Math.Abs(expected)) + 1e-300);
    }

    [Theory]
    [InlineData(1, 0.2)]
    [InlineData(31, 0.5)]
    [InlineData(32, 0.5)]
    [InlineData(200, 0.97)]
    public void Mass_AllOutcomes_SumToOne(int n, double p) => Assert.Equal(1, Enumerable.Range(0, n + 1).Sum(k => Binomial.Mass(k, n, p)), 1e-11);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Mass_CertainOrImpossible_IsAllOrNothing(double p)
    {
        Assert.Equal(1, Binomial.Mass(p == 0 ? 0 : 7, 7, p));
        Assert.Equal(0, Binomial.Mass(3, 7, p));
    }

    [Fact]
    public void Interval_NoTries_IsEverything() => Assert.Equal((0, 1), Binomial.Interval(0, 0));
}
