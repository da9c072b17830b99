using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Backbones;

/// <summary>
/// Residual networks for 32×32 pictures, after section 4.2 of He, Zhang, Ren &amp; Sun, "Deep Residual Learning for Image
/// Recognition", CVPR 2016: a 3×3 convolution, three stages of 16, 32 and 64 maps with n basic blocks each, and the mean over
/// places, 6n + 2 layers in all. Where the maps double the shortcut has no weights: it takes every second pixel and adds maps of
/// zeros (option A). The state is called as in the files of PyTorch's usual port: <c>conv1</c>, <c>bn1</c>, <c>layer1.0.conv1</c>
/// …, <c>linear</c>.
/// </summary>
internal static class CifarResNet
{
    private const string Prefix = "cifar_resnet";
    private const int Smallest = 8;

    public static IEnumerable<string> Names => new[] { 20, 32, 44, 56 }.Select(static depth => $"{Prefix}{depth}");

    public static Backbone Build(string name, long[] inputShape, Generator generator)
    {
        int blocks = (int.Parse(name.AsSpan(Prefix.Length), System.Globalization.CultureInfo.InvariantCulture) - 2) / 6;
        (int channels, _, _) = Networks.Picture(name, inputShape, Smallest);
        List<(string Name, Module Module)> chain =
        [
            ("conv1", new Conv2d(channels, 16, 3, generator, padding: 1, bias: false)),
            ("bn1", new BatchNorm2d(16)),
            ("relu", new ReLU(inPlace: true)),
        ];
        int from = 16;
        for (int stage = 1; stage <= 3; stage++)
        {
            Module[] layer = new Module[blocks];
            for (int i = 0; i < blocks; i++)
            {
                bool halves = stage > 1 && i == 0;
                int to = halves ? 2 * from : from;
                layer[i] = new ResidualBlock(
                    [
                        new(from, to, 3, generator, stride: halves ? 2 : 1, padding: 1, bias: false),
                        new(to, to, 3, generator, padding: 1, bias: false),
                    ],
                    halves ? ("shortcut", new ZeroPaddedShortcut((to - from) / 2)) : null);
                from = to;
            }

            chain.Add(($"layer{stage}", new Sequential(layer)));
        }

        chain.Add(("avgpool", new Sequential(new AdaptiveAvgPool2d(1), new Flatten())));
        Backbone backbone = new(
            chain,
            featureSize: from,
            [("conv1", "relu"), ("layer1", "layer1"), ("layer2", "layer2"), ("layer3", "layer3"), ("avgpool", "avgpool")],
            headName: "linear");
        using NoGrad noGrad = NoGrad.Begin();
        foreach (Conv2d convolution in backbone.Modules().OfType<Conv2d>())
            FirstValues.Set(convolution.Weight, Initialization.KaimingNormalIn(convolution.Weight.Shape, generator));
        return backbone;
    }

    /// <summary>Every second pixel, with maps of zeros before and behind.</summary>
    /// <param name="maps">How many on each side.</param>
    private sealed class ZeroPaddedShortcut(int maps) : Module
    {
        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor half = input.Slice(2, 0, input.Size(2), 2).Slice(3, 0, input.Size(3), 2);
            return scope.Keep(Operator.Get("aten::constant_pad_nd").Call(half, (long[])[0, 0, 0, 0, maps, maps], 0.0));
        }
    }
}
