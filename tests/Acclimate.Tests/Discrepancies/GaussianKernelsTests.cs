using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class GaussianKernelsTests
{
    [Fact]
    public void WithGammas_AgainstVariances_IsTwiceTheVariance()
    {
        using Tensor x = Loops.Sample(1, 3, 2);
        Assert.Equal([1.0, 2.5], GaussianKernels.WithGammas(2, 5).Variances(x, x));
        Assert.Equal([2.0, 5.0], GaussianKernels.WithVariances(2, 5).Variances(x, x));
    }

    [Theory]
    [InlineData(6, 6, 5, 2.0, new[] { 0.25, 0.5, 1, 2, 4 })]
    [InlineData(5, 8, 4, 3.0, new[] { 1.0 / 9, 1.0 / 3, 1, 3 })]
    [InlineData(1, 1, 1, 2.0, new[] { 1.0 })]
    public void AroundMean_AnySizes_AgreesWithLoops(int n, int m, int count, double ratio, double[] factors)
    {
        using Tensor x = Loops.Sample(2, n, 3), y = Loops.Sample(3, m, 3, shift: 2);
        double mean = Loops.PooledDistances(Loops.Rows(x), Loops.Rows(y)).Average();
        double[] gamma = GaussianKernels.AroundMean(count, ratio).Variances(x, y);
        double[] variance = GaussianKernels.AroundMean(count, ratio, BandwidthReading.Variance).Variances(x, y);
        Loops.Near(Array.ConvertAll(factors, f => f * mean / 2), gamma, 1e-12 * mean);
        Loops.Near(Array.ConvertAll(factors, f => f * mean), variance, 1e-12 * mean);
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(4, 3)]
    [InlineData(1, 1)]
    public void AroundMedian_AnySizes_AgreesWithLoops(int n, int m)
    {
        using Tensor x = Loops.Sample(4, n, 3), y = Loops.Sample(5, m, 3, shift: 2);
        double[] distances = Loops.PooledDistances(Loops.Rows(x), Loops.Rows(y));
        double median = distances[(distances.Length - 1) / 2];
        double[] found = GaussianKernels.AroundMedian(3).Variances(x, y);
        Loops.Near([median / 4, median / 2, median], found, 1e-12 * median);
    }

    [Fact]
    public void AroundMedian_MoreThanTheLimit_ThinsEvenly()
    {
        using Tensor x = Loops.Sample(6, GaussianKernels.MedianLimit, 1), y = Loops.Sample(7, GaussianKernels.MedianLimit, 1);

        // For N(0, 1) the squared distance is 2χ²₁, of median 0.9099; 2,000 points give it to a few per cent.
        double found = GaussianKernels.AroundMedian(1, reading: BandwidthReading.Variance).Variances(x, y)[0];
        Assert.Equal(0.91, found, 0.1);
    }

    [Fact]
    public void Variances_AllExamplesEqual_AreFinite()
    {
        using Tensor x = Tensor.Ones([4, 3]);
        Assert.Equal([0.5], GaussianKernels.AroundMean(1).Variances(x, x));
        Assert.Equal([0.5], GaussianKernels.AroundMedian(1).Variances(x, x));
    }

    [Fact]
    public void Evaluate_SquaredDistances_IsTheKernel()
    {
        using Tensor x = Loops.Sample(8, 4, 3), y = Loops.Sample(9, 5, 3, shift: 1);
        using Tensor squared = PairwiseDistances.Squared(x, y);
        double[] found = Loops.Take<double>(GaussianKernels.Evaluate(squared, 1.5));
        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        Loops.Near([.. a.SelectMany(row => b.Select(other => Loops.Kernel(row, other, 1.5)))], found, 1e-13);
    }

    [Fact]
    public void Squared_SameRowsFarFromTheOrigin_IsNeverNegative()
    {
        using Tensor x = Loops.Sample(10, 50, 8, shift: 300);
        using Tensor single = x.To(ScalarType.Float32);
        Assert.All(Loops.Take<float>(PairwiseDistances.Squared(single, single)), d => Assert.True(d >= 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Factories_BandwidthOrRatioOutOfRange_AreRefused(double wrong)
    {
        Assert.Throws<ArgumentException>(() => GaussianKernels.WithVariances(1, wrong));
        Assert.Throws<ArgumentException>(() => GaussianKernels.WithGammas(wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianKernels.AroundMean(5, wrong));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianKernels.AroundMedian(0));
        Assert.Throws<ArgumentException>(() => GaussianKernels.WithVariances());
    }
}
