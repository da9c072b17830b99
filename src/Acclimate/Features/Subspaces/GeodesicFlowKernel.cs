using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// GFK: the kernel of all the subspaces on the way from the source's to the target's. Gong, Shi, Sha, Grauman, "Geodesic Flow
/// Kernel for Unsupervised Domain Adaptation", CVPR 2012, equations 3 to 7; the dimension by its section 3.4.
/// </summary>
/// <remarks>
/// <para>Φ(t), 0 ≤ t ≤ 1, is the geodesic of the Grassmannian from the source's principal subspace P_s to the target's P_t, and
/// G = ∫Φ(t)Φ(t)ᵀdt. With P_sᵀP_t = U cos(Θ) Vᵀ, A = P_sU and the unit columns B of P_tV − A cos(Θ), which are orthogonal to
/// A: Φ(t) = A cos(tΘ) + B sin(tΘ), so that G is, for each principal angle θ, the 2 × 2 matrix
/// ½ [1 + sin 2θ/2θ, (1 − cos 2θ)/2θ; (1 − cos 2θ)/2θ, 1 − sin 2θ/2θ] on (a, b). A root G = RRᵀ gives the map
/// z = xR, of 2k features, with z·z′ = xGx′ᵀ.</para>
/// <para>Where the subspaces meet, θ is 0, b has no direction and no weight, and G is the identity there; k may therefore
/// exceed half the features, which the paper's own computation does not allow.</para>
/// </remarks>
[Method("gfk", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Geodesic Flow Kernel",
    Summary = "Compares samples on all the subspaces between the source's principal one and the target's.",
    Formula = "G = ∫₀¹ Φ(t)Φ(t)ᵀ dt,  Φ the geodesic from P_s to P_t",
    Paper = "Gong, Shi, Sha, Grauman: Geodesic Flow Kernel for Unsupervised Domain Adaptation, CVPR 2012")]
public sealed class GeodesicFlowKernel : MomentMethod
{
    /// <summary>D(d) from which the subspaces count as orthogonal to the pooled one: 1, to the two digits of the released code.</summary>
    private const double Orthogonal = 0.995;

    /// <summary>Principal values that are smaller, relative to the largest, are rounding.</summary>
    private const double RankTolerance = 1e-12;

    /// <summary>An angle below this has a b that is rounding, and a weight of its square.</summary>
    private const double LeastAngle = 1e-8;

    /// <summary>
    /// k, the dimensions of each subspace, 1 or more; as many as there are where a domain has fewer. None takes the least
    /// d at which the subspace disagreement measure is 1: ½(sin α_d + sin β_d), α_d and β_d the largest angles of the
    /// source's and of the target's subspace with the pooled one.
    /// </summary>
    [Option("dimensions", "the dimensions of each subspace, 1 or more; none takes them by the subspace disagreement measure", Search = "5..100 log", Source = "20 or 10 in the JDA paper's table, 20 in MEDA")]
    public int? Dimensions { get; init; } = 20;

