using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.PseudoLabels;

/// <summary>F = (1 − α)(I − αS)⁻¹ Y by F ← αSF + (1 − α)Y, which shrinks the error by α each time; S = I − L, L normalised.</summary>
internal static class GraphSpread
{
    private const double Precision = 1e-7;

    /// <summary>F, its rows scaled to sum to 1 where they can be.</summary>
    /// <param name="graph">The graph, with its normalised Laplacian.</param>
    /// <param name="seeds">Y: [n, C], 0 or more.</param>
    /// <param name="alpha">α, 0 or more and below 1.</param>
    /// <returns>[n, C].</returns>
    public static Tensor Of(GraphLaplacian graph, Tensor seeds, double alpha)
    {
        using TensorScope all = TensorScope.Begin();
        int steps = alpha > 0 ? (int)Math.Ceiling(Math.Log(Precision) / Math.Log(alpha)) : 0;
        Tensor spread = seeds;
        for (int step = 0; step < steps; step++)
        {
            using TensorScope scope = TensorScope.Begin();
            spread = scope.Keep(((spread - graph.MatMul(spread)) * alpha) + (seeds * (1 - alpha)));
        }

        Tensor sums = spread.Sum(1, keep: true);
        return all.Keep(spread / sums.GreaterThan(0).Where(sums, sums.OnesLike()));
    }
}
