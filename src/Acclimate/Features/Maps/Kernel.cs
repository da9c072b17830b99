using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>The form of a kernel.</summary>
public enum KernelKind
{
    /// <summary>k(x, y) = x·y.</summary>
    Linear,

    /// <summary>k(x, y) = exp(−γ‖x − y‖²).</summary>
    Rbf,
}

/// <summary>A positive semidefinite kernel between samples.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Gamma">γ of the Gaussian kernel, above 0; unused by the linear one.</param>
public sealed record Kernel(KernelKind Kind, double Gamma = 1)
{
    private const int MedianRows = 1000;

    /// <summary>k(x, y) = x·y.</summary>
    public static Kernel Linear { get; } = new(KernelKind.Linear);

    /// <summary>k(x, y) = exp(−γ‖x − y‖²).</summary>
    /// <param name="gamma">γ, above 0.</param>
    public static Kernel Rbf(double gamma) => gamma > 0 && double.IsFinite(gamma)
        ? new(KernelKind.Rbf, gamma)
        : throw new ArgumentException($"a Gaussian kernel needs a γ above 0, not {gamma}", nameof(gamma));

    /// <summary>
    /// The Gaussian kernel with γ = 1/m, m the median squared distance of distinct samples (of 1,000 evenly spaced ones
    /// where there are more); γ = 1 where the samples are all the same.
    /// </summary>
    /// <param name="samples">[n, d].</param>
    public static Kernel RbfAtMedian(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        long step = ((samples.Size(0) - 1) / MedianRows) + 1;
        Tensor some = samples.Slice(0, 0, samples.Size(0), step);
        Tensor squared = PairwiseDistances.Squared(some, some);
        long n = some.Size(0);
        double median = n < 2 ? 0 : squared.Flatten().IndexSelect(0, Tensor.From<long>(OffDiagonal(n))).Median().ToDouble();
        return Rbf(median > 0 ? 1 / median : 1);
    }

    /// <summary>K with K[i, j] = k(xᵢ, yⱼ).</summary>
    /// <param name="x">[n, d].</param>
    /// <param name="y">[m, d].</param>
    /// <returns>[n, m].</returns>
    public Tensor Evaluate(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Kind == KernelKind.Linear ? x.MatMul(y.T) : (PairwiseDistances.Squared(x, y) * -Gamma).Exp());
    }

    private static long[] OffDiagonal(long n)
    {
        List<long> at = [];
        for (long i = 0; i < n; i++)
        {
            for (long j = i + 1; j < n; j++)
                at.Add((i * n) + j);
        }

        return [.. at];
    }
}