    /// <inheritdoc/>
    public override void Validate() => Require(Dimensions is null or >= 1, $"dimensions is {Dimensions}; expected 1 or more");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        (AffineMap map, Certificate certificate) = Between(source, target);
        return new FittedFeatures(map, certificate);
    }

    /// <summary>The map x ↦ xR into the flow's coordinates.</summary>
    /// <param name="source">The source's moments.</param>
    /// <param name="target">The target's.</param>
    internal (AffineMap Map, Certificate Certificate) Between(Moments source, Moments target)
    {
        (Tensor ps, Certificate ofSource) = Subspace(source, Dimensions ?? int.MaxValue);
        (Tensor pt, Certificate ofTarget) = Subspace(target, Dimensions ?? int.MaxValue);
        int k = (int)Math.Min(ps.Size(1), pt.Size(1));
        Certificate certificate = ofSource.And(ofTarget);
        if (Dimensions is null)
        {
            k = Disagreement(ps, pt, Moments.Pooled(source, target).Principal(k).Directions);
            certificate = certificate with { Notes = [string.Create(CultureInfo.InvariantCulture, $"{k} dimensions by the subspace disagreement measure")] };
        }

        return (new AffineMap(Root(ps.Slice(1, 0, k), pt.Slice(1, 0, k))), certificate);
    }

    /// <summary>R: [d, 2k] with RRᵀ = G, a square root of the flow's kernel.</summary>
    /// <param name="ps">P_s: [d, k], orthonormal columns.</param>
    /// <param name="pt">P_t: [d, k].</param>
    internal static Tensor Root(Tensor ps, Tensor pt)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor u, Tensor cosines, Tensor vt) = ps.T.MatMul(pt).Svd();
        Tensor a = ps.MatMul(u);
        Tensor across = pt.MatMul(vt.T) - (a * cosines);
        across -= ps.MatMul(ps.T.MatMul(across));
        Tensor sines = across.Norm(0);
        Tensor b = across / sines.Clamp(low: LeastAngle);

        // The 2 × 2 matrices [p, q; q, r] have the square roots [p + s, q; q, r + s]/√(p + r + 2s), s = √(pr − q²).
        double[] cos = cosines.ToArray<double>(), sin = sines.ToArray<double>();
        int k = cos.Length;
        double[] aa = new double[k], ab = new double[k], bb = new double[k];
        for (int i = 0; i < k; i++)
        {
            double theta = Math.Atan2(sin[i], cos[i]);
            (double p, double q, double r) = theta < LeastAngle
                ? (1, 0, 0)
                : ((1 + (Math.Sin(2 * theta) / (2 * theta))) / 2, Math.Sin(theta) * Math.Sin(theta) / (2 * theta), (1 - (Math.Sin(2 * theta) / (2 * theta))) / 2);
            double s = Math.Sqrt(Math.Max(0, (p * r) - (q * q))), length = Math.Sqrt(p + r + (2 * s));
            (aa[i], ab[i], bb[i]) = ((p + s) / length, q / length, (r + s) / length);
        }

        Tensor first = (a * Tensor.From(aa, k)) + (b * Tensor.From(ab, k)), second = (a * Tensor.From(ab, k)) + (b * Tensor.From(bb, k));
        return scope.Keep(Tensor.Concatenate([first, second], 1));
    }

    /// <summary>The principal subspace of a domain, of at most as many dimensions as it varies in.</summary>
    private static (Tensor Directions, Certificate Certificate) Subspace(Moments domain, int dimensions)
    {
        (Tensor all, Certificate certificate) = domain.Principal((int)Math.Min(dimensions, Math.Max(1, Math.Min(domain.Features, domain.Count - 1))));
        double[] strengths = all.T.MatMul(domain.Scatter).MatMul(all).Diagonal().ToArray<double>();
        int rank = Math.Max(1, strengths.Count(value => value > strengths[0] * RankTolerance));
        return (all.Slice(1, 0, rank), certificate);
    }

    /// <summary>The least d at which D(d) = ½(sin α_d + sin β_d) is 1, half the features at most.</summary>
    private static int Disagreement(Tensor ps, Tensor pt, Tensor pooled)
    {
        int most = (int)Math.Max(1, Math.Min(pooled.Size(1), ps.Size(0) / 2));
        Tensor source = ps.T.MatMul(pooled), target = pt.T.MatMul(pooled);
        for (int d = 1; d < most; d++)
        {
            if ((Sine(source) + Sine(target)) / 2 >= Orthogonal)
                return d;

            double Sine(Tensor cosines)
            {
                using TensorScope scope = TensorScope.Begin();
                double least = cosines.Slice(0, 0, d).Slice(1, 0, d).Svd().S.Min().ToDouble();
                return Math.Sqrt(Math.Max(0, 1 - (least * least)));
            }
        }

        return most;
    }
}
