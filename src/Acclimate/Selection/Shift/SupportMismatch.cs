using System.Text.Json.Serialization;
using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Selection;

/// <summary>How much of the target lies where the source has nothing: a model can say there only what it makes up.</summary>
/// <param name="Outside">The share of target samples whose k-th nearest source sample is farther than almost all source samples' is, 0 to 1.</param>
/// <param name="Expected">The share of source samples that is beyond it too.</param>
/// <param name="Neighbours">k.</param>
/// <param name="Radius">That distance.</param>
public sealed record SupportMismatch(double Outside, double Expected, int Neighbours, double Radius)
{
    private const int K = 5;
    private const double Quantile = 0.95;

    /// <summary>Which target samples are within the source's range; none where that was not kept.</summary>
    [JsonIgnore]
    internal IReadOnlyList<bool> Within { get; private init; } = [];

    /// <summary>The figures alone.</summary>
    internal SupportMismatch Summary => this with { Within = [] };

    /// <summary>
    /// Measures it: the radius is the 95 % quantile of the source samples' distances to their k-th nearest other source sample, k = 5
    /// (fewer where there are fewer).
    /// </summary>
    /// <param name="source">[n, d], n ≥ 2, floating point, finite.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or too few rows.</exception>
    public static SupportMismatch Of(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Size(0) < 2)
            throw new ArgumentException($"a range needs 2 source samples or more, but has {source.Size(0)}", nameof(source));
        Tensor x = source.To(ScalarType.Float64), y = target.To(ScalarType.Float64);
        int k = (int)Math.Min(K, x.Size(0) - 1);
        Tensor among = PairwiseDistances.Squared(x, x);
        Operator.Get("aten::fill_diagonal_").Run(among, double.PositiveInfinity);
        double[] own = Nearest(among, k), others = Nearest(PairwiseDistances.Squared(y, x), k);
        double[] sorted = [.. own.Order()];
        double radius = sorted[(int)Math.Ceiling(Quantile * sorted.Length) - 1];

        // Distances come from differences of large numbers: what is equal may differ by rounding.
        double reach = radius * (1 + 1e-9);
        bool[] within = Array.ConvertAll(others, distance => distance <= reach);
        return new SupportMismatch((double)within.Count(static inside => !inside) / within.Length, (double)own.Count(distance => distance > reach) / own.Length, k, radius)
        {
            Within = within,
        };
    }

    private static double[] Nearest(Tensor squared, int k)
    {
        Tensor nearest = Operator.Get("aten::topk").CallMany(squared, (long)k, 1L, false, true)[0];
        return nearest.Select(1, k - 1).Sqrt().ToArray<double>();
    }
}
