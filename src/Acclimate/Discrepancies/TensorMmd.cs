using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>The maximum mean discrepancy of layers that are fused into one by their outer product.</summary>
public static class TensorMmd
{
    /// <summary>
    /// MMD² of z = x¹ ⊗ x² ⊗ … under the mean of m Gaussian kernels exp(−‖z − z′‖²/γᵤ), γᵤ doubling from one to the next
    /// around the mean of ‖zᵢ − zⱼ‖² over distinct pairs. Long, Zhu, Wang, Jordan, "Unsupervised Domain Adaptation with
    /// Residual Transfer Networks", NIPS 2016, section 3.1. The outer product itself is never made: ⟨z, z′⟩ is the product
    /// of the layers' inner products, so that the cost is that of the layers one by one. Differentiable in every layer
    /// of both samples; the bandwidths count as constants.
    /// </summary>
    /// <param name="source">The source's layers: [n, dₗ] each, floating point; half types are computed in float32.</param>
    /// <param name="target">The target's: [m, dₗ].</param>
    /// <param name="kernels">m, 1 or more.</param>
    /// <param name="unbiased">
    /// Whether means are over distinct pairs (the estimate can then be negative, and needs 2 examples of each), or over all as in the paper.
    /// </param>
    /// <returns>A single number.</returns>
    /// <exception cref="ArgumentException">Layers are missing or don't fit together, or there are too few examples.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kernels"/> is below 1.</exception>
    public static Tensor Estimate(IReadOnlyList<Tensor> source, IReadOnlyList<Tensor> target, int kernels = 5, bool unbiased = true)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernels, 1);
        if (source.Count == 0 || source.Count != target.Count)
            throw new ArgumentException($"the source has {source.Count} layers and the target {target.Count}; as many are needed, and one at least", nameof(target));
        using TensorScope scope = TensorScope.Begin();
        long n = source[0].Size(0), m = target[0].Size(0);
        Tensor[] pooled = [.. source.Zip(target, (one, other) =>
        {
            (Tensor x, Tensor y) = Samples.Check(one, other, unbiased ? 2 : 1, "the MMD of fused layers");
            if (x.Size(0) != n || y.Size(0) != m)
                throw new ArgumentException($"a layer has {x.Size(0)} and {y.Size(0)} examples, the first {n} and {m}", nameof(source));
            return Tensor.Concatenate([x, y]);
        })];
        Tensor squared = PairwiseDistances.SquaredWithinProduct(pooled);
        double[] variances = GaussianKernels.Spread(MeanOfDistinct(squared), kernels, 2, BandwidthReading.Gamma);
        Tensor weighed = (GaussianKernels.Sum(squared, variances) * MaximumMeanDiscrepancy.PairWeights(n, m, unbiased, squared)).Sum() / kernels;
        return scope.Keep(unbiased ? weighed : weighed + ((1.0 / n) + (1.0 / m)));
    }

    /// <summary>The mean squared distance of distinct examples; 1 where all coincide.</summary>
    private static double MeanOfDistinct(Tensor squared)
    {
        using NoGrad noGrad = NoGrad.Begin();
        double all = squared.Size(0), sum = (squared.Sum() - squared.Diagonal().Sum()).ToDouble();
        return sum > 0 ? sum / (all * (all - 1)) : 1;
    }
}
