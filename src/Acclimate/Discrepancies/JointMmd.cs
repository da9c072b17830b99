using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>
/// The joint maximum mean discrepancy of several layers, JMMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y) with the kernel
/// k(x, y) = Πₗ kₗ(xˡ, yˡ) over the layers, and kₗ the sum of a family of Gaussian kernels. It compares the layers' joint
/// distributions, where a sum of the layers' MMDs compares each by itself. Long, Zhu, Wang, Jordan, "Deep Transfer
/// Learning with Joint Adaptation Networks", ICML 2017.
/// </summary>
/// <remarks>A family's kernels are summed, not averaged, as in the paper's released code: k(z, z) is the product of the families' sizes.</remarks>
public sealed class JointMmd
{
    /// <summary>The kernels of each layer, in the layers' order.</summary>
    public required IReadOnlyList<GaussianKernels> Kernels { get; init; }

    /// <summary>The estimator; the paper's, linear-time and unbiased, unless set.</summary>
    public MmdEstimator Estimator { get; init; } = MmdEstimator.LinearUnbiased;

    /// <summary>JMMD². Differentiable in every layer of both samples; the bandwidths count as constants.</summary>
    /// <param name="source">The source's layers: [n, dₗ] each, floating point; half types are computed in float32.</param>
    /// <param name="target">The target's: [m, dₗ]. n and m may differ: <see cref="MaximumMeanDiscrepancy.LinearUnbiased"/> says what it does then.</param>
    /// <returns>A single number; the unbiased estimates can be negative.</returns>
    /// <exception cref="ArgumentException">
    /// There are not as many layers as families of kernels, a layer's samples don't fit together, layers differ in their
    /// number of examples, or there are fewer than 2 examples of a domain for an unbiased estimator, 1 for the biased one.
    /// </exception>
    public Tensor Estimate(IReadOnlyList<Tensor> source, IReadOnlyList<Tensor> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (Kernels.Count == 0 || source.Count != Kernels.Count || target.Count != Kernels.Count)
            throw new ArgumentException($"{source.Count} and {target.Count} layers were given for {Kernels.Count} families of kernels; one each is needed", nameof(source));
        using TensorScope scope = TensorScope.Begin();
        bool linear = Estimator == MmdEstimator.LinearUnbiased, biased = Estimator == MmdEstimator.QuadraticBiased;
        long n = source[0].Size(0), m = target[0].Size(0);
        Tensor? joint = null;
        for (int l = 0; l < Kernels.Count; l++)
        {
            (Tensor x, Tensor y) = Samples.Check(source[l], target[l], biased ? 1 : 2, "the joint MMD");
            if (x.Size(0) != n || y.Size(0) != m)
                throw new ArgumentException($"layer {l} has {x.Size(0)} and {y.Size(0)} examples, the first {n} and {m}", nameof(source));
            Tensor squared = linear ? MaximumMeanDiscrepancy.QuadTupleDistances(x, y) : PairwiseDistances.SquaredWithin(Tensor.Concatenate([x, y]));
            Tensor layer = GaussianKernels.Sum(squared, Kernels[l].Variances(x, y));
            joint = joint is null ? layer : joint * layer;
        }

        if (linear)
            return scope.Keep((joint! * MaximumMeanDiscrepancy.QuadTupleSigns(joint!)).Sum(0).Mean());
        Tensor weighed = (joint! * MaximumMeanDiscrepancy.PairWeights(n, m, !biased, joint!)).Sum();
        double same = Kernels.Aggregate(1.0, static (product, family) => product * family.Count);
        return scope.Keep(biased ? weighed + (same * ((1.0 / n) + (1.0 / m))) : weighed);
    }
}
