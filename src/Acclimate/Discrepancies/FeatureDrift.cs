using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>Distances feature by feature: which features drifted between two samples, and how far.</summary>
public static class FeatureDrift
{
    /// <summary>
    /// The standardised mean difference (Cohen's d) of each feature, (mean_t − mean_s) / √((var_s + var_t) / 2) with
    /// unbiased variances: positive where the target's values are greater. Where a feature is constant in both samples
    /// it is 0 if the constants are equal and ±∞ otherwise.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 2, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <returns>[d].</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or fewer than 2 rows.</exception>
    public static Tensor StandardisedMeanDifference(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 2, "a standardised difference");
        Tensor difference = y.Mean(0) - x.Mean(0);
        Tensor deviation = ((x.Variance(0) + y.Variance(0)) / 2).Sqrt();
        return scope.Keep(difference.Equals(0).Where(difference.ZerosLike(), difference / deviation));
    }

    /// <summary>
    /// The 1-Wasserstein distance of each feature's two empirical distributions, ∫ |F_s⁻¹ − F_t⁻¹| = ∫ |F_s − F_t|,
    /// from the sorted pooled values; the sample sizes may differ. Differentiable in both samples.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <returns>[d], each 0 or more, in the feature's unit.</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    public static Tensor Wasserstein(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "a Wasserstein distance");
        (Tensor apart, Tensor gaps) = Distributions(x, y);
        return scope.Keep((apart.To(x.Type) * gaps).Sum(0));
    }

    /// <summary>
    /// The two-sample Kolmogorov–Smirnov statistic of each feature, sup |F_s − F_t|. Values that tie are taken together.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <returns>[d], each 0 to 1, float64; <see cref="KolmogorovDistribution.PValue"/> says how likely as much is by chance.</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    public static Tensor KolmogorovSmirnov(Tensor source, Tensor target)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "a Kolmogorov–Smirnov statistic");
        (Tensor apart, Tensor gaps) = Distributions(x, y);
        return scope.Keep((apart * gaps.GreaterThan(0).To(ScalarType.Float64)).Max(0));
    }

    /// <summary>|F_s − F_t| after each of the pooled sample's sorted values but the last, float64, and how far it is to the next value.</summary>
    private static (Tensor Apart, Tensor Gaps) Distributions(Tensor x, Tensor y)
    {
        long n = x.Size(0), all = n + y.Size(0);
        (Tensor values, Tensor indices) = Tensor.Concatenate([x, y]).Sort(0);
        Tensor steps = Tensor.From([.. Enumerable.Range(0, (int)all).Select(i => i < n ? 1.0 / n : -1.0 / (all - n))]);
        Tensor rises = steps.To(x.Device).IndexSelect(0, indices.Flatten()).Reshape(indices.Shape);

        // After the i-th value F_s − F_t is the sum of the rises so far; it holds until the next value.
        return (rises.CumulativeSum(0).Slice(0, 0, all - 1).Abs(), values.Slice(0, 1, all) - values.Slice(0, 0, all - 1));
    }
}
