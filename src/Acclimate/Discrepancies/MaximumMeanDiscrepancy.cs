using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>
/// Estimates of the squared maximum mean discrepancy, MMD²(P, Q) = E k(x, x′) + E k(y, y′) − 2 E k(x, y), one for each
/// kernel of a family, differentiable in both samples. Gretton et al., "A Kernel Two-Sample Test", JMLR 13, 2012.
/// </summary>
/// <remarks>
/// The samples are [n, d] and [m, d]; n and m may differ. The unbiased estimates can be negative. All throw
/// <see cref="ArgumentException"/> where a sample is not a floating-point matrix, where widths, types or devices
/// differ, or where there are too few examples: 1 of each for the biased estimate, 2 of each for the unbiased ones.
/// </remarks>
public static class MaximumMeanDiscrepancy
{
    /// <summary>
    /// The biased quadratic-time estimate, 1/n² Σᵢⱼ k(xᵢ, xⱼ) + 1/m² Σᵢⱼ k(yᵢ, yⱼ) − 2/(nm) Σᵢⱼ k(xᵢ, yⱼ): the squared
    /// distance of the samples' mean embeddings, never negative but for rounding, and 0 for equal samples.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <param name="kernels">The kernels.</param>
    /// <returns>[kernels].</returns>
    /// <exception cref="ArgumentException">The samples don't fit, as the type's remarks say.</exception>
    public static Tensor QuadraticBiased(Tensor source, Tensor target, GaussianKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "the biased MMD");
        long n = x.Size(0), m = y.Size(0);
        using Tensor weights = PairWeights(n, m, unbiased: false, x);

