using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>The backbones by name.</summary>
public static class Networks
{
    private static readonly Dictionary<string, Func<long[], Generator, Backbone>> Builders = new(StringComparer.Ordinal)
    {
        ["lenet"] = LeNet.Build,
        ["small-cnn"] = SmallCnn.Build,
        ["mlp"] = MultilayerPerceptron.Build,
        ["resnet18"] = ResNet.Build18,
        ["resnet34"] = ResNet.Build34,
    };

    /// <summary>The names, in order.</summary>
    public static IEnumerable<string> Names => Builders.Keys.Order(StringComparer.Ordinal);

    /// <summary>The backbone that suits samples of a shape: a perceptron for features, LeNet for small pictures, a small CNN above.</summary>
    /// <param name="inputShape">The shape of one sample: features, or channels × height × width.</param>
    public static string Suggest(IReadOnlyList<long> inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Count == 1 ? "mlp" : Math.Max(inputShape[1], inputShape[2]) <= 36 ? "lenet" : "small-cnn";
    }

    /// <summary>Builds a backbone.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputShape">The shape of one sample.</param>
    /// <param name="generator">The source of the first values.</param>
    /// <exception cref="ArgumentException">The name is unknown, or the backbone can't take samples of that shape.</exception>
    public static Backbone Build(string name, long[] inputShape, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(inputShape);
        if (!Builders.TryGetValue(name, out Func<long[], Generator, Backbone>? build))
            throw new ArgumentException($"there is no backbone '{name}'; known: {string.Join(", ", Names)}");
        return build(inputShape, generator);
    }

    internal static (int Channels, int Height, int Width) Picture(string backbone, long[] inputShape, int smallest)
    {
        if (inputShape is [> 0 and var channels, var height, var width] && height >= smallest && width >= smallest)
            return ((int)channels, (int)height, (int)width);
        throw new ArgumentException(
            $"backbone {backbone} takes pictures (channels × height × width) of {smallest}×{smallest} or more, not samples of shape [{string.Join(", ", inputShape)}]");
    }
}
