using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>x ↦ (cos xΩ, sin xΩ)/√m: random Fourier features, whose inner products approximate a Gaussian kernel.</summary>
/// <param name="Frequencies">Ω, [d, m].</param>
public sealed record FourierMap(Tensor Frequencies) : FeatureMap
{
    private const int Rows = 8192;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Frequencies];

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Frequencies.Size(0));
        if (samples.Size(0) <= Rows)
            return FourierFeatures.Evaluate(samples, Frequencies);
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
            parts.Add(FourierFeatures.Evaluate(samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0))), Frequencies));
        return scope.Keep(Tensor.Concatenate([.. parts]));
    }
}
