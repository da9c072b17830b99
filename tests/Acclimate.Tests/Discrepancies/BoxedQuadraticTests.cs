using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

/// <summary>The quadratic programme, against its own optimality conditions worked out here.</summary>
public sealed class BoxedQuadraticTests
{
    // The rank of Q from full to 3 of 60, and sums that bind from below, from above, exactly and not at all.
    [Theory]
    [InlineData(60, 60, -1000, 1000)]
    [InlineData(60, 60, 55, 65)]
    [InlineData(60, 3, 55, 65)]
    [InlineData(60, 3, 0, 5)]
    [InlineData(60, 10, 30, 30)]
    [InlineData(1, 1, 1, 1)]
    public void Minimise_AnyRankAndRange_MeetsTheOptimalityConditions(int n, int rank, double low, double high)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(n + rank);
        Tensor z = Tensor.Normal([n, rank], generator, ScalarType.Float64), c = Tensor.Normal([n], generator, ScalarType.Float64) * 5;
        Tensor upper = Tensor.Uniform([n], generator, 1, 4, ScalarType.Float64), ones = Tensor.Ones([n], ScalarType.Float64);
        Tensor q = z.MatMul(z.T);

        foreach (IQuadratic by in (IQuadratic[])[new DenseQuadratic(q), new LowRankQuadratic(z)])
        {
            BoxedQuadratic.Solution found = BoxedQuadratic.Minimise(by, c, upper, ones, low, high);

            double[] x = found.X.ToArray<double>(), u = upper.ToArray<double>(), slope = (q.MatMul(found.X) + c).ToArray<double>();
            double scale = Math.Max(1, c.Abs().Max().ToDouble()), sum = x.Sum();
            Assert.InRange(found.KktResidual, 0, 1e-6);
            Assert.InRange(sum, low - (1e-6 * (1 + Math.Abs(low))), high + (1e-6 * (1 + Math.Abs(low))));

            // Where the sum is inside its range, nothing pulls at it.
            if (sum > low + 1e-3 && sum < high - 1e-3)
                Assert.Equal(0, found.Multiplier / scale, 1e-5);
            for (int i = 0; i < n; i++)
            {
                double left = (slope[i] - found.Multiplier) / scale;
                Assert.InRange(x[i], 0, u[i]);
                Assert.True((x[i] == 0 && left >= -1e-6) || (x[i] == u[i] && left <= 1e-6) || Math.Abs(left) < 1e-6 || Math.Abs(x[i] - Math.Clamp(x[i] - left, 0, u[i])) < 1e-6);
            }
        }
    }
}
