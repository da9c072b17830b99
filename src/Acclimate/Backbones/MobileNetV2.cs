using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// MobileNetV2 with the names and first values of torchvision: Sandler et al., CVPR 2018. The features are the mean over places
/// of 1,280 maps, with dropout.
/// </summary>
internal static class MobileNetV2
{
    private const int Smallest = 32;
    private const int Features = 1280;

    /// <summary>How much wider the blocks are inside, the maps that come out, how many there are, and the first one's stride.</summary>
    private static readonly (int Wider, int Maps, int Count, int Stride)[] Blocks =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    public static Backbone Build(long[] inputShape, Generator generator)
    {
        (int channels, _, _) = Networks.Picture("mobilenet_v2", inputShape, Smallest);
        int from = 32;
        List<Module> features = [InvertedResidual.Unit(channels, from, 3, generator, Relu6(), stride: 2)];
        foreach ((int wider, int maps, int count, int stride) in Blocks)
        {
            for (int i = 0; i < count; i++)
            {
                features.Add(Block(from, from * wider, maps, i == 0 ? stride : 1, generator));
                from = maps;
            }
        }

        features.Add(InvertedResidual.Unit(from, Features, 1, generator, Relu6()));
        Backbone backbone = new(
            [
                ("features", new Sequential([.. features])),
                ("avgpool", new AdaptiveAvgPool2d(1)),
                ("flatten", new Flatten()),
                ("classifier", new Sequential(new Dropout(0.2))),
            ],
            Features,
            [.. Enumerable.Range(0, features.Count).Select(static i => ($"features.{i}", $"features.{i}")), ("avgpool", "classifier")],
            headName: "classifier.1");
        return FirstValues.KaimingOut(backbone, generator);
    }

    private static InvertedResidual Block(int from, int inside, int to, int stride, Generator generator)
    {
        List<Module> chain = [];
        if (inside != from)
            chain.Add(InvertedResidual.Unit(from, inside, 1, generator, Relu6()));
        chain.Add(InvertedResidual.Unit(inside, inside, 3, generator, Relu6(), stride, groups: inside));
        chain.Add(new Conv2d(inside, to, 1, generator, bias: false));
        chain.Add(new BatchNorm2d(to));
        return new InvertedResidual("conv", new Sequential([.. chain]), adds: stride == 1 && from == to);
    }

    private static ReLU6 Relu6() => new(inPlace: true);
}
