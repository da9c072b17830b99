using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>The central moment discrepancy.</summary>
public static class CentralMoments
{
    /// <summary>
    /// CMD_K = ‖E x − E y‖ / |b − a| + Σₖ₌₂ᴷ ‖cₖ(x) − cₖ(y)‖ / |b − a|ᵏ, where cₖ holds each feature's k-th central
    /// moment. Zellinger et al., "Central Moment Discrepancy (CMD) for Domain-Invariant Representation Learning",
    /// ICLR 2017. Differentiable in both samples; where a norm is 0, so is its gradient.
    /// </summary>
    /// <param name="source">[n, d], n ≥ 1, floating point; half types are computed in float32.</param>
    /// <param name="target">[m, d], m ≥ 1.</param>
    /// <param name="moments">K, 1 or more; the paper's 5 unless given.</param>
    /// <param name="low">a, the least value that a feature can take: 0 for sigmoid, −1 for tanh.</param>
    /// <param name="high">b, the greatest. Features outside [a, b] are allowed; the scaling is all that a and b decide.</param>
    /// <returns>A single number, 0 or more.</returns>
    /// <exception cref="ArgumentException">
    /// Not two floating-point matrices of one width, device and type, one without a row, or [a, b] is empty or not finite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="moments"/> is below 1.</exception>
    public static Tensor Distance(Tensor source, Tensor target, int moments = 5, double low = 0, double high = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(moments, 1);
        if (!(high > low && double.IsFinite(high - low)))
            throw new ArgumentException($"the features' range [{low}, {high}] must be finite and not empty", nameof(high));
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 1, "a moment");
        Tensor meanX = x.Mean(0, keep: true), meanY = y.Mean(0, keep: true);
        Tensor sum = (meanX - meanY).Norm() / (high - low);
        Tensor centredX = x - meanX, centredY = y - meanY, powerX = centredX, powerY = centredY;
        for (int k = 2; k <= moments; k++)
        {
            powerX *= centredX;
            powerY *= centredY;
            sum += (powerX.Mean(0) - powerY.Mean(0)).Norm() / Math.Pow(high - low, k);
        }

        return scope.Keep(sum);
    }
}
