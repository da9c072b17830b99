using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Data.Corruptions;

/// <summary>
/// A picture made worse in one of the ways that cameras and weather have, at a severity from 1 to 5: a target domain whose
/// distance from the source is known. Hendrycks, Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and
/// Perturbations", ICLR 2019; the strengths are those of its CIFAR-10-C.
/// </summary>
/// <param name="Kind">What happens to the picture.</param>
/// <param name="Severity">How much of it, 1 to 5.</param>
public sealed record Corruption(CorruptionKind Kind, int Severity)
{
    /// <summary>Reads <c>fog:3</c>; without a number the severity is 3.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="DataException">The kind is not known, or the severity is not 1 to 5.</exception>
    public static Corruption Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] sides = text.Split(':', 2);
        if (!Enum.TryParse(sides[0], ignoreCase: true, out CorruptionKind kind) || !Enum.IsDefined(kind) || char.IsDigit(sides[0][0]))
            throw new DataException($"there is no corruption '{sides[0]}'; known are {string.Join(", ", Enum.GetNames<CorruptionKind>().Select(static name => name.ToLowerInvariant()))}");
        int severity = 3;
        if (sides.Length == 2 && (!int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out severity) || severity is < 1 or > 5))
            throw new DataException($"a severity of '{sides[1]}'; expected 1 to 5, as in {sides[0]}:3");
        return new Corruption(kind, severity);
    }

    /// <summary>A picture made worse.</summary>
    /// <param name="picture">Bytes: channels × height × width.</param>
    /// <param name="seed">Where what is random in it starts from; the same picture, corruption and seed give the same bytes.</param>
    /// <returns>Bytes of the same shape.</returns>
    /// <exception cref="DataException">It is no picture of bytes.</exception>
    public Tensor Apply(Tensor picture, long seed)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Rank != 3 || picture.Type != ScalarType.UInt8)
            throw new DataException($"corruptions are for pictures of bytes (channels × height × width), not {picture.Type} of [{string.Join(", ", picture.Shape)}]");
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        if (Kind == CorruptionKind.Jpeg)
            return scope.Keep(Corruptions.Jpeg(picture, Severity));
        Tensor x = picture.To(ScalarType.Float32) / 255;
        Tensor worse = Kind switch
        {
            CorruptionKind.Noise => Corruptions.Noise(x, Severity, generator),
            CorruptionKind.Blur => Corruptions.Blur(x, Severity),
            CorruptionKind.Fog => Corruptions.Fog(x, Severity, generator),
            _ => Corruptions.Contrast(x, Severity),
        };
        return scope.Keep((worse.Clamp(0, 1) * 255).Round().To(ScalarType.UInt8));
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}:{Severity}");
}

/// <summary>What can happen to a picture.</summary>
public enum CorruptionKind
{
    /// <summary>Gaussian noise on each value.</summary>
    Noise,

    /// <summary>Gaussian blur.</summary>
    Blur,

    /// <summary>Fog: a random cloud laid over it.</summary>
    Fog,

    /// <summary>Less contrast around each channel's mean.</summary>
    Contrast,

    /// <summary>JPEG compression.</summary>
    Jpeg,
}
