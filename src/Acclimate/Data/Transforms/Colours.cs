using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>Colour images as grey ones of one channel: 0.299 R + 0.587 G + 0.114 B; grey images stay as they are.</summary>
public sealed record Greyscale : Transform
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        return samples.Size(1) switch
        {
            1 => samples.To(samples.Type),
            3 => InFloat(samples, Luma),
            long other => throw new DataException($"Greyscale takes images of 1 or 3 channels; these have {other}"),
        };
    }

    /// <summary>The brightness that the eye sees, keeping the dimension of the channels.</summary>
    internal static Tensor Luma(Tensor images)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor weights = Tensor.From<float>([0.299f, 0.587f, 0.114f], 1, 3, 1, 1);
        return scope.Keep((images * weights).Sum(1, keep: true));
    }
}

/// <summary>Grey images as colour ones whose three channels are equal; colour images stay as they are.</summary>
public sealed record Colour : Transform
{
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        switch (samples.Size(1))
        {
            case 3:
                return samples.To(samples.Type);
            case 1:
                using (Tensor three = samples.Expand(-1, 3, -1, -1))
                    return three.Contiguous();
            case long other:
                throw new DataException($"Colour takes images of 1 or 3 channels; these have {other}");
        }
    }
}

/// <summary>
/// Brightness, contrast and saturation of each image changed at random, in this order: for each a factor f is drawn
/// evenly from [max(0, 1 − a), 1 + a], and the image becomes f · image + (1 − f) · other, clamped to 0..1, where the other is
/// black, the mean grey of the image, and the image in grey.
/// </summary>
/// <param name="Brightness">a for brightness, 0 or more; 0 leaves it.</param>
/// <param name="Contrast">a for contrast, 0 or more; 0 leaves it.</param>
/// <param name="Saturation">a for saturation, 0 or more; 0 leaves it, and grey images have none.</param>
public sealed record ColourJitter(double Brightness, double Contrast, double Saturation) : Transform
{
    /// <inheritdoc/>
    public override bool IsRandom => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        ArgumentNullException.ThrowIfNull(random);
        if (samples.Type == ScalarType.UInt8)
            throw new DataException("ColourJitter is for images as floats 0..1: put ToFloat before it");
        using TensorScope scope = TensorScope.Begin();
        Tensor images = samples.To(samples.Type);
        if (Brightness > 0)
            images = Blend(images, images.ZerosLike(), Brightness, random);
        if (Contrast > 0)
            images = Blend(images, Grey(images).Mean([1, 2, 3], keep: true), Contrast, random);
        if (Saturation > 0 && images.Size(1) == 3)
            images = Blend(images, Grey(images), Saturation, random);
        return scope.Keep(images);
    }

    private static Tensor Grey(Tensor images) => images.Size(1) == 3 ? Greyscale.Luma(images) : images;

    private static Tensor Blend(Tensor images, Tensor other, double amount, Generator random)
    {
        Tensor factor = Tensor.Uniform([images.Size(0), 1, 1, 1], random, Math.Max(0, 1 - amount), 1 + amount);
        return ((images * factor) + (other * (1 - factor))).Clamp(0, 1);
    }
}

/// <summary>Each channel less its mean, divided by its standard deviation.</summary>
/// <param name="Mean">The mean of each channel, or one for all.</param>
/// <param name="StandardDeviation">The standard deviation of each channel, or one for all; above 0.</param>
public sealed record Normalise(IReadOnlyList<double> Mean, IReadOnlyList<double> StandardDeviation) : Transform
{
    /// <summary>The mean and deviation of ImageNet's pictures, which most published weights were trained with.</summary>
    public static Normalise ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        RequireImages(samples);
        if (samples.Type == ScalarType.UInt8)
            throw new DataException("Normalise is for images as floats 0..1: put ToFloat before it");
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep((samples - PerChannel(Mean, samples)) / PerChannel(StandardDeviation, samples));
    }

    private static Tensor PerChannel(IReadOnlyList<double> numbers, Tensor images)
    {
        if (numbers.Count != 1 && numbers.Count != images.Size(1))
            throw new DataException($"Normalise has {numbers.Count} numbers, but the images have {images.Size(1)} channels");
        return Tensor.From([.. numbers.Select(number => (float)number)], 1, numbers.Count, 1, 1);
    }
}
