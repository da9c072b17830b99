using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// MobileNetV3 with the names and first values of torchvision: Howard et al., "Searching for MobileNetV3", ICCV 2019. Inverted
/// residuals, some with squeeze and excitation, then the mean over places and one layer of features with dropout.
/// </summary>
internal static class MobileNetV3
{
    private const int Smallest = 32;
    private const int FirstMaps = 16;

    private static readonly Dictionary<string, (int Features, Row[] Rows)> Variants = new(StringComparer.Ordinal)
    {
        ["mobilenet_v3_large"] = (1280,
        [
            new(3, 16, 16, false, false, 1),
            new(3, 64, 24, false, false, 2),
            new(3, 72, 24, false, false, 1),
            new(5, 72, 40, true, false, 2),
            new(5, 120, 40, true, false, 1),
            new(5, 120, 40, true, false, 1),
            new(3, 240, 80, false, true, 2),
            new(3, 200, 80, false, true, 1),
            new(3, 184, 80, false, true, 1),
            new(3, 184, 80, false, true, 1),
            new(3, 480, 112, true, true, 1),
            new(3, 672, 112, true, true, 1),
            new(5, 672, 160, true, true, 2),
            new(5, 960, 160, true, true, 1),
            new(5, 960, 160, true, true, 1),
        ]),
        ["mobilenet_v3_small"] = (1024,
        [
            new(3, 16, 16, true, false, 2),
            new(3, 72, 24, false, false, 2),
            new(3, 88, 24, false, false, 1),
            new(5, 96, 40, true, true, 2),
            new(5, 240, 40, true, true, 1),
            new(5, 240, 40, true, true, 1),
            new(5, 120, 48, true, true, 1),
            new(5, 144, 48, true, true, 1),
            new(5, 288, 96, true, true, 2),
            new(5, 576, 96, true, true, 1),
            new(5, 576, 96, true, true, 1),
        ]),
    };

    public static IEnumerable<string> Names => Variants.Keys;

    public static Backbone Build(string name, long[] inputShape, Generator generator)
    {
        (int size, Row[] rows) = Variants[name];
        (int channels, _, _) = Networks.Picture(name, inputShape, Smallest);
        int from = FirstMaps;
        List<Module> features = [Unit(channels, from, 3, generator, new Hardswish(), stride: 2)];
        foreach (Row row in rows)
        {
            features.Add(Block(from, row, generator));
            from = row.Maps;
        }

        features.Add(Unit(from, 6 * from, 1, generator, new Hardswish()));
        Backbone backbone = new(
            [
                ("features", new Sequential([.. features])),
                ("avgpool", new AdaptiveAvgPool2d(1)),
                ("flatten", new Flatten()),
                ("classifier", new Sequential(new Linear(6 * from, size, generator), new Hardswish(), new Dropout(0.2))),
            ],
            featureSize: size,
            [.. Enumerable.Range(0, features.Count).Select(static i => ($"features.{i}", $"features.{i}")), ("classifier", "classifier")],
            headName: "classifier.3");
        return FirstValues.KaimingOut(backbone, generator);
    }

    private static InvertedResidual Block(int from, Row row, Generator generator)
    {
        List<Module> chain = [];
        if (row.Inside != from)
            chain.Add(Unit(from, row.Inside, 1, generator, Activation()));
        chain.Add(Unit(row.Inside, row.Inside, row.Kernel, generator, Activation(), row.Stride, groups: row.Inside));
        if (row.Excites)
            chain.Add(new SqueezeExcitation(row.Inside, Divisible(row.Inside / 4), generator));
        chain.Add(Unit(row.Inside, row.Maps, 1, generator, activation: null));
        return new InvertedResidual("block", new Sequential([.. chain]), adds: row.Stride == 1 && from == row.Maps);

        Module Activation() => row.Swish ? new Hardswish() : new ReLU(inPlace: true);
    }

    private static Sequential Unit(int from, int to, int kernel, Generator generator, Module? activation, int stride = 1, int groups = 1) =>
        InvertedResidual.Unit(from, to, kernel, generator, activation, stride, groups, epsilon: 1e-3, momentum: 0.01);

    /// <summary>The nearest multiple of 8 that isn't more than a tenth smaller.</summary>
    private static int Divisible(int maps)
    {
        int nearest = Math.Max(8, (maps + 4) / 8 * 8);
        return nearest < 0.9 * maps ? nearest + 8 : nearest;
    }

    /// <summary>A block of the paper's tables.</summary>
    /// <param name="Kernel">The depthwise convolution's side.</param>
    /// <param name="Inside">The maps inside.</param>
    /// <param name="Maps">The maps that come out.</param>
    /// <param name="Excites">Whether there is a squeeze and excitation.</param>
    /// <param name="Swish">Whether it uses hard swish; ReLU otherwise.</param>
    /// <param name="Stride">How far the depthwise convolution moves.</param>
    private sealed record Row(int Kernel, int Inside, int Maps, bool Excites, bool Swish, int Stride);
}
