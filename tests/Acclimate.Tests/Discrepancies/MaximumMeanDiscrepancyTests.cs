using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class MaximumMeanDiscrepancyTests
{
    // A few thousand terms of order 1 and a cancellation of a few digits in double: far below 1e-12.
    private const double Tolerance = 1e-12;

    private static readonly double[] Variances = [0.5, 2, 8];
    private static readonly GaussianKernels Kernels = GaussianKernels.WithVariances(Variances);

    [Theory]
    [InlineData(7, 7)]
    [InlineData(5, 9)]
    [InlineData(2, 3)]
    public void Quadratic_AnySizes_AgreesWithLoops(int n, int m)
    {
        using Tensor x = Loops.Sample(1, n, 4), y = Loops.Sample(2, m, 4, shift: 0.7);
        double[] biased = Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticBiased(x, y, Kernels));
        double[] unbiased = Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels));
        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        Loops.Near(Array.ConvertAll(Variances, v => Loops.Mmd(a, b, v, unbiased: false)), biased, Tolerance);
        Loops.Near(Array.ConvertAll(Variances, v => Loops.Mmd(a, b, v, unbiased: true)), unbiased, Tolerance);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(9, 13)]
    [InlineData(2, 2)]
    [InlineData(11, 6)]
    public void LinearUnbiased_AnySizes_AgreesWithLoops(int n, int m)
    {
        using Tensor x = Loops.Sample(3, n, 4), y = Loops.Sample(4, m, 4, shift: 0.7);
        double[] found = Loops.Take<double>(MaximumMeanDiscrepancy.LinearUnbiased(x, y, Kernels));
        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        Loops.Near(Array.ConvertAll(Variances, v => Loops.QuadTuples(a, b, v).Average()), found, Tolerance);
    }

    [Fact]
    public void QuadTupleCovariance_OddNumberOfTuples_AgreesWithLoops()
    {
        using Tensor x = Loops.Sample(5, 15, 3), y = Loops.Sample(6, 14, 3, shift: 0.4);
        double[,] found = MaximumMeanDiscrepancy.QuadTupleCovariance(x, y, Kernels);
        double[][] g = Array.ConvertAll(Variances, v => Loops.QuadTuples(Loops.Rows(x), Loops.Rows(y), v));
        for (int u = 0; u < 3; u++)
        {
            for (int v = 0; v < 3; v++)
            {
                double sum = 0;
                for (int i = 0; i < 3; i++)
                    sum += (g[u][2 * i] - g[u][(2 * i) + 1]) * (g[v][2 * i] - g[v][(2 * i) + 1]);
                Assert.Equal(sum / 3, found[u, v], Tolerance);
            }
        }
    }

    [Fact]
    public void Estimates_GradientsInBothSamples_AgreeWithFiniteDifferences()
    {
        using Tensor x = Loops.Sample(7, 6, 3), y = Loops.Sample(8, 5, 3, shift: 0.5);
        double[] weights = [0.2, 0.5, 0.3];
        foreach (Func<Tensor, Tensor, GaussianKernels, Tensor> estimate in new[]
        {
            MaximumMeanDiscrepancy.QuadraticBiased, MaximumMeanDiscrepancy.QuadraticUnbiased, MaximumMeanDiscrepancy.LinearUnbiased,
        })
        {
            Loops.CheckGradients(x, y, (a, b) =>
            {
                using TensorScope scope = TensorScope.Begin();
                return scope.Keep(MaximumMeanDiscrepancy.Weighted(estimate(a, b, Kernels), weights));
            });
        }
    }

    [Fact]
    public void QuadraticUnbiased_AveragedOverEveryDrawWithoutReplacement_IsThePopulationValue()
    {
        // Sampling 3 of 5 points without replacement leaves the mean over distinct pairs unbiased for each block.
        using Tensor x = Loops.Sample(9, 5, 2), y = Loops.Sample(10, 5, 2, shift: 1);
        double whole = Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels))[1];
        double sum = 0, biased = 0;
        int draws = 0;
        foreach (long[] left in Subsets())
        {
            foreach (long[] right in Subsets())
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor a = x.IndexSelect(0, Tensor.From(left)), b = y.IndexSelect(0, Tensor.From(right));
                sum += MaximumMeanDiscrepancy.QuadraticUnbiased(a, b, Kernels).ToArray<double>()[1];
                biased += MaximumMeanDiscrepancy.QuadraticBiased(a, b, Kernels).ToArray<double>()[1];
                draws++;
            }
        }

        Assert.Equal(100, draws);
        Assert.Equal(whole, sum / draws, Tolerance);
        Assert.True(biased / draws > whole + 0.01);

        static IEnumerable<long[]> Subsets()
        {
            for (long i = 0; i < 5; i++)
            {
                for (long j = i + 1; j < 5; j++)
                {
                    for (long k = j + 1; k < 5; k++)
                        yield return [i, j, k];
                }
            }
        }
    }

    [Fact]
    public void LinearUnbiased_AveragedOverEveryOrder_IsTheQuadraticUnbiased()
    {
        // Over all orders of both samples each cross pair is met equally often, so the mean is the quadratic estimate.
        using Tensor x = Loops.Sample(11, 4, 2), y = Loops.Sample(12, 4, 2, shift: 1);
        double whole = Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels))[0];
        double sum = 0;
        int orders = 0;
        foreach (long[] left in Orders([0, 1, 2, 3]))
        {
            foreach (long[] right in Orders([0, 1, 2, 3]))
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor a = x.IndexSelect(0, Tensor.From(left)), b = y.IndexSelect(0, Tensor.From(right));
                sum += MaximumMeanDiscrepancy.LinearUnbiased(a, b, Kernels).ToArray<double>()[0];
                orders++;
            }
        }

        Assert.Equal(576, orders);
        Assert.Equal(whole, sum / orders, Tolerance);

        static IEnumerable<long[]> Orders(long[] items) =>
            items.Length == 1
                ? [items]
                : items.SelectMany(first => Orders([.. items.Where(other => other != first)]).Select(rest => (long[])[first, .. rest]));
    }

    [Fact]
    public void Quadratic_SwappedSamples_IsTheSame()
    {
        using Tensor x = Loops.Sample(13, 6, 3), y = Loops.Sample(14, 8, 3, shift: 0.5);
        Loops.Near(
            Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels)),
            Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(y, x, Kernels)),
            Tolerance);
        Loops.Near(
            Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticBiased(x, y, Kernels)),
            Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticBiased(y, x, Kernels)),
            Tolerance);
    }

    [Fact]
    public void QuadraticBiased_SameSampleTwice_IsZero()
    {
        using Tensor x = Loops.Sample(15, 6, 3);
        Loops.Near([0, 0, 0], Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticBiased(x, x, Kernels)), Tolerance);
    }

    [Fact]
    public void Quadratic_LargeOffsetInFloat32_KeepsItsDigits()
    {
        // Without centring, ‖x‖² ≈ 4e6 would leave distances of order 1 an error of about 0.5 in float32.
        using Tensor x = Loops.Sample(16, 20, 4, shift: 1000), y = Loops.Sample(17, 20, 4, shift: 1000.5);
        using Tensor x32 = x.To(ScalarType.Float32), y32 = y.To(ScalarType.Float32);
        double exact = Loops.Mmd(Loops.Rows(x), Loops.Rows(y), 2, unbiased: true);
        double found = Loops.Take<float>(MaximumMeanDiscrepancy.QuadraticUnbiased(x32, y32, Kernels))[1];

        // Storing 1000 in float32 moves a feature by up to 3e-5; the kernel's slope is below 1.
        Assert.Equal(exact, found, 1e-4);
    }

    [Fact]
    public void Estimates_BFloat16_AreComputedInFloat32()
    {
        using Tensor x = Loops.Sample(18, 8, 4), y = Loops.Sample(19, 8, 4);
        using Tensor half = x.To(ScalarType.BFloat16), other = y.To(ScalarType.BFloat16);
        using Tensor found = MaximumMeanDiscrepancy.QuadraticUnbiased(half, other, Kernels);
        Assert.Equal(ScalarType.Float32, found.Type);
    }

    [Fact]
    public void Estimates_TooFewExamples_AreRefusedByName()
    {
        using Tensor one = Loops.Sample(20, 1, 3), two = Loops.Sample(21, 2, 3), none = Loops.Sample(22, 0, 3);
        Assert.Contains("needs 2", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticUnbiased(one, two, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("needs 2", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.LinearUnbiased(two, one, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("needs 1", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticBiased(two, none, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("needs 4", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadTupleCovariance(two, two, Kernels)).Message, StringComparison.Ordinal);
        Assert.Equal(3, Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticBiased(one, one, Kernels)).Length);
    }

    [Fact]
    public void Estimates_SamplesThatDoNotFit_AreRefusedByName()
    {
        using Tensor x = Loops.Sample(23, 4, 3), wider = Loops.Sample(24, 4, 5), single = x.To(ScalarType.Float32), whole = x.To(ScalarType.Int64);
        using Tensor flat = x.Reshape(12);
        Assert.Contains("3 features and the target 5", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticBiased(x, wider, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("agree in type", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticBiased(x, single, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("floating-point matrix", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticBiased(whole, x, Kernels)).Message, StringComparison.Ordinal);
        Assert.Contains("floating-point matrix", Assert.Throws<ArgumentException>(() => MaximumMeanDiscrepancy.QuadraticBiased(x, flat, Kernels)).Message, StringComparison.Ordinal);
    }
}
