using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>Bytes 0..255 as floats 0..1; samples that are floats already stay as they are.</summary>
public sealed record ToFloat : Transform
{
    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor floats = samples.To(ScalarType.Float32);
        return scope.Keep(samples.Type == ScalarType.UInt8 ? floats / 255 : floats);
    }
}
