using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Regression;

/// <summary>
/// Kernel ridge regression with the Gaussian kernel: min Σᵢ wᵢ(f(xᵢ) + b − yᵢ)² + λ‖f‖², b being the weighted mean of y; then f(x) = Σᵢ αᵢ k(x, xᵢ) with (K + λW⁻¹)α = y − b.
/// </summary>
public sealed class KernelRidgeRegressor : Regressor
{
    /// <summary>The most samples, whose kernel matrix is taken whole.</summary>
    internal const int Most = 10000;

    /// <summary>λ, above 0. Default 0.1.</summary>
    [Option("lambda", "the weight of ‖f‖², above 0", Search = "0.001..10 log")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "γ of the Gaussian kernel, above 0; none: one over the median squared distance", Search = "0.0001..10 log")]
    public double? Gamma { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Lambda > 0 && double.IsFinite(Lambda)))
            throw new ArgumentException(FormattableString.Invariant($"kernel-ridge: lambda is {Lambda}; expected above 0"));
        if (Gamma is { } gamma && !(gamma > 0 && double.IsFinite(gamma)))
            throw new ArgumentException(FormattableString.Invariant($"kernel-ridge: gamma is {gamma}; expected above 0, or none"));
    }

    /// <inheritdoc/>
    protected override FittedRegressor Learn(Tensor samples, double[] values, double[] weights)
    {
        if (values.Length > Most)
            throw new ArgumentException($"kernel-ridge takes {Most:N0} samples at the most, and there are {values.Length:N0}: take ridge or 10nn instead");
        Kernel kernel = Gamma is { } gamma ? Kernel.Rbf(gamma) : Kernel.RbfAtMedian(samples);
        double sum = weights.Sum(), middle = values.Zip(weights, (y, w) => y * w / sum).Sum();
        Tensor k = kernel.Evaluate(samples, samples);
        Operator.Get("aten::diagonal").Call(k, 0L, 0L, 1L).AddInPlace(Tensor.From(Array.ConvertAll(weights, w => Lambda / w)));
        Tensor off = Tensor.From(Array.ConvertAll(values, y => y - middle), values.Length, 1);
        return new FittedMapRegressor(new KernelMap(kernel, samples, Operator.Get("aten::cholesky_solve").Call(off, k.Cholesky(), false)), middle);
    }
}
