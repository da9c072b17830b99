using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class GeodesicFlowKernelTests
{
    [Theory]
    [InlineData(12, 3)]
    [InlineData(7, 5)] // 2k > d: the subspaces meet
    [InlineData(6, 6)] // the whole space: nothing lies between
    public void Root_Subspaces_IsTheIntegralOfTheFlow(int features, int dimensions)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor ps = Orthonormal(features, dimensions, 1), pt = Orthonormal(features, dimensions, 2);

        Tensor root = GeodesicFlowKernel.Root(ps, pt);

        // Gauss and Legendre's 5 points on each of 20 parts of the way: exact to rounding for such smooth entries.
        Tensor integral = Tensor.Zeros([features, features], ScalarType.Float64);
        (double At, double Weight)[] rule = [(0, 128 / 225.0), .. Points(245 - (14 * Math.Sqrt(70)), 322 + (13 * Math.Sqrt(70))), .. Points(245 + (14 * Math.Sqrt(70)), 322 - (13 * Math.Sqrt(70)))];
        for (int part = 0; part < 20; part++)
        {
            foreach ((double at, double weight) in rule)
            {
                Tensor phi = Geodesic(ps, pt, (part + ((1 + at) / 2)) / 20);
                integral += phi.MatMul(phi.T) * (weight / 40);
            }
        }

        Assert.True((root.MatMul(root.T) - integral).Abs().Max().ToDouble() < 1e-10);
    }

    [Fact]
    public void Root_SameSubspace_IsItsProjection()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor p = Orthonormal(9, 3, 4);

        Tensor root = GeodesicFlowKernel.Root(p, p.MatMul(Orthonormal(3, 3, 5)));

        Assert.True((root.MatMul(root.T) - p.MatMul(p.T)).Abs().Max().ToDouble() < 1e-12);
    }

    [Fact]
    public void Fit_MoreDimensionsThanADomainVariesIn_TakesThose()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 5, 12, seed: 1);

        using FittedFeatures fitted = new GeodesicFlowKernel { Dimensions = 10 }.Fit(data);

        Assert.Equal(2 * 4, ((AffineMap)fitted.Source).Weight.Size(1));
    }

    [Fact]
    public void Fit_NoDimensions_TakesTheLeastWithSubspacesInDisagreement()
    {
        // All vary most in the first feature: D(1) = 0. Then the source in the second and the target in the third, but the
        // pooled samples in the fourth, in which each domain varies a little less: D(2) = 1.
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Crosses([10, 3, 0, 2.5, 0, 0, 0, 0]), target = Crosses([10, 0, 3, 2.5, 0, 0, 0, 0]);
        FeatureData data = new(source, new int[source.Size(0)], 1, target);

        using FittedFeatures fitted = new GeodesicFlowKernel { Dimensions = null }.Fit(data);

        Assert.Equal("2 dimensions by the subspace disagreement measure", Assert.Single(fitted.Certificate.Notes));
    }

    [Fact]
    public void Fit_Surf_GivesThePrintedCells()
    {
        double[] cells =
        [
            RealPairs.Accuracy("surf", "D>W", new GeodesicFlowKernel { Dimensions = 10 }, "rowsum,zscore"),
            RealPairs.Accuracy("surf", "W>D", new GeodesicFlowKernel { Dimensions = 10 }, "rowsum,zscore"),
            RealPairs.Accuracy("surf", "D>W", new GeodesicFlowKernel(), "rowsum,zscore"),
        ];

        Assert.Equal([75.59, 80.89, 84.41], cells.Select(static cell => Math.Round(cell, 2)));
    }

    private static (double At, double Weight)[] Points(double squared, double weight) =>
        [(-Math.Sqrt(squared) / 21, weight / 900), (Math.Sqrt(squared) / 21, weight / 900)];

    /// <summary>Two samples a feature, one step to either side.</summary>
    private static Tensor Crosses(double[] steps)
    {
        int d = steps.Length;
        double[] x = new double[2 * d * d];
        for (int i = 0; i < d; i++)
        {
            x[(2 * i * d) + i] = steps[i];
            x[(((2 * i) + 1) * d) + i] = -steps[i];
        }

        return Tensor.From(x, 2 * d, d);
    }

    private static Tensor Orthonormal(int features, int dimensions, long seed)
    {
        using Generator generator = new(seed);
        return Tensor.Normal([features, dimensions], generator, ScalarType.Float64).Svd().U;
    }

    /// <summary>
    /// Φ(t) by the exponential map: the orthonormal basis of the way's tangent at P_s, P_s cos(tΘ) + U sin(tΘ), with UΘVᵀ
    /// the decomposition of (I − P_sP_sᵀ)P_t(P_sᵀP_t)⁻¹ with its arctangents.
    /// </summary>
    private static Tensor Geodesic(Tensor ps, Tensor pt, double t)
    {
        Tensor cross = ps.T.MatMul(pt);
        Tensor tangent = (pt - ps.MatMul(cross)).MatMul(cross.Solve(Tensor.Eye(cross.Size(0), ScalarType.Float64)));
        (Tensor u, Tensor s, Tensor vt) = tangent.Svd();
        double[] theta = Array.ConvertAll(s.ToArray<double>(), Math.Atan);
        Tensor cos = Tensor.From(Array.ConvertAll(theta, a => Math.Cos(t * a)), theta.Length), sin = Tensor.From(Array.ConvertAll(theta, a => Math.Sin(t * a)), theta.Length);
        return (ps.MatMul(vt.T) * cos) + (u * sin);
    }
}
