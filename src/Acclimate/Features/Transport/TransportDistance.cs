using System.Numerics;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>What exact optimal transport costs: a distance between two samples.</summary>
public static class TransportDistance
{
    /// <summary>
    /// The 1-Wasserstein distance, min ⟨γ, C⟩ over couplings γ of the two samples with c_ij = ‖xᵢ − yⱼ‖, by the network simplex:
    /// exact, and slow beyond a thousand examples of each. In many dimensions samples of one distribution are far apart too:
    /// compare with what a random division of both comes to.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1, floating point, finite.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static double Wasserstein(Tensor source, Tensor target, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor cost = PairwiseDistances.Squared(source, target).To(ScalarType.Float64).Sqrt();
        double[] costs = cost.ToArray<double>();
        long n = cost.Size(0), m = cost.Size(1), common = (long)BigInteger.GreatestCommonDivisor(n, m);
        double total = n * (m / common);
        (List<(int I, int J, long Mass)> plan, _, _) = TransportSimplex.Solve(
            costs, [.. Enumerable.Repeat(m / common, (int)n)], [.. Enumerable.Repeat(n / common, (int)m)], cancellation);
        return plan.Sum(arc => arc.Mass * costs[(arc.I * m) + arc.J]) / total;
    }
}
