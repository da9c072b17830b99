using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>How MMD² is estimated from two samples.</summary>
public enum MmdEstimator
{
    /// <summary><see cref="MaximumMeanDiscrepancy.LinearUnbiased"/>: O(n), as in DAN's paper.</summary>
    LinearUnbiased,

    /// <summary><see cref="MaximumMeanDiscrepancy.QuadraticUnbiased"/>: O(n²), of lower variance.</summary>
    QuadraticUnbiased,

    /// <summary><see cref="MaximumMeanDiscrepancy.QuadraticBiased"/>: O(n²), never negative.</summary>
    QuadraticBiased,
}

/// <summary>How the kernels of a family are weighed.</summary>
public enum KernelWeighting
{
    /// <summary><see cref="KernelWeights.Optimal"/>, found anew for each pair of samples.</summary>
    Optimal,

    /// <summary>1/m each.</summary>
    Equal,
}

/// <summary>
/// The multi-kernel maximum mean discrepancy, Σᵤ βᵤ MMD²ᵤ: the term by which DAN brings two domains' features together.
/// Long et al., "Learning Transferable Features with Deep Adaptation Networks", ICML 2015.
/// </summary>
/// <remarks>The defaults are the paper's. Its released code instead weighs the kernels equally.</remarks>
public sealed class MultiKernelMmd
{
    /// <summary>The kernels; 5 around the mean squared distance of the samples at hand unless set.</summary>
    public GaussianKernels Kernels { get; init; } = GaussianKernels.AroundMean();

    /// <summary>The estimator; linear-time and unbiased unless set.</summary>
    public MmdEstimator Estimator { get; init; } = MmdEstimator.LinearUnbiased;

    /// <summary>How the kernels are weighed; optimally unless set.</summary>
    public KernelWeighting Weighting { get; init; } = KernelWeighting.Optimal;

    /// <summary>ε of <see cref="KernelWeights.Optimal"/>; ignored where the weights are equal.</summary>
    public double Epsilon { get; init; } = KernelWeights.DefaultEpsilon;

    /// <summary>
    /// Σᵤ βᵤ MMD²ᵤ with β summing to 1. Differentiable in both samples; β and the bandwidths count as constants.
    /// Where the features hold NaN or an infinity, the result is NaN (with equal weights) rather than an exception.
    /// </summary>
    /// <param name="source">[n, d], floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d]. n and m may differ: <see cref="MaximumMeanDiscrepancy.LinearUnbiased"/> says what it does then.</param>
    /// <returns>A single number.</returns>
    /// <exception cref="ArgumentException">
    /// Not two floating-point matrices of one width, device and type; or fewer than 4 examples of a domain for optimal
    /// weights, 2 for an unbiased estimator, 1 for the biased one.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Epsilon"/> is negative or not finite.</exception>
    public Tensor Estimate(Tensor source, Tensor target) => Estimate(source, target, out _);

    /// <inheritdoc cref="Estimate(Tensor, Tensor)"/>
    /// <param name="source">[n, d], floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d]. n and m may differ: <see cref="MaximumMeanDiscrepancy.LinearUnbiased"/> says what it does then.</param>
    /// <param name="weights">β.</param>
    public Tensor Estimate(Tensor source, Tensor target, out KernelWeights weights)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, Weighting == KernelWeighting.Optimal ? 4 : 1, "MK-MMD with optimal kernel weights");
        GaussianKernels kernels = Kernels.At(x, y);
        Tensor? quads = Estimator == MmdEstimator.LinearUnbiased ? MaximumMeanDiscrepancy.QuadTuples(x, y, kernels) : null;
        Tensor perKernel = quads is not null ? quads.Mean(1)
            : Estimator == MmdEstimator.QuadraticUnbiased ? MaximumMeanDiscrepancy.QuadraticUnbiased(x, y, kernels)
            : MaximumMeanDiscrepancy.QuadraticBiased(x, y, kernels);
        weights = Weighting == KernelWeighting.Optimal ? Optimal(x, y, kernels, quads, perKernel) : KernelWeights.Equal(Kernels.Count);
        return scope.Keep(MaximumMeanDiscrepancy.Weighted(perKernel, [.. weights.Normalised]));
    }

    private KernelWeights Optimal(Tensor x, Tensor y, GaussianKernels kernels, Tensor? quads, Tensor perKernel)
    {
        using NoGrad noGrad = NoGrad.Begin();
        double[] d = perKernel.ToArray<double>();
        double[,] q = MaximumMeanDiscrepancy.Covariance(quads ?? MaximumMeanDiscrepancy.QuadTuples(x, y, kernels));
        bool finite = Array.TrueForAll(d, double.IsFinite) && q.Cast<double>().All(double.IsFinite);
        return finite ? KernelWeights.Optimal(d, q, Epsilon) : KernelWeights.Equal(d.Length);
    }
}
