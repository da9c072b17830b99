using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>The backbones by name.</summary>
public static class Networks
{
    private static readonly Family[] Families =
    [
        new(["lenet"], static (_, shape, generator) => LeNet.Build(shape, generator)),
        new(["small-cnn"], static (_, shape, generator) => SmallCnn.Build(shape, generator)),
        new(["mlp"], static (_, shape, generator) => MultilayerPerceptron.Build(shape, generator)),
        new(["alexnet"], static (_, shape, generator) => AlexNet.Build(shape, generator)),
        new(Vgg.Names, Vgg.Build),
        new(ResNet.Names, ResNet.Build),
        new(CifarResNet.Names, CifarResNet.Build),
        new(MobileNetV1.Names, MobileNetV1.Build) { KnowsMore = MobileNetV1.Knows, Translate = MobileNetV1.Translate },
        new(["mobilenet_v2"], static (_, shape, generator) => MobileNetV2.Build(shape, generator)),
        new(MobileNetV3.Names, MobileNetV3.Build),
        new([VisionTransformer.Name], static (_, shape, generator) => VisionTransformer.Build(shape, generator)) { Translate = VisionTransformer.Translate },
    ];

    /// <summary>The names, in order; <c>mobilenetv1-α</c> is known with any width α from 0.1 to 2.</summary>
    public static IEnumerable<string> Names => Families.SelectMany(static family => family.Names).Order(StringComparer.Ordinal);

    /// <summary>Whether there is a backbone of that name.</summary>
    /// <param name="name">The name.</param>
    public static bool Knows(string name) => Find(name) is not null;

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
        ArgumentNullException.ThrowIfNull(inputShape);
        return Known(name).Build(name, inputShape, generator);
    }

    /// <summary>
    /// A published state in the names and layouts of a backbone and its classifier: MobileNetV1's from TensorFlow's layouts,
    /// ViT's from the names it had in older files. Any other comes back as it is, and so does one that is in them already.
    /// </summary>
    /// <param name="name">The backbone's name.</param>
    /// <param name="state">Tensors by name; they stay the caller's.</param>
    /// <returns>The same tensors under other names, and fresh ones where the layout is another: call it inside a <see cref="TensorScope"/>.</returns>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    /// <exception cref="InvalidDataException">A tensor can't be turned, for it has another number of dimensions.</exception>
    public static IReadOnlyDictionary<string, Tensor> Translate(string name, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Known(name).Translate(state);
    }

    internal static (int Channels, int Height, int Width) Picture(string backbone, long[] inputShape, int smallest)
    {
        if (inputShape is [> 0 and var channels, var height, var width] && height >= smallest && width >= smallest)
            return ((int)channels, (int)height, (int)width);
        throw new ArgumentException(
            $"backbone {backbone} takes pictures (channels × height × width) of {smallest}×{smallest} or more, not samples of shape [{string.Join(", ", inputShape)}]");
    }

    /// <summary>What to throw where there is no backbone of that name.</summary>
    internal static ArgumentException Unknown(string name) =>
        new($"there is no backbone '{name}'{NearestName.Hint(name, Names)}; known: {string.Join(", ", Names)}");

    private static Family Known(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) ?? throw Unknown(name);
    }

    private static Family? Find(string name) => Array.Find(Families, family => family.Names.Contains(name) || family.KnowsMore(name));

    /// <summary>Networks that are built alike.</summary>
    /// <param name="Names">Their names.</param>
    /// <param name="Build">Builds one by its name.</param>
    private sealed record Family(IEnumerable<string> Names, Func<string, long[], Generator, Backbone> Build)
    {
        public Func<string, bool> KnowsMore { get; init; } = static _ => false;

        public Func<IReadOnlyDictionary<string, Tensor>, IReadOnlyDictionary<string, Tensor>> Translate { get; init; } = static state => state;
    }
}
