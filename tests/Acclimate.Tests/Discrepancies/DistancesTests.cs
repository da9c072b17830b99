using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class DistancesTests
{
    [Fact]
    public void Coral_UnequalSizes_AgreesWithLoopsAndFiniteDifferences()
    {
        using Tensor x = Loops.Sample(1, 7, 3), y = Loops.Sample(2, 5, 3, scale: 2);
        double[,] left = Covariance(Loops.Rows(x)), right = Covariance(Loops.Rows(y));
        double sum = 0;
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
                sum += Math.Pow(left[i, j] - right[i, j], 2);
        }

        Assert.Equal(sum / 36, Loops.ValueOf(Coral.Distance(x, y)), 1e-13 * sum);
        Loops.CheckGradients(x, y, Coral.Distance);

        static double[,] Covariance(double[][] rows)
        {
            double[,] covariance = new double[3, 3];
            double[] mean = [.. Enumerable.Range(0, 3).Select(i => rows.Average(row => row[i]))];
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j < 3; j++)
                    covariance[i, j] = rows.Sum(row => (row[i] - mean[i]) * (row[j] - mean[j])) / (rows.Length - 1);
            }

            return covariance;
        }
    }

    [Fact]
    public void CentralMoments_UnequalSizes_AgreesWithLoopsAndFiniteDifferences()
    {
        using Tensor x = Loops.Sample(3, 7, 3, scale: 0.5), y = Loops.Sample(4, 5, 3, shift: 0.3, scale: 0.7);
        double expected = Norm(k: 1) / 2;
        for (int k = 2; k <= 4; k++)
            expected += Norm(k) / Math.Pow(2, k);
        Assert.Equal(expected, Loops.ValueOf(CentralMoments.Distance(x, y, moments: 4, low: -1, high: 1)), 1e-13);
        Loops.CheckGradients(x, y, (a, b) => CentralMoments.Distance(a, b, 4, -1, 1));

        double Norm(int k) => Math.Sqrt(Enumerable.Range(0, 3).Sum(f => Math.Pow(Moment(Loops.Rows(x), f, k) - Moment(Loops.Rows(y), f, k), 2)));

        static double Moment(double[][] rows, int feature, int k)
        {
            double mean = rows.Average(row => row[feature]);
            return k == 1 ? mean : rows.Average(row => Math.Pow(row[feature] - mean, k));
        }
    }

    [Fact]
    public void CentralMoments_SameSample_IsZeroWithFiniteGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 4, 3).WithGrad();
        Tensor distance = CentralMoments.Distance(x, x.Detach());
        Assert.Equal(0, distance.ToDouble());
        Assert.All(Tensor.Gradients(distance, [x])[0]!.ToArray<double>(), slope => Assert.Equal(0, slope));
    }

    [Fact]
    public void CentralMoments_WrongRange_IsRefused()
    {
        using Tensor x = Loops.Sample(6, 4, 3);
        Assert.Throws<ArgumentException>(() => CentralMoments.Distance(x, x, low: 1, high: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CentralMoments.Distance(x, x, moments: 0));
    }

    [Theory]
    [InlineData(6, 6)]
    [InlineData(4, 7)]
    [InlineData(1, 3)]
    public void Wasserstein_AnySizes_AgreesWithQuantilesOnTheCommonGrid(int n, int m)
    {
        using Tensor x = Loops.Sample(7, n, 2), y = Loops.Sample(8, m, 2, shift: 0.5);
        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        double[] expected = new double[2];
        for (int f = 0; f < 2; f++)
        {
            // Both quantile functions are constant on each of n·m equal steps.
            double[] left = [.. a.Select(row => row[f]).Order()], right = [.. b.Select(row => row[f]).Order()];
            for (int step = 0; step < n * m; step++)
                expected[f] += Math.Abs(left[step / m] - right[step / n]) / (n * m);
        }

        Loops.Near(expected, Loops.Take<double>(FeatureDrift.Wasserstein(x, y)), 1e-13);
        Loops.CheckGradients(x, y, (p, q) =>
        {
            using Tensor each = FeatureDrift.Wasserstein(p, q);
            return each.Sum();
        });
    }

    [Fact]
    public void Wasserstein_ValuesThatTie_AreNotCounted()
    {
        using Tensor x = Tensor.From([0.0, 1, 1, 2], 4, 1), y = Tensor.From([1.0, 0, 2, 1], 4, 1), z = Tensor.From([1.0, 1], 2, 1);
        Assert.Equal([0.0], Loops.Take<double>(FeatureDrift.Wasserstein(x, y)));
        Assert.Equal([0.5], Loops.Take<double>(FeatureDrift.Wasserstein(x, z)));
    }

    [Fact]
    public void StandardisedMeanDifference_SomeFeatures_HasSizeAndSign()
    {
        // Feature 0: means 1 and 4, variances 1 and 7 → 3/2. Feature 1 equal constants, feature 2 different ones.
        using Tensor x = Tensor.From([0.0, 5, 5, 1, 5, 5, 2, 5, 5], 3, 3);
        using Tensor y = Tensor.From([1.0, 5, 2, 5, 5, 2, 6, 5, 2], 3, 3);
        double[] found = Loops.Take<double>(FeatureDrift.StandardisedMeanDifference(x, y));
        Assert.Equal(1.5, found[0], 1e-15);
        Assert.Equal(0, found[1]);
        Assert.Equal(double.NegativeInfinity, found[2]);
    }

    [Fact]
    public void PermutationTest_GivenDivision_IsTheUnbiasedEstimate()
    {
        using Tensor x = Loops.Sample(9, 9, 3), y = Loops.Sample(10, 6, 3, shift: 1);
        GaussianKernels kernels = GaussianKernels.WithVariances(1, 4);
        PermutationTestResult found = new PermutationTest { Kernels = kernels, Permutations = 5 }.Run(x, y);
        double[] expected = Loops.Take<double>(MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, kernels));
        Assert.Equal(expected.Average(), found.Mmd, 1e-12);
        Assert.False(found.IsSubsample);
    }

    [Fact]
    public void PermutationTest_OneDistribution_GivesEvenlySpreadPValues()
    {
        double[] found = new double[100];
        for (int i = 0; i < found.Length; i++)
        {
            using Tensor x = Loops.Sample(1000 + i, 15, 2), y = Loops.Sample(2000 + i, 20, 2);
            found[i] = new PermutationTest { Permutations = 99, Seed = i }.Run(x, y).PValue;
        }

        // Kolmogorov–Smirnov: the greatest gap exceeds 1.63/√100 for one seed in a hundred; the seeds are fixed.
        Array.Sort(found);
        double gap = found.Select((p, i) => Math.Max(Math.Abs(p - (i / 100.0)), Math.Abs(p - ((i + 1) / 100.0)))).Max();
        Assert.True(gap < 0.163, $"greatest gap {gap}");
    }

    [Fact]
    public void PermutationTest_ShiftedSample_HasTheLeastPValue()
    {
        using Tensor x = Loops.Sample(11, 60, 3), y = Loops.Sample(12, 50, 3, shift: 1.5);
        PermutationTestResult found = new PermutationTest { Limit = 40 }.Run(x, y);
        Assert.Equal(1 / 201.0, found.PValue);
        Assert.Equal((40, 40, true), (found.SourceUsed, found.TargetUsed, found.IsSubsample));
        Assert.Equal(found, new PermutationTest { Limit = 40 }.Run(x, y));
    }

    [Fact]
    public void PermutationTest_SameExamplesInBoth_IsNotSignificant()
    {
        using Tensor x = Tensor.Ones([5, 2]);
        Assert.Equal(1, new PermutationTest().Run(x, x).PValue);
    }

    [Theory]
    [InlineData(200, 150, 5)]
    [InlineData(100, 100, 400)]
    public void ProxyADistance_OneDistribution_IsNearZero(int n, int m, int features)
    {
        using Tensor x = Loops.Sample(13, n, features), y = Loops.Sample(14, m, features);
        ProxyADistanceResult found = new ProxyADistance().Estimate(x, y);

        // ε ≈ ½ with a deviation of about √(¼/100)/√5 over five overlapping splits; four times that in the distance.
        Assert.InRange(found.Value, 0, 0.45);
        Assert.Equal(found, new ProxyADistance().Estimate(x, y));
    }

    [Theory]
    [InlineData(200, 40, 5, 6)]
    [InlineData(60, 60, 300, 1)]
    public void ProxyADistance_SeparableDomains_IsNearTwo(int n, int m, int features, double shift)
    {
        using Tensor x = Loops.Sample(15, n, features), y = Loops.Sample(16, m, features, shift);
        ProxyADistanceResult found = new ProxyADistance().Estimate(x, y);
        Assert.InRange(found.Value, 1.9, 2);
        Assert.False(found.IsSubsample);
    }

    [Fact]
    public void ProxyADistance_ModerateShift_IsNearTheBestLinearError()
    {
        // N(0, 1) against N(1, 1): the best error is Φ(−½) = 0.3085, so the distance 0.766.
        using Tensor x = Loops.Sample(17, 3000, 1), y = Loops.Sample(18, 900, 1, shift: 1);
        ProxyADistanceResult found = new ProxyADistance { Limit = 2000 }.Estimate(x, y);
        Assert.Equal(0.766, found.Value, 0.1);
        Assert.Equal((2000, 900, true), (found.SourceUsed, found.TargetUsed, found.IsSubsample));
    }

    [Fact]
    public void ProxyADistance_ConstantFeatures_SaysNothing()
    {
        using Tensor x = Tensor.Ones([10, 3]);
        Assert.Equal(0, new ProxyADistance().Estimate(x, x).Value, 1e-12);
    }

    [Fact]
    public void Tests_WrongInput_AreRefused()
    {
        using Tensor x = Loops.Sample(19, 4, 2), one = Loops.Sample(20, 1, 2), bad = Tensor.Full([4, 2], double.NaN, ScalarType.Float64);
        Assert.Throws<ArgumentException>(() => new ProxyADistance().Estimate(x, bad));
        Assert.Throws<ArgumentException>(() => new ProxyADistance().Estimate(one, x));
        Assert.Throws<ArgumentException>(() => new ProxyADistance { Splits = 0 }.Estimate(x, x));
        Assert.Throws<ArgumentException>(() => new PermutationTest { Permutations = 0 }.Run(x, x));
        Assert.Throws<ArgumentException>(() => new PermutationTest().Run(x, one));
    }
}
