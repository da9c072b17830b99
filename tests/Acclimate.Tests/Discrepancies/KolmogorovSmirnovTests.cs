using Acclimate.Discrepancies;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class KolmogorovSmirnovTests
{
    [Theory]
    [InlineData(6, 6, false)]
    [InlineData(4, 9, false)]
    [InlineData(1, 3, false)]
    [InlineData(8, 5, true)]
    public void Statistic_AnySizesAndTies_IsTheGreatestGap(int n, int m, bool ties)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, n, 3), y = Loops.Sample(2, m, 3, shift: 0.5);
        if (ties)
            (x, y) = (x.Round(), y.Round());
        (double[][] a, double[][] b) = (Loops.Rows(x), Loops.Rows(y));
        double[] expected = [.. Enumerable.Range(0, 3).Select(f =>
            a.Concat(b).Max(at => Math.Abs(((double)a.Count(row => row[f] <= at[f]) / n) - ((double)b.Count(row => row[f] <= at[f]) / m))))];

        Loops.Near(expected, FeatureDrift.KolmogorovSmirnov(x, y).ToArray<double>(), 1e-14);
    }

    /// <summary>Both sum the same series until its terms vanish: what differs is rounding, of a tail that ends at 10⁻⁵⁰.</summary>
    [Fact]
    public void UpperTail_FromNearNoneToFar_IsScipys()
    {
        double[] points = [.. Enumerable.Range(1, 60).Select(static i => 0.1 * i)];
        string script = $"from scipy.stats import kstwobign\nfor x in [{string.Join(",", points.Select(static x => x.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}]: print(repr(float(kstwobign.sf(x))))";
        double[] expected = PythonArrays.Read(Python.Run("scipy", script));

        Assert.All(points.Zip(expected), static pair => Assert.Equal(pair.Second, KolmogorovDistribution.UpperTail(pair.First), 1e-13 + (1e-9 * pair.Second)));
        Assert.Equal(1, KolmogorovDistribution.UpperTail(0));
    }

    [Fact]
    public void PValue_OneDistribution_IsEvenlySpread()
    {
        double[] found = new double[200];
        for (int i = 0; i < found.Length; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            double d = FeatureDrift.KolmogorovSmirnov(Loops.Sample(100 + i, 300, 1), Loops.Sample(1000 + i, 200, 1)).ToArray<double>()[0];
            found[i] = KolmogorovDistribution.PValue(d, 300, 200);
        }

        // Two hundred draws: the greatest gap exceeds 1.63/√200 for one seed in a hundred, and the limit distribution adds about 1/√300 of caution.
        Array.Sort(found);
        double gap = found.Select((p, i) => Math.Max(Math.Abs(p - (i / 200.0)), Math.Abs(p - ((i + 1) / 200.0)))).Max();
        Assert.True(gap < 0.115 + 0.058, $"greatest gap {gap}");
    }

    [Fact]
    public void PValue_OutsideItsRange_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KolmogorovDistribution.PValue(1.5, 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => KolmogorovDistribution.PValue(double.NaN, 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => KolmogorovDistribution.PValue(0.5, 0, 3));
    }
}
