using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Data.Transforms;

/// <summary>
/// The middle of each image, as torchvision's <c>CenterCrop</c> takes it: where an odd number of pixels is left over, half of it
/// is rounded to the even number; an image that is too small is padded with black (zeros) all round.
/// </summary>
/// <param name="Height">The height of the result in pixels, 1 or more.</param>
/// <param name="Width">The width of the result in pixels, 1 or more.</param>
public sealed record CentreCrop(int Height, int Width) : Transform
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(Height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        using TensorScope scope = TensorScope.Begin();
        (long above, long below, long top) = Place(samples.Size(2), Height);
        (long before, long after, long left) = Place(samples.Size(3), Width);
        Tensor padded = above + below + before + after == 0
            ? samples
            : Operator.Get("aten::constant_pad_nd").Call(samples, (long[])[before, after, above, below], 0);
        return scope.Keep(padded.Slice(2, top, top + Height).Slice(3, left, left + Width).Clone().Contiguous());
    }

    /// <summary>The zeros before and after a side, and where the crop then starts.</summary>
    private static (long Before, long After, long Start) Place(long side, int crop) => side < crop
        ? ((crop - side) / 2, (crop - side + 1) / 2, 0)
        : (0, 0, (long)Math.Round((side - crop) / 2.0, MidpointRounding.ToEven));
}

/// <summary>Each image padded with zeros all round, then a part of the original size taken at a random place.</summary>
/// <param name="Padding">Pixels added on each side, and so the farthest that an image moves; 0 or more.</param>
public sealed record RandomCrop(int Padding) : Transform
{
    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(Padding);
        using TensorScope scope = TensorScope.Begin();
        int count = (int)samples.Size(0);
        long height = samples.Size(2);
        long width = samples.Size(3);
        Tensor padded = Operator.Get("aten::constant_pad_nd").Call(samples, (long[])[Padding, Padding, Padding, Padding], 0);
        float[] places = Tensor.Uniform([count, 2], random, 0, (2 * Padding) + 1).ToArray<float>();
        Tensor[] parts = new Tensor[count];
        for (int i = 0; i < count; i++)
        {
            // The upper end is never drawn, save by rounding.
            long top = Math.Min((long)places[2 * i], 2 * Padding);
            long left = Math.Min((long)places[(2 * i) + 1], 2 * Padding);
            parts[i] = padded.Select(0, i).Slice(1, top, top + height).Slice(2, left, left + width);
        }

        return scope.Keep(Tensor.Stack(parts));
    }
}

/// <summary>Each image mirrored left to right, or not.</summary>
/// <param name="Probability">How likely it is mirrored, from 0 to 1; default a half.</param>
public sealed record RandomHorizontalFlip(double Probability = 0.5) : Transform
{
    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        ArgumentNullException.ThrowIfNull(random);
        using TensorScope scope = TensorScope.Begin();
        Tensor mirrored = Tensor.Uniform([samples.Size(0), 1, 1, 1], random).LessThan(Probability);
        return scope.Keep(mirrored.Where(samples.Flip(3), samples));
    }
}
