using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>
/// Random Fourier features of the Gaussian kernel: with frequencies ω drawn from its Fourier transform, N(0, 2γI),
/// exp(−γ‖x − y‖²) = E cos(ωᵀ(x − y)) ≈ φ(x)·φ(y). Rahimi and Recht, "Random Features for Large-Scale Kernel Machines", NIPS 2007.
/// </summary>
/// <remarks>With m frequencies the error of k is unbiased with variance (1 − k²)²/(2m): that of the mean of m cosines.</remarks>
internal static class FourierFeatures
{
    /// <summary>Draws frequencies.</summary>
    /// <param name="features">d.</param>
    /// <param name="count">m.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="generator">Where from.</param>
    /// <returns>[d, m], float64.</returns>
    public static Tensor Frequencies(long features, int count, double gamma, Generator generator)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Tensor.Normal([features, count], generator, ScalarType.Float64) * Math.Sqrt(2 * gamma));
    }

    /// <summary>φ(x): the m cosines, then the m sines, over √m.</summary>
    /// <param name="samples">[n, d].</param>
    /// <param name="frequencies">[d, m].</param>
    /// <returns>[n, 2m].</returns>
    public static Tensor Evaluate(Tensor samples, Tensor frequencies)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor angles = samples.MatMul(frequencies);
        Tensor waves = Tensor.Concatenate([Operator.Get("aten::cos").Call(angles), Operator.Get("aten::sin").Call(angles)], 1);
        waves.MulInPlace(1 / Math.Sqrt(frequencies.Size(1)));
        return scope.Keep(waves);
    }
}
