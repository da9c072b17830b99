using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class QuasiNewtonTests
{
    [Fact]
    public void Minimise_Quadratic_SolvesTheLinearSystem()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Tensor.Normal([40, 12], generator, ScalarType.Float64);
        Tensor q = x.T.MatMul(x), b = Tensor.Normal([12, 2], generator, ScalarType.Float64);
        List<double> values = [];

        QuasiNewton.Minimum found = QuasiNewton.Minimise(
            w =>
            {
                Tensor qw = q.MatMul(w);
                return (((w * qw).Sum().ToDouble() / 2) - (w * b).Sum().ToDouble(), qw - b);
            },
            Tensor.Zeros([12, 2], ScalarType.Float64), 1e-7);

        // Values resolve a slope to the root of 1e-16; the largest slope is about 100, the least curvature 5.
        Assert.True((found.At - q.Solve(b)).Abs().Max().ToDouble() < 1e-5);
        Assert.InRange(found.Slope, 0, 1e-7);
    }

    [Fact]
    public void Minimise_RosenbrocksValley_FindsItsFloor()
    {
        using TensorScope scope = TensorScope.Begin();

        QuasiNewton.Minimum found = QuasiNewton.Minimise(
            static at =>
            {
                double[] p = at.ToArray<double>();
                double u = p[1] - (p[0] * p[0]), v = 1 - p[0];
                return ((100 * u * u) + (v * v), Tensor.From<double>([(-400 * u * p[0]) - (2 * v), 200 * u], 2));
            },
            Tensor.From<double>([-1.2, 1], 2), 1e-9);

        Assert.All(found.At.ToArray<double>(), static p => Assert.Equal(1, p, 1e-6));
    }
}
