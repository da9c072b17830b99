using System.Numerics;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>
/// OT-exact: the cheapest coupling of the two domains' samples, by the network simplex. Courty, Flamary, Tuia,
/// Rakotomamonjy, "Optimal Transport for Domain Adaptation", IEEE TPAMI 2016, equation 8.
/// </summary>
/// <remarks>
/// The certificate is a complete proof: the coupling's masses, and as <see cref="Certificate.KktResidual"/> the worse of
/// max(u_i + v_j − c_ij) and of the duality gap ⟨γ, C⟩ − (⟨a, u⟩ + ⟨b, v⟩), both over the largest cost. Costs in other
/// units (POT's <c>norm</c>) change nothing here and are no option.
/// </remarks>
[Method("ot-emd", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Optimal Transport, exact",
    Summary = "Moves each source sample to the barycentre of the target samples that the cheapest transport sends it to.",
    Formula = "min ⟨γ, C⟩  subject to  γ1 = 1/n_s,  γᵀ1 = 1/n_t,  γ ≥ 0",
    Paper = "Courty, Flamary, Tuia, Rakotomamonjy: Optimal Transport for Domain Adaptation, IEEE TPAMI 2016")]
public sealed class ExactTransport : CouplingMethod
{
    /// <inheritdoc/>
    internal override Coupling Couple(Tensor cost, int[] labels, FitContext context)
    {
        // Masses 1/n_s and 1/n_t as the smallest whole numbers in their ratio.
        long n = cost.Size(0), m = cost.Size(1), common = (long)BigInteger.GreatestCommonDivisor(n, m);
        double total = n * (m / common);
        (List<(int I, int J, long Mass)> arcs, double[] u, double[] v) = TransportSimplex.Solve(
            cost.ToArray<double>(), Enumerable.Repeat(m / common, (int)n).ToArray(), Enumerable.Repeat(n / common, (int)m).ToArray(), context.Cancellation);
        double[] masses = new double[n * m];
        foreach ((int i, int j, long mass) in arcs)
            masses[(i * m) + j] = mass / total;
        Tensor plan = Tensor.From(masses, n, m);

        double paid = (plan * cost).Sum().ToDouble(), largest = Math.Max(cost.Max().ToDouble(), double.Epsilon);
        double infeasible = (Tensor.From(u, n, 1) + Tensor.From(v, 1, m) - cost).Max().ToDouble();
        Certificate certificate = new()
        {
            ConstraintError = Coupling.MarginalError(plan),
            KktResidual = Math.Max(infeasible, Math.Abs(paid - u.Average() - v.Average())) / largest,
            Objective = [paid],
        };
        return new Coupling(plan, certificate);
    }
}
