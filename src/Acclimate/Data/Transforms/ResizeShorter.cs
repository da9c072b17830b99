using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>
/// Images resized so that their shorter side has a given length and their proportions stay, by antialiased bilinear
/// interpolation: torchvision's <c>Resize(side)</c>. The longer side becomes ⌊side · longer / shorter⌋.
/// </summary>
/// <param name="Side">The new length of the shorter side in pixels, 1 or more.</param>
public sealed record ResizeShorter(int Side) : Transform
{
    /// <summary>A strip this large is no picture, and would take all memory before it is cropped.</summary>
    private const long MostPixels = 1L << 24;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        (int height, int width) = SizeOf(samples.Size(2), samples.Size(3));
        return new Resize(height, width).Apply(samples, random);
    }

    /// <summary>The size that an image of another size is brought to.</summary>
    /// <exception cref="DataException">The image is so much longer than it is wide that the result would be too large.</exception>
    internal (int Height, int Width) SizeOf(long height, long width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Side, 1);
        long shorter = Math.Min(height, width), longer = Side * Math.Max(height, width) / shorter;
        if (longer * Side > MostPixels)
            throw new DataException($"an image of {height}×{width} would take {longer}×{Side} pixels with its shorter side at {Side}; cut it into parts or leave it out");
        return height <= width ? (Side, (int)longer) : ((int)longer, Side);
    }
}
