using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>x ↦ max(x, 0), number by number: what stands between a network's layers.</summary>
public sealed record RectifierMap : FeatureMap
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Relu();
    }
}