        // The diagonal is k(z, z) = 1 exactly; taken apart, its distances' rounding and gradient noise stay out.
        return scope.Keep(WeighPairs(x, y, kernels, weights) + ((1.0 / n) + (1.0 / m)));
    }

    /// <summary>
    /// The unbiased quadratic-time estimate, 1/(n(n−1)) Σᵢ≠ⱼ k(xᵢ, xⱼ) + 1/(m(m−1)) Σᵢ≠ⱼ k(yᵢ, yⱼ) − 2/(nm) Σᵢⱼ k(xᵢ, yⱼ).
    /// </summary>
    /// <param name="source">[n, d], n ≥ 2.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <inheritdoc cref="QuadraticBiased"/>
    /// <param name="kernels">The kernels.</param>
    public static Tensor QuadraticUnbiased(Tensor source, Tensor target, GaussianKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 2, "the unbiased MMD");
        using Tensor weights = PairWeights(x.Size(0), y.Size(0), unbiased: true, x);
        return scope.Keep(WeighPairs(x, y, kernels, weights));
    }

    /// <summary>
    /// The unbiased linear-time estimate: the mean of g(zᵢ) = k(x, x′) + k(y, y′) − k(x, y′) − k(x′, y) over the
    /// quad-tuples zᵢ = (x₂ᵢ₋₁, x₂ᵢ, y₂ᵢ₋₁, y₂ᵢ). Of samples of unequal size the first min(n, m) rows are used, and of an
    /// odd number the last is left out; so the rows should stand in random order.
    /// </summary>
    /// <inheritdoc cref="QuadraticUnbiased"/>
    public static Tensor LinearUnbiased(Tensor source, Tensor target, GaussianKernels kernels)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(QuadTuples(source, target, kernels).Mean(1));
    }

    /// <summary>
    /// The covariance of g over quad-tuples, for each pair of kernels, as estimated in linear time from differences of
    /// neighbouring tuples: Q_uv = 1/r Σᵢ h_u(i) h_v(i), h_u(i) = g_u(z₂ᵢ₋₁) − g_u(z₂ᵢ), over r = ⌊min(n, m)/4⌋ pairs
    /// of tuples. Symmetric and positive semidefinite. Its expectation is twice the covariance, a factor that the
    /// kernels' best weights don't depend on.
    /// </summary>
    /// <remarks>Gretton et al., "Optimal Kernel Choice for Large-Scale Two-Sample Tests", NIPS 2012; DAN, section 3.2.</remarks>
    /// <param name="source">[n, d], n ≥ 4.</param>
    /// <param name="target">[m, d], m ≥ 4.</param>
    /// <param name="kernels">The kernels.</param>
    /// <returns>One row and column for each kernel.</returns>
    /// <exception cref="ArgumentException">The samples don't fit, as the type's remarks say, or have fewer than 4 rows.</exception>
    public static double[,] QuadTupleCovariance(Tensor source, Tensor target, GaussianKernels kernels)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Samples.Check(source, target, 4, "the covariance of MMD estimates");
        return Covariance(QuadTuples(source, target, kernels));
    }

    /// <summary>Σᵤ βᵤ MMD²ᵤ, for weights that are constants.</summary>
    /// <param name="perKernel">[kernels], as the estimates return it.</param>
    /// <param name="weights">β, one for each kernel.</param>
    /// <returns>A single number.</returns>
    /// <exception cref="ArgumentException">There are not as many weights as kernels.</exception>
    public static Tensor Weighted(Tensor perKernel, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(perKernel);
        if (perKernel.Rank != 1 || perKernel.Size(0) != weights.Length)
            throw new ArgumentException($"{weights.Length} kernel weights were given for {perKernel}; one for each kernel is needed", nameof(weights));
        using TensorScope scope = TensorScope.Begin();
        Tensor beta = Tensor.From(weights).To(perKernel.Type).To(perKernel.Device);
        return scope.Keep((perKernel * beta).Sum());
    }

    /// <summary>g for each kernel and quad-tuple: [kernels, tuples].</summary>
    internal static Tensor QuadTuples(Tensor source, Tensor target, GaussianKernels kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 2, "the linear-time MMD");
        Tensor squared = QuadTupleDistances(x, y), signs = QuadTupleSigns(x);
        return scope.Keep(Tensor.Stack(
            Array.ConvertAll(kernels.Variances(x, y), variance => (GaussianKernels.Evaluate(squared, variance) * signs).Sum(0))));
    }

    /// <summary>‖x − x′‖², ‖y − y′‖², ‖x − y′‖² and ‖x′ − y‖² of each quad-tuple: [4, tuples].</summary>
    internal static Tensor QuadTupleDistances(Tensor x, Tensor y)
    {
        using TensorScope scope = TensorScope.Begin();
        long rows = Math.Min(x.Size(0), y.Size(0)) / 2 * 2;
        Tensor x1 = x.Slice(0, 0, rows, 2), x2 = x.Slice(0, 1, rows, 2);
        Tensor y1 = y.Slice(0, 0, rows, 2), y2 = y.Slice(0, 1, rows, 2);
        return scope.Keep(Tensor.Stack([RowDistances(x1, x2), RowDistances(y1, y2), RowDistances(x1, y2), RowDistances(x2, y1)]));
    }

    /// <summary>What the four kernels of a quad-tuple count: [4, 1].</summary>
    internal static Tensor QuadTupleSigns(Tensor like)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Tensor.From([1f, 1f, -1f, -1f], 4, 1).To(like.Type).To(like.Device));
    }

    /// <summary>The covariance estimate from <see cref="QuadTuples"/>.</summary>
    internal static double[,] Covariance(Tensor quadTuples)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        int kernels = (int)quadTuples.Size(0);
        long even = quadTuples.Size(1) / 2 * 2;
        Tensor g = quadTuples.To(ScalarType.Float64);
        Tensor h = g.Slice(1, 0, even, 2) - g.Slice(1, 1, even, 2);
        double[] flat = (h.MatMul(h.T) / (even / 2)).ToArray<double>();
        double[,] covariance = new double[kernels, kernels];
        Buffer.BlockCopy(flat, 0, covariance, 0, sizeof(double) * flat.Length);
        return covariance;
    }

    private static Tensor RowDistances(Tensor x, Tensor y) => (x - y).Square().Sum(1);

    /// <summary>Σᵢⱼ wᵢⱼ k(zᵢ, zⱼ) over the pooled sample, for each kernel.</summary>
    private static Tensor WeighPairs(Tensor x, Tensor y, GaussianKernels kernels, Tensor weights)
    {
        Tensor squared = PairwiseDistances.SquaredWithin(Tensor.Concatenate([x, y]));
        return Tensor.Stack(
            Array.ConvertAll(kernels.Variances(x, y), variance =>
            {
                using TensorScope scope = TensorScope.Begin();
                return scope.Keep((GaussianKernels.Evaluate(squared, variance) * weights).Sum());
            }));
    }

    /// <summary>
    /// What each pair of the pooled sample counts in a quadratic estimate: by block, and nothing on the diagonal, which
    /// in the biased estimate adds k(z, z)·(1/n + 1/m).
    /// </summary>
    /// <param name="n">Examples of the source.</param>
    /// <param name="m">Examples of the target.</param>
    /// <param name="unbiased">Whether a block's mean is over distinct pairs.</param>
    /// <param name="like">Has the type and device wanted.</param>
    /// <returns>[n + m, n + m].</returns>
    internal static Tensor PairWeights(long n, long m, bool unbiased, Tensor like)
    {
        long all = n + m, less = unbiased ? 1 : 0;
        Tensor weights = Tensor.Full([all, all], -1.0 / n / m, like.Type, like.Device);
        using Tensor source = weights.Slice(0, 0, n).Slice(1, 0, n);
        using Tensor target = weights.Slice(0, n, all).Slice(1, n, all);
        source.FillInPlace(1.0 / n / (n - less));
        target.FillInPlace(1.0 / m / (m - less));
        Operator.Get("aten::fill_diagonal_").Run(weights, 0L);
        return weights;
    }
}
