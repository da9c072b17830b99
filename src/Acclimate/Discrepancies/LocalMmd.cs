using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>The local maximum mean discrepancy: that of each class by itself.</summary>
public static class LocalMmd
{
    /// <summary>The least sum of memberships that is divided by: float32's normal numbers begin there.</summary>
    private const double LeastSum = 1.2e-38;

    /// <summary>
    /// LMMD = 1/|C| Σ_c ‖Σᵢ wᵢᶜ φ(xᵢ) − Σⱼ vⱼᶜ φ(yⱼ)‖² with wᵢᶜ = aᵢᶜ / Σₖ aₖᶜ, the share of example i in class c's mean,
    /// and v likewise of the target. C holds the classes of which both samples have a part. Zhu et al., "Deep Subdomain
    /// Adaptation Network for Image Classification", TNNLS 2020. Differentiable in both samples;
    /// memberships and bandwidths count as constants.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <param name="sourceMemberships">a: how far each example belongs to each class, [n, classes], 0 or more.</param>
    /// <param name="targetMemberships">The target's, [m, classes].</param>
    /// <param name="kernels">The kernels of φ, which are summed.</param>
    /// <returns>A single number, 0 or more but for rounding; 0 where no class has a part in both samples.</returns>
    /// <exception cref="ArgumentException">The samples or the memberships don't fit together.</exception>
    public static Tensor Distance(Tensor source, Tensor target, Tensor sourceMemberships, Tensor targetMemberships, GaussianKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "the local MMD");
        (Tensor a, Tensor b) = Samples.Check(sourceMemberships, targetMemberships, 1, "memberships");
        if (a.Size(0) != x.Size(0) || b.Size(0) != y.Size(0))
            throw new ArgumentException($"memberships are {a} and {b} for samples {x} and {y}; one row an example is needed", nameof(sourceMemberships));
        (Tensor weights, Tensor ofDiagonal) = PairWeights(a.To(x.Type), b.To(x.Type));
        Tensor squared = PairwiseDistances.SquaredWithin(Tensor.Concatenate([x, y]));

        // The diagonal is k(z, z), one for each kernel; taken apart, its distances' rounding and gradient noise stay out.
        return scope.Keep((GaussianKernels.Sum(squared, kernels.Variances(x, y)) * weights).Sum() + (ofDiagonal * kernels.Count));
    }

    /// <summary>
    /// What each pair of the pooled sample counts: with V = [w; −v], a column a class, Σ_c v_cᵀ K v_c = Σᵢⱼ (VVᵀ)ᵢⱼ Kᵢⱼ.
    /// The diagonal's sum comes apart.
    /// </summary>
    private static (Tensor Pairs, Tensor OfDiagonal) PairWeights(Tensor a, Tensor b)
    {
        using NoGrad noGrad = NoGrad.Begin();
        Tensor ofSource = a.Sum(0, keep: true), ofTarget = b.Sum(0, keep: true);
        Tensor both = ofSource.Minimum(ofTarget).GreaterThan(0).To(a.Type);
        Tensor shares = Tensor.Concatenate([a / ofSource.Clamp(low: LeastSum), -(b / ofTarget.Clamp(low: LeastSum))]);
        Tensor v = shares * (both / both.Sum().Clamp(low: 1).Sqrt());
        Tensor pairs = v.MatMul(v.T);
        Operator.Get("aten::fill_diagonal_").Run(pairs, 0L);
        return (pairs, v.Square().Sum());
    }
}
