using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// Residual networks, with the names and first values of torchvision: He, Zhang, Ren &amp; Sun, "Deep Residual Learning for
/// Image Recognition", CVPR 2016; with grouped convolutions Xie et al., "Aggregated Residual Transformations", CVPR 2017;
/// wider Zagoruyko &amp; Komodakis, "Wide Residual Networks", BMVC 2016.
/// </summary>
internal static class ResNet
{
    private const int Smallest = 32;
    private const int FirstMaps = 64;
    private const int Expansion = 4;

    private static readonly Dictionary<string, Variant> Variants = new(StringComparer.Ordinal)
    {
        ["resnet18"] = new([2, 2, 2, 2], Bottleneck: false),
        ["resnet34"] = new([3, 4, 6, 3], Bottleneck: false),
        ["resnet50"] = new([3, 4, 6, 3]),
        ["resnet101"] = new([3, 4, 23, 3]),
        ["resnet152"] = new([3, 8, 36, 3]),
        ["resnext50_32x4d"] = new([3, 4, 6, 3], Groups: 32, GroupMaps: 4),
        ["wide_resnet50_2"] = new([3, 4, 6, 3], GroupMaps: 128),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    /// <summary>
    /// A 7×7 convolution and a pooling that each halve the picture, then stages of residual blocks; from the second on,
    /// each halves the picture and doubles the maps. The mean of what is left of the picture is the features.
    /// </summary>
    public static Backbone Build(string name, long[] inputShape, Generator generator)
    {
        Variant variant = Variants[name];
        (int channels, _, _) = Networks.Picture(name, inputShape, Smallest);
        List<(string Name, Module Module)> chain =
        [
            ("conv1", new Conv2d(channels, FirstMaps, 7, generator, stride: 2, padding: 3, bias: false)),
            ("bn1", new BatchNorm2d(FirstMaps)),
            ("relu", new ReLU(inPlace: true)),
            ("maxpool", new MaxPool2d(3, stride: 2, padding: 1)),
        ];
        int from = FirstMaps;
        for (int stage = 0; stage < variant.Blocks.Length; stage++)
        {
            int maps = FirstMaps << stage;
            Module[] layer = new Module[variant.Blocks[stage]];
            for (int i = 0; i < layer.Length; i++)
                (layer[i], from) = Block(variant, from, maps, stage > 0 && i == 0 ? 2 : 1, generator);
            chain.Add(($"layer{stage + 1}", new Sequential(layer)));
        }

        chain.Add(("avgpool", new Sequential(new AdaptiveAvgPool2d(1), new Flatten())));
        IEnumerable<(string, string)> stages = chain.Skip(4).Select(static part => (part.Name, part.Name));
        return FirstValues.KaimingOut(new Backbone(chain, featureSize: from, [("conv1", "maxpool"), .. stages], headName: "fc"), generator);
    }

    /// <summary>A block and the maps that come out of it; a bottleneck moves at its 3×3 convolution, as torchvision's.</summary>
    private static (ResidualBlock Block, int Maps) Block(Variant variant, int from, int maps, int stride, Generator generator)
    {
        int width = maps * variant.GroupMaps / FirstMaps * variant.Groups, to = variant.Bottleneck ? maps * Expansion : maps;
        Conv2d[] convolutions = variant.Bottleneck
            ?
            [
                new(from, width, 1, generator, bias: false),
                new(width, width, 3, generator, stride: stride, padding: 1, groups: variant.Groups, bias: false),
                new(width, to, 1, generator, bias: false),
            ]
            :
            [
                new(from, to, 3, generator, stride: stride, padding: 1, bias: false),
                new(to, to, 3, generator, padding: 1, bias: false),
            ];
        (string, Module)? shortcut = stride == 1 && from == to
            ? null
            : ("downsample", new Sequential(new Conv2d(from, to, 1, generator, stride: stride, bias: false), new BatchNorm2d(to)));
        return (new ResidualBlock(convolutions, shortcut), to);
    }

    /// <summary>What tells the networks apart.</summary>
    /// <param name="Blocks">How many blocks each stage has.</param>
    /// <param name="Bottleneck">Whether a block is 1×1, 3×3, 1×1 and gives four times the maps, or two 3×3 convolutions.</param>
    /// <param name="Groups">The groups of a bottleneck's 3×3 convolution.</param>
    /// <param name="GroupMaps">The maps of each group in the first stage.</param>
    private sealed record Variant(int[] Blocks, bool Bottleneck = true, int Groups = 1, int GroupMaps = 64);
}
