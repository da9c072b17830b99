using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Downloads;

namespace Acclimate.Backbones;

/// <summary>What pretrained weights expect of pictures: their side, and how their colours are scaled.</summary>
/// <param name="Side">The side in pixels that they were trained at.</param>
/// <param name="Resized">What the shorter side is brought to before the middle is cut out; as <paramref name="Side"/> where nothing is cut off.</param>
/// <param name="Mean">What is taken off each channel, of values from 0 to 1.</param>
/// <param name="Deviation">What each channel is divided by after it.</param>
public sealed record InputRecipe(int Side, int Resized, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    /// <summary>torchvision's for ImageNet: the shorter side to 256, the middle 224. Its second recipes resize to 232; see <see cref="Of"/>.</summary>
    public static InputRecipe ImageNet { get; } = new(224, 256, Normalise.ImageNet.Mean, Normalise.ImageNet.StandardDeviation);

    /// <summary>The CIFAR residual networks': 32 × 32 in ImageNet's scale.</summary>
    public static InputRecipe Cifar { get; } = ImageNet with { Side = 32, Resized = 32 };

    /// <summary>TensorFlow's: 224 × 224 from −1 to 1.</summary>
    public static InputRecipe MinusOneToOne { get; } = new(224, 224, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

    /// <summary>The recipe of a backbone's public weights.</summary>
    /// <param name="backbone">A name that <see cref="Networks"/> knows.</param>
    /// <param name="weights">
    /// The file of the weights: those that torchvision measured with another size than 256 before the crop are known by its name, as they are fetched; any other file's are taken at 256.
    /// </param>
    public static InputRecipe Of(string backbone, string? weights = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return backbone.StartsWith("cifar_", StringComparison.Ordinal) ? Cifar
            : backbone.StartsWith("mobilenetv1", StringComparison.Ordinal) ? MinusOneToOne
            : weights is not null && WeightsCatalogue.OfFile(weights) is { } published ? ImageNet with { Resized = published.Resized }
            : ImageNet;
    }

    /// <summary>All steps, where none is random.</summary>
    public Preprocessing Preprocessing => new([.. Sized(null), .. Scaled]);

    /// <summary>The steps before random ones: pictures of one size, in colour.</summary>
    /// <param name="side">Another side in pixels, the rest in proportion; the recipe's where it is none.</param>
    public IReadOnlyList<Transform> Sized(int? side)
    {
        int into = side ?? Side;
        return [new ResizeShorter(Math.Max(into, (int)((long)Resized * into / Side))), new CentreCrop(into, into), new Colour()];
    }

    /// <summary>The steps after them: numbers in the weights' scale.</summary>
    public IReadOnlyList<Transform> Scaled => [new ToFloat(), new Normalise([.. Mean], [.. Deviation])];
}
