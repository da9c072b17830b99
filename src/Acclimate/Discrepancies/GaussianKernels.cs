using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>What a bandwidth that was found in the data stands for.</summary>
public enum BandwidthReading
{
    /// <summary>γ of k(x, y) = exp(−‖x − y‖²/γ): the reading of DAN's paper and of its released code.</summary>
    Gamma,

    /// <summary>σ² of k(x, y) = exp(−‖x − y‖²/(2σ²)): the reading of the median heuristic in the kernel literature.</summary>
    Variance,
}

/// <summary>
/// A family of m Gaussian kernels, kᵤ(x, y) = exp(−‖x − y‖²/(2σᵤ²)). The variances σᵤ² are given, or spread around a
/// typical squared distance of the data at hand: base · ratio^(u − ⌊m/2⌋) for u = 0 … m − 1.
/// </summary>
/// <remarks>
/// <para>"Bandwidth" has two readings. Written exp(−d²/γ), as DAN's paper and released code have it, γ = 2σ²; so the
/// same base gives kernels that are wider by a factor of 2 in σ² when it is read as σ². Say which one is meant by
/// <see cref="BandwidthReading"/>; everything here is stored as σ².</para>
/// <para>DAN's released code: <see cref="AroundMean"/> with its defaults (5 kernels, ratio 2, γ the mean squared
/// distance of distinct points of the pooled batch). DAN's paper (Long et al., "Learning Transferable Features with
/// Deep Adaptation Networks", ICML 2015): γᵤ from 2⁻⁸γ to 2⁸γ in steps of √2 around the median, which is
/// <c>AroundMedian(count: 33, ratio: Math.Sqrt(2))</c>.</para>
/// </remarks>
public sealed class GaussianKernels
{
    /// <summary>Above this many pooled examples the median is taken over this many, evenly spaced.</summary>
    internal const int MedianLimit = 2000;

    private readonly Func<Tensor, Tensor, double[]> variances;

    private GaussianKernels(int count, Func<Tensor, Tensor, double[]> variances)
    {
        Count = count;
        this.variances = variances;
    }

    /// <summary>m, the number of kernels.</summary>
    public int Count { get; }

    /// <summary>Kernels exp(−d²/(2σᵤ²)) with the given σᵤ².</summary>
    /// <param name="variances">The σᵤ², one or more, each positive and finite.</param>
    /// <exception cref="ArgumentException">None are given, or one is not positive and finite.</exception>
    public static GaussianKernels WithVariances(params double[] variances)
    {
        ArgumentNullException.ThrowIfNull(variances);
        if (variances.Length == 0)
            throw new ArgumentException("a kernel family needs one bandwidth or more, but none was given", nameof(variances));
        foreach (double variance in variances)
        {
            if (!(variance > 0 && double.IsFinite(variance)))
                throw new ArgumentException($"a kernel's bandwidth must be positive and finite, but one is {variance}", nameof(variances));
        }

        double[] own = [.. variances];
        return new GaussianKernels(own.Length, (_, _) => [.. own]);
    }

    /// <summary>Kernels exp(−d²/γᵤ) with the given γᵤ = 2σᵤ².</summary>
    /// <param name="gammas">The γᵤ, one or more, each positive and finite.</param>
    /// <exception cref="ArgumentException">None are given, or one is not positive and finite.</exception>
    public static GaussianKernels WithGammas(params double[] gammas)
    {
        ArgumentNullException.ThrowIfNull(gammas);
        return WithVariances(Array.ConvertAll(gammas, static gamma => gamma / 2));
    }

    /// <summary>
    /// Kernels around the mean of ‖zᵢ − zⱼ‖² over distinct i ≠ j of the pooled sample, found anew for each pair of
    /// samples in O(n·d); no gradient flows through it.
    /// </summary>
    /// <param name="count">m, 1 or more.</param>
    /// <param name="ratio">Each bandwidth over the one before; positive.</param>
    /// <param name="reading">Whether the mean is taken for γ or for σ².</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1, or <paramref name="ratio"/> not positive and finite.</exception>
    public static GaussianKernels AroundMean(int count = 5, double ratio = 2, BandwidthReading reading = BandwidthReading.Gamma) =>
        Around(MeanSquaredDistance, count, ratio, reading);

