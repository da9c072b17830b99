using Acclimate.Torch;

namespace Acclimate.Embeddings;

/// <summary>The plane on which samples vary most: the first two principal components.</summary>
public static class PrincipalPlane
{
    /// <summary>
    /// The samples' coordinates (X − 1μᵀ)V₂, V₂ the first two right singular vectors; each turned so that its longest
    /// coordinate is positive, which makes the same samples give the same picture.
    /// </summary>
    /// <param name="samples">[n, d], n ≥ 1, floating point, finite.</param>
    /// <returns>[n, 2], float64; a column of zeros where there is no such direction.</returns>
    /// <exception cref="ArgumentException">No floating-point matrix with rows, or a value that is not finite.</exception>
    public static Tensor Of(Tensor samples)
    {
        Check(samples);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor x = samples.To(ScalarType.Float64);
        (Tensor u, Tensor s, _) = (x - x.Mean(0, keep: true)).Svd();
        long kept = Math.Min(2, s.Count);
        Tensor plane = u.Slice(1, 0, kept) * s.Slice(0, 0, kept);
        Tensor longest = plane.Gather(0, plane.Abs().ArgMax(0, keep: true));
        plane *= longest.LessThan(0).To(ScalarType.Float64) * -2 + 1;
        return scope.Keep(kept == 2 ? plane : Tensor.Concatenate([plane, plane.ZerosLike()], 1));
    }

    internal static void Check(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 2 || !samples.Type.IsFloatingPoint() || samples.Size(0) < 1 || samples.Size(1) < 1)
            throw new ArgumentException($"an embedding takes a floating-point matrix with a row a sample and at least one, but was given {samples}", nameof(samples));
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new ArgumentException("the samples hold NaN or infinite values; an embedding needs finite ones", nameof(samples));
    }
}
