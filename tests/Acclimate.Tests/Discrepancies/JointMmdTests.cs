using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class JointMmdTests
{
    private static readonly double[] First = [0.5, 2], Second = [0.8];

    private static readonly GaussianKernels[] Kernels = [GaussianKernels.WithVariances(First), GaussianKernels.WithVariances(Second)];

    [Theory]
    [InlineData(MmdEstimator.QuadraticUnbiased, 5, 7)]
    [InlineData(MmdEstimator.QuadraticBiased, 5, 7)]
    [InlineData(MmdEstimator.QuadraticBiased, 1, 1)]
    [InlineData(MmdEstimator.LinearUnbiased, 6, 6)]
    [InlineData(MmdEstimator.LinearUnbiased, 9, 5)]
    public void Estimate_TwoLayers_IsTheLoopOverProductsOfKernels(MmdEstimator estimator, int n, int m)
    {
        using Tensor x = Loops.Sample(1, n, 5), y = Loops.Sample(2, m, 5, 0.6);
        JointMmd jmmd = new() { Kernels = Kernels, Estimator = estimator };

        double found = Loops.ValueOf(Split(jmmd, x, y));

        // Some hundred float64 operations on numbers below 2.
        Assert.Equal(Reference(Loops.Rows(x), Loops.Rows(y), estimator), found, 1e-13);
    }

    [Theory]
    [InlineData(MmdEstimator.QuadraticUnbiased)]
    [InlineData(MmdEstimator.QuadraticBiased)]
    [InlineData(MmdEstimator.LinearUnbiased)]
    public void Estimate_Gradients_AgreeWithFiniteDifferences(MmdEstimator estimator)
    {
        using Tensor x = Loops.Sample(3, 5, 5), y = Loops.Sample(4, 4, 5, 0.6);
        JointMmd jmmd = new() { Kernels = Kernels, Estimator = estimator };
        Loops.CheckGradients(x, y, (a, b) => Split(jmmd, a, b));
    }

    [Fact]
    public void Estimate_BandwidthsOfTheData_CountAsConstants()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 6, 3).WithGrad(), y = Loops.Sample(6, 6, 3, 1);
        GaussianKernels around = GaussianKernels.AroundMean(3), still = GaussianKernels.WithVariances(around.Variances(x, y));

        Tensor[] gradients = [.. ((GaussianKernels[])[around, still]).Select(kernels =>
            Tensor.Gradients(new JointMmd { Kernels = [kernels], Estimator = MmdEstimator.QuadraticUnbiased }.Estimate([x], [y]), [x])[0]!)];

        Assert.True(gradients[0].SameAs(gradients[1]));
        Assert.NotEqual(0, gradients[0].Norm().ToDouble());
    }

    [Fact]
    public void Estimate_OneLayer_IsTheMmdOfTheKernelsSum()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(7, 6, 3), y = Loops.Sample(8, 5, 3, 1);

        double joint = new JointMmd { Kernels = [Kernels[0]], Estimator = MmdEstimator.QuadraticUnbiased }.Estimate([x], [y]).ToDouble();

        Assert.Equal(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, Kernels[0]).Sum().ToDouble(), joint, 1e-13);
    }

    // Each layer alone has the same distribution in both samples; only together they differ. That is what JMMD is for.
    [Fact]
    public void Estimate_SameMarginalsButOtherJoint_SeesWhatTheSumOfMmdsDoesNot()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(9);
        Tensor labels = Tensor.Uniform([200, 1], generator, type: ScalarType.Float64).GreaterThan(0.5).To(ScalarType.Float64);
        Tensor noise = Tensor.Normal([200, 1], generator, ScalarType.Float64) * 0.1;
        Tensor source = labels + noise, target = 1 - labels + noise;
        GaussianKernels kernels = GaussianKernels.WithVariances(0.5);
        double Marginal(Tensor a, Tensor b) => MaximumMeanDiscrepancy.QuadraticUnbiased(a, b, kernels).Sum().ToDouble();

        double joint = new JointMmd { Kernels = [kernels, kernels], Estimator = MmdEstimator.QuadraticUnbiased }
            .Estimate([source, labels], [target, labels]).ToDouble();

        // The labels are the same; the features differ by how many of 200 coin flips fall on either side: some 1/200.
        Assert.True(joint > 10 * (Math.Abs(Marginal(source, target)) + Math.Abs(Marginal(labels, labels))), $"{joint}");
        Assert.True(joint > 0.2, $"{joint}");
    }

    [Fact]
    public void Estimate_WrongInput_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 4, 2), y = Loops.Sample(2, 3, 2), one = Loops.Sample(3, 1, 2);
        JointMmd jmmd = new() { Kernels = Kernels, Estimator = MmdEstimator.QuadraticUnbiased };
        Assert.Throws<ArgumentException>(() => jmmd.Estimate([x], [y]));
        Assert.Throws<ArgumentException>(() => jmmd.Estimate([x, y], [y, x]));
        Assert.Throws<ArgumentException>(() => jmmd.Estimate([x, x], [one, one]));
        Assert.Throws<ArgumentException>(() => new JointMmd { Kernels = [] }.Estimate([], []));
    }

    private static Tensor Split(JointMmd jmmd, Tensor x, Tensor y)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(jmmd.Estimate([x.Slice(1, 0, 3), x.Slice(1, 3, 5)], [y.Slice(1, 0, 3), y.Slice(1, 3, 5)]));
    }

    private static double Kernel(double[] a, double[] b) =>
        First.Sum(variance => Loops.Kernel(a[..3], b[..3], variance)) * Second.Sum(variance => Loops.Kernel(a[3..], b[3..], variance));

    private static double Reference(double[][] x, double[][] y, MmdEstimator estimator)
    {
        double sum = 0;
        if (estimator == MmdEstimator.LinearUnbiased)
        {
            int tuples = Math.Min(x.Length, y.Length) / 2;
            for (int i = 0; i < tuples; i++)
                sum += Kernel(x[2 * i], x[(2 * i) + 1]) + Kernel(y[2 * i], y[(2 * i) + 1]) - Kernel(x[2 * i], y[(2 * i) + 1]) - Kernel(x[(2 * i) + 1], y[2 * i]);
            return sum / tuples;
        }

        bool unbiased = estimator == MmdEstimator.QuadraticUnbiased;
        foreach (double[][] own in (double[][][])[x, y])
        {
            for (int i = 0; i < own.Length; i++)
            {
                for (int j = 0; j < own.Length; j++)
                    sum += unbiased && i == j ? 0 : Kernel(own[i], own[j]) / (own.Length * (own.Length - (unbiased ? 1 : 0)));
            }
        }

        return sum - (2 * x.Average(a => y.Average(b => Kernel(a, b))));
    }
}