    /// <summary>
    /// Kernels around the median of ‖zᵢ − zⱼ‖² over i &lt; j of the pooled sample (the lower of two), found anew for
    /// each pair of samples; no gradient flows through it. A pooled sample of more than 2,000 examples is thinned
    /// evenly to that many for the median.
    /// </summary>
    /// <inheritdoc cref="AroundMean"/>
    /// <param name="count">m, 1 or more.</param>
    /// <param name="ratio">Each bandwidth over the one before; positive.</param>
    /// <param name="reading">Whether the median is taken for γ or for σ².</param>
    public static GaussianKernels AroundMedian(int count = 5, double ratio = 2, BandwidthReading reading = BandwidthReading.Gamma) =>
        Around(MedianSquaredDistance, count, ratio, reading);

    /// <summary>The kernels' σᵤ² for two samples. Where all examples coincide, the base is 1.</summary>
    /// <param name="source">[n, d].</param>
    /// <param name="target">[m, d].</param>
    /// <returns>One σ² for each kernel; NaN where the bandwidth comes from data that hold NaN.</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    public double[] Variances(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "a kernel bandwidth");
        return variances(x, y);
    }

    /// <summary>The same family with the variances that it has for these samples.</summary>
    internal GaussianKernels At(Tensor source, Tensor target)
    {
        double[] found = Variances(source, target);
        return new GaussianKernels(Count, (_, _) => found);
    }

    /// <summary>exp(−d²/(2σ²)), element by element.</summary>
    /// <param name="squaredDistances">d².</param>
    /// <param name="variance">σ².</param>
    public static Tensor Evaluate(Tensor squaredDistances, double variance)
    {
        ArgumentNullException.ThrowIfNull(squaredDistances);
        using Tensor exponent = squaredDistances * (-0.5 / variance);
        return exponent.Exp();
    }

    /// <summary>Σᵤ exp(−d²/(2σᵤ²)), element by element.</summary>
    internal static Tensor Sum(Tensor squaredDistances, double[] variances)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor sum = Evaluate(squaredDistances, variances[0]);
        foreach (double variance in variances.AsSpan(1))
            sum += Evaluate(squaredDistances, variance);
        return scope.Keep(sum);
    }

    private static GaussianKernels Around(Func<Tensor, double> typical, int count, double ratio, BandwidthReading reading)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (!(ratio > 0 && double.IsFinite(ratio)))
            throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "the ratio of bandwidths must be positive and finite");
        return new GaussianKernels(count, (x, y) =>
        {
            double found = typical(Tensor.Concatenate([x, y]));
            return Spread(found == 0 ? 1 : found, count, ratio, reading);
        });
    }

    /// <summary>The σᵤ² around a typical squared distance.</summary>
    internal static double[] Spread(double typical, int count, double ratio, BandwidthReading reading)
    {
        double middle = reading == BandwidthReading.Gamma ? typical / 2 : typical;
        double[] spread = new double[count];
        for (int u = 0; u < count; u++)
            spread[u] = middle * Math.Pow(ratio, u - (count / 2));
        return spread;
    }

    /// <summary>Over distinct pairs the mean of ‖zᵢ − zⱼ‖² is twice the sum of the features' unbiased variances.</summary>
    private static double MeanSquaredDistance(Tensor pooled) => 2 * pooled.Variance(0).Sum().ToDouble();

    private static double MedianSquaredDistance(Tensor pooled)
    {
        long step = (pooled.Size(0) + MedianLimit - 1) / MedianLimit;
        Tensor some = pooled.Slice(0, 0, pooled.Size(0), step);
        Tensor squared = PairwiseDistances.SquaredWithin(some);
        Operator.Get("aten::fill_diagonal_").Run(squared, 0L);

        // The n zeros of the diagonal come first in order; each pair stands twice among the n(n − 1) after them.
        long n = some.Size(0);
        long rank = n + (n * (n - 1) / 2);
        return Operator.Get("aten::kthvalue").CallMany(squared.Flatten(), rank)[0].ToDouble();
    }
}
