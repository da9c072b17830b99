using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// VGG with the names and first values of torchvision: Simonyan &amp; Zisserman, "Very Deep Convolutional Networks for
/// Large-Scale Image Recognition", ICLR 2015. Five blocks of 3×3 convolutions, each ending in a pooling that halves the picture,
/// then two layers of 4,096 features with dropout; <c>_bn</c> with batch norm after each convolution.
/// </summary>
/// <remarks>
/// Layers go by Keras's names too: <c>block4_conv2</c> (after its rectifier), <c>block4_pool</c>, <c>fc1</c>, <c>fc2</c>.
/// </remarks>
internal static class Vgg
{
    /// <summary>Five halvings leave one pixel.</summary>
    private const int Smallest = 32;

    /// <summary>The convolutions of each block.</summary>
    private static readonly Dictionary<string, int[]> Blocks = new(StringComparer.Ordinal)
    {
        ["vgg11"] = [1, 1, 2, 2, 2],
        ["vgg13"] = [2, 2, 2, 2, 2],
        ["vgg16"] = [2, 2, 3, 3, 3],
        ["vgg19"] = [2, 2, 4, 4, 4],
    };

    public static IEnumerable<string> Names => Blocks.Keys.SelectMany(static name => new[] { name, name + "_bn" });

    public static Backbone Build(string name, long[] inputShape, Generator generator)
    {
        bool normalises = name.EndsWith("_bn", StringComparison.Ordinal);
        int[] blocks = Blocks[normalises ? name[..^3] : name];
        (int from, _, _) = Networks.Picture(name, inputShape, Smallest);
        List<Module> features = [];
        List<(string, string)> stages = [];
        Dictionary<string, string> aliases = [];
        for (int block = 1; block <= blocks.Length; block++)
        {
            int maps = Math.Min(64 << (block - 1), 512);
            for (int i = 1; i <= blocks[block - 1]; i++)
            {
                features.Add(new Conv2d(from, maps, 3, generator, padding: 1));
                if (normalises)
                    features.Add(new BatchNorm2d(maps));
                features.Add(new ReLU(inPlace: true));
                aliases.Add($"block{block}_conv{i}", $"features.{features.Count - 1}");
                from = maps;
            }

            features.Add(new MaxPool2d(2));
            stages.Add(($"block{block}", $"features.{features.Count - 1}"));
            aliases.Add($"block{block}_pool", $"features.{features.Count - 1}");
        }

        aliases.Add("fc1", "classifier.1");
        aliases.Add("fc2", "classifier.4");
        Backbone backbone = new(
            [
                ("features", new Sequential([.. features])),
                ("avgpool", new AdaptiveAvgPool2d(7)),
                ("flatten", new Flatten()),
                ("classifier", new Sequential(
                    new Linear(512 * 7 * 7, 4096, generator), new ReLU(inPlace: true), new Dropout(),
                    new Linear(4096, 4096, generator), new ReLU(inPlace: true), new Dropout())),
            ],
            featureSize: 4096,
            [.. stages, ("fc6", "classifier.2"), ("fc7", "classifier.5")],
            headName: "classifier.6",
            aliases);
        return FirstValues.KaimingOut(backbone, generator);
    }
}
