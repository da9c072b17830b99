using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class TensorMmdTests
{
    [Theory]
    [InlineData(true, 5, 7, 5)]
    [InlineData(false, 5, 7, 3)]
    [InlineData(false, 1, 2, 1)]
    public void Estimate_TwoLayers_IsTheLoopOverOuterProducts(bool unbiased, int n, int m, int kernels)
    {
        using Tensor x = Loops.Sample(1, n, 5), y = Loops.Sample(2, m, 5, 0.6);
        double[][] a = [.. Loops.Rows(x).Select(Outer)], b = [.. Loops.Rows(y).Select(Outer)];
        double mean = Loops.PooledDistances(a, b).Average();
        double expected = Enumerable.Range(0, kernels).Average(u => Loops.Mmd(a, b, mean / 2 * Math.Pow(2, u - (kernels / 2)), unbiased));

        // Squared distances of up to 1e2 from inner products: 1e-14 each, and a few hundred of them.
        Assert.Equal(expected, Loops.ValueOf(Split(x, y, kernels, unbiased)), 1e-12);
    }

    // Against autograd through the outer product as a tensor of its own and the MMD of that, bandwidths constant in both.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Estimate_Gradients_AreThoseOfTheOuterProduct(bool unbiased)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 6, 5).WithGrad(), y = Loops.Sample(4, 4, 5, 0.6).WithGrad();
        Tensor Made(Tensor z) => (z.Slice(1, 0, 3).Unsqueeze(2) * z.Slice(1, 3, 5).Unsqueeze(1)).Flatten(1);
        GaussianKernels kernels = GaussianKernels.AroundMean(5);
        Tensor whole = unbiased ? MaximumMeanDiscrepancy.QuadraticUnbiased(Made(x), Made(y), kernels) : MaximumMeanDiscrepancy.QuadraticBiased(Made(x), Made(y), kernels);

        Tensor?[] expected = Tensor.Gradients(whole.Mean(), [x, y]), found = Tensor.Gradients(Split(x, y, 5, unbiased), [x, y]);

        for (int i = 0; i < 2; i++)
        {
            Loops.Near(expected[i]!.ToArray<double>(), found[i]!.ToArray<double>(), 1e-12);
            Assert.True(expected[i]!.Norm().ToDouble() > 1e-3);
        }
    }

    [Fact]
    public void Estimate_AllExamplesAlike_IsZero()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor same = Tensor.Ones([3, 2], ScalarType.Float64);

        Assert.Equal(0, TensorMmd.Estimate([same, same], [same, same]).ToDouble(), 1e-15);
    }

    [Fact]
    public void Estimate_WrongInput_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 4, 2), y = Loops.Sample(2, 3, 2), one = Loops.Sample(3, 1, 2);
        Assert.Throws<ArgumentException>(() => TensorMmd.Estimate([], []));
        Assert.Throws<ArgumentException>(() => TensorMmd.Estimate([x, x], [y]));
        Assert.Throws<ArgumentException>(() => TensorMmd.Estimate([x, y], [y, x]));
        Assert.Throws<ArgumentException>(() => TensorMmd.Estimate([x], [one]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorMmd.Estimate([x], [y], kernels: 0));
    }

    private static Tensor Split(Tensor x, Tensor y, int kernels, bool unbiased)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(TensorMmd.Estimate([x.Slice(1, 0, 3), x.Slice(1, 3, 5)], [y.Slice(1, 0, 3), y.Slice(1, 3, 5)], kernels, unbiased));
    }

    private static double[] Outer(double[] row) => [.. row[..3].SelectMany(p => row[3..].Select(q => p * q))];
}
