using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class GrassmannTests
{
    [Theory]
    [InlineData(9, 3)]
    [InlineData(9, 6)]
    [InlineData(5, 5)]
    public void Geodesic_EndsAndBetween_AreTheSubspacesAtConstantSpeed(int features, int dimensions)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor from = Subspace(features, dimensions, 1), to = Subspace(features, dimensions, 2);
        GrassmannGeodesic geodesic = new(from, to);

        Assert.True(Apart(geodesic.At(0), from) <= 1e-12);
        Assert.True(Apart(geodesic.At(1), to) <= 1e-12);
        foreach (double t in (double[])[0, 0.3, 0.7, 1])
        {
            Tensor between = geodesic.At(t);
            Assert.True(Grassmann.ConstraintError(between) <= 1e-12);

            // The angles to the start grow in proportion.
            Tensor angles = new GrassmannGeodesic(from, between).Angles;
            Assert.True((angles - (geodesic.Angles * t)).Abs().Max().ToDouble() <= 1e-7);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-9)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void Geodesic_LinesInAPlane_TurnsByTheAngle(double angle)
    {
        using TensorScope scope = TensorScope.Begin();
        GrassmannGeodesic geodesic = new(Column(1, 0), Column(Math.Cos(angle), Math.Sin(angle)));

        // The arc cosine of 1 − ½·10⁻¹⁸ would be 0: the small angle shows that it is not where the angle comes from.
        Assert.Equal(angle, geodesic.Angles.ToArray<double>()[0], 1e-6 * angle);
        double[] half = geodesic.At(0.5).ToArray<double>();
        Assert.Equal(Math.Abs(Math.Cos(angle / 2)), Math.Abs(half[0]), 1e-12);
        Assert.Equal(Math.Abs(Math.Sin(angle / 2)), Math.Abs(half[1]), 1e-12);
    }

    [Fact]
    public void Minimise_TraceOfAQuadraticForm_FindsTheLeadingEigenvectors()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor root = Tensor.Normal([12, 12], generator, ScalarType.Float64);
        Tensor a = root.MatMul(root.T);
        List<int> reported = [];

        (Tensor w, Certificate certificate) = GrassmannMinimiser.Minimise(Subspace(12, 4, 4), Objective, 500, 1e-7, reported.Add);

        // A gradient of relative length 1e-7 leaves an angle of that over the gap of the eigenvalues.
        Tensor expected = a.SymmetricEigen().Vectors.Slice(1, 8, 12);
        Assert.True(Apart(w, expected) <= 1e-5, $"{Apart(w, expected)}");
        Assert.InRange(certificate.KktResidual!.Value, 0, 1e-7);
        Assert.InRange(certificate.ConstraintError!.Value, 0, 1e-12);
        Assert.Equal(certificate.Objective.OrderDescending(), certificate.Objective);
        Assert.Equal(certificate.Objective.Count - 1, reported.Count);

        Slope Objective(Tensor at)
        {
            Tensor aw = a.MatMul(at);
            return new Slope(-(at * aw).Sum().ToDouble(), aw * -2, 2 * aw.Norm().ToDouble());
        }
    }

    [Fact]
    public void Orthonormal_OfAnOrthonormalBasis_IsTheBasis()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor w = Subspace(8, 3, 5);

        Assert.True((Grassmann.Orthonormal(w) - w).Abs().Max().ToDouble() <= 1e-14);
        Assert.True(Grassmann.Tangent(w, w.MatMul(Subspace(3, 3, 6))).Abs().Max().ToDouble() <= 1e-14);
    }

    /// <summary>How far apart the subspaces are: the largest entry of the difference of their projectors.</summary>
    private static double Apart(Tensor one, Tensor two) => (one.MatMul(one.T) - two.MatMul(two.T)).Abs().Max().ToDouble();

    private static Tensor Column(double x, double y) => Tensor.From([x, y], 2, 1);

    private static Tensor Subspace(int features, int dimensions, long seed)
    {
        using Generator generator = new(seed);
        return Grassmann.Orthonormal(Tensor.Normal([features, dimensions], generator, ScalarType.Float64));
    }
}
