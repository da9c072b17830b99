using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class MultiKernelMmdTests
{
    private static readonly double[] Variances = [0.5, 2, 8];
    private static readonly GaussianKernels Kernels = GaussianKernels.WithVariances(Variances);

    [Theory]
    [InlineData(MmdEstimator.LinearUnbiased)]
    [InlineData(MmdEstimator.QuadraticUnbiased)]
    [InlineData(MmdEstimator.QuadraticBiased)]
    public void Estimate_OptimalWeights_IsTheWeightedSumOfThePerKernelEstimates(MmdEstimator estimator)
    {
        using Tensor x = Loops.Sample(1, 12, 3), y = Loops.Sample(2, 13, 3, shift: 0.8);
        MultiKernelMmd mmd = new() { Kernels = Kernels, Estimator = estimator };
        double found = Loops.ValueOf(mmd.Estimate(x, y, out KernelWeights weights));
        double[] d = Loops.Take<double>(estimator switch
        {
            MmdEstimator.LinearUnbiased => MaximumMeanDiscrepancy.LinearUnbiased(x, y, Kernels),
            MmdEstimator.QuadraticUnbiased => MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels),
            _ => MaximumMeanDiscrepancy.QuadraticBiased(x, y, Kernels),
        });
        KernelWeights expected = KernelWeights.Optimal(d, MaximumMeanDiscrepancy.QuadTupleCovariance(x, y, Kernels));
        Loops.Near(expected.Normalised, weights.Normalised, 1e-12);
        Assert.Equal(d.Zip(expected.Normalised, (value, weight) => value * weight).Sum(), found, 1e-12);
    }

    [Theory]
    [InlineData(MmdEstimator.LinearUnbiased)]
    [InlineData(MmdEstimator.QuadraticUnbiased)]
    [InlineData(MmdEstimator.QuadraticBiased)]
    public void Estimate_EqualWeights_GradientsAgreeWithFiniteDifferences(MmdEstimator estimator)
    {
        using Tensor x = Loops.Sample(3, 5, 3), y = Loops.Sample(4, 6, 3, shift: 0.8);
        MultiKernelMmd mmd = new() { Kernels = Kernels, Estimator = estimator, Weighting = KernelWeighting.Equal };
        Loops.CheckGradients(x, y, mmd.Estimate);
    }

    [Fact]
    public void Estimate_OptimalWeights_GradientTakesTheWeightsAsConstants()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 8, 3).WithGrad(), y = Loops.Sample(6, 8, 3, shift: 0.8);
        Tensor value = new MultiKernelMmd { Kernels = Kernels }.Estimate(x, y, out KernelWeights weights);
        double[] found = Tensor.Gradients(value, [x])[0]!.ToArray<double>();
        Tensor same = MaximumMeanDiscrepancy.Weighted(MaximumMeanDiscrepancy.LinearUnbiased(x, y, Kernels), [.. weights.Normalised]);
        Loops.Near(Tensor.Gradients(same, [x])[0]!.ToArray<double>(), found, 1e-14);
    }

    [Fact]
    public void Estimate_Defaults_FallsAsTheDomainsComeTogether()
    {
        MultiKernelMmd mmd = new();
        using Tensor x = Loops.Sample(7, 64, 5), near = Loops.Sample(8, 64, 5, shift: 0.2), far = Loops.Sample(8, 64, 5, shift: 2);
        Assert.True(Loops.ValueOf(mmd.Estimate(x, far)) > 5 * Math.Abs(Loops.ValueOf(mmd.Estimate(x, near))));
    }

    [Fact]
    public void Estimate_FeaturesWithNaN_IsNaN()
    {
        using Tensor x = Tensor.Full([8, 3], double.NaN), y = Tensor.Ones([8, 3]);
        Assert.True(double.IsNaN(Loops.ValueOf(new MultiKernelMmd().Estimate(x, y))));
    }

    [Fact]
    public void Estimate_FeaturesAllEqual_IsZeroWithFiniteGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([8, 3]).WithGrad(), y = Tensor.Ones([8, 3]);
        foreach (MmdEstimator estimator in Enum.GetValues<MmdEstimator>())
        {
            Tensor value = new MultiKernelMmd { Estimator = estimator }.Estimate(x, y);
            Assert.Equal(0, value.ToDouble(), 1e-6);
            Assert.All(Tensor.Gradients(value, [x])[0]!.ToArray<float>(), slope => Assert.True(float.IsFinite(slope)));
        }
    }

    [Fact]
    public void Estimate_TooFewForOptimalWeights_SaysSo()
    {
        using Tensor x = Loops.Sample(9, 3, 2), y = Loops.Sample(10, 8, 2);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new MultiKernelMmd().Estimate(x, y));
        Assert.Contains("optimal kernel weights needs 4 or more examples of each domain, but source has 3", error.Message, StringComparison.Ordinal);
    }
}
