using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Data.Transforms;

/// <summary>
/// Images brought to one size by antialiased bilinear interpolation: when shrinking, every pixel of the original counts.
/// Computed in floats; bytes come back as bytes, rounded.
/// </summary>
/// <param name="Height">The new height in pixels, 1 or more.</param>
/// <param name="Width">The new width in pixels, 1 or more.</param>
public sealed record Resize(int Height, int Width) : Transform
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        if (samples.Size(2) == Height && samples.Size(3) == Width)
            return samples.To(samples.Type);
        return InFloat(samples, images => Operator.Get("aten::_upsample_bilinear2d_aa").Call(images, (long[])[Height, Width], false));
    }
}
