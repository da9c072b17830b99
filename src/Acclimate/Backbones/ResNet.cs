using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>
/// Residual networks, after He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, in the layout
/// of torchvision: the same names in the state, so that its weights can be loaded, and the same first values. Its <c>fc</c>
/// is the head of <see cref="ClassifierNetwork"/>.
/// </summary>
internal static class ResNet
{
    private const int Smallest = 32;
    private const int FirstMaps = 64;

    /// <summary>A block of a stage.</summary>
    /// <param name="from">Maps that go in.</param>
    /// <param name="maps">Maps of the stage; those that come out are as many times the kind's expansion.</param>
    /// <param name="stride">How far its first wide convolution moves.</param>
    /// <param name="generator">The source of the first values.</param>
    private delegate Module BlockOf(int from, int maps, int stride, Generator generator);

    /// <summary>18 layers: two basic blocks a stage.</summary>
    public static Backbone Build18(long[] inputShape, Generator generator) => Build("resnet18", inputShape, generator, Basic, expansion: 1, 2, 2, 2, 2);

    /// <summary>34 layers.</summary>
    public static Backbone Build34(long[] inputShape, Generator generator) => Build("resnet34", inputShape, generator, Basic, expansion: 1, 3, 4, 6, 3);

    /// <summary>
    /// A 7×7 convolution and a pooling that each halve the picture, then stages of residual blocks; from the second on,
    /// each halves the picture and doubles the maps. The mean of what is left of the picture is the features.
    /// </summary>
    private static Backbone Build(string name, long[] inputShape, Generator generator, BlockOf block, int expansion, params int[] blocks)
    {
        (int channels, _, _) = Networks.Picture(name, inputShape, Smallest);
        List<(string Name, Module Module)> chain =
        [
            ("conv1", new Conv2d(channels, FirstMaps, 7, generator, stride: 2, padding: 3, bias: false)),
            ("bn1", new BatchNorm2d(FirstMaps)),
            ("relu", new ReLU(inPlace: true)),
            ("maxpool", new MaxPool2d(3, stride: 2, padding: 1)),
        ];
        int from = FirstMaps;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            int maps = FirstMaps << stage;
            Module[] layer = new Module[blocks[stage]];
            for (int i = 0; i < layer.Length; i++)
            {
                layer[i] = block(from, maps, stage > 0 && i == 0 ? 2 : 1, generator);
                from = maps * expansion;
            }

            chain.Add(($"layer{stage + 1}", new Sequential(layer)));
        }

        chain.Add(("avgpool", new Sequential(new AdaptiveAvgPool2d(1), new Flatten())));
        Backbone backbone = new(
            chain, featureSize: from, [("conv1", "maxpool"), .. chain.Skip(4).Select(static part => (part.Name, part.Name))], headName: "fc");
        using NoGrad noGrad = NoGrad.Begin();
        foreach (Conv2d convolution in backbone.Modules().OfType<Conv2d>())
        {
            using Tensor first = Initialization.KaimingNormalOut(convolution.Weight.Shape, generator);
            convolution.Weight.CopyInPlace(first);
        }

        return backbone;
    }

    private static ResidualBlock Basic(int from, int maps, int stride, Generator generator) => new(
        [
            ("conv1", new Conv2d(from, maps, 3, generator, stride: stride, padding: 1, bias: false)),
            ("bn1", new BatchNorm2d(maps)),
            ("relu", new ReLU(inPlace: true)),
            ("conv2", new Conv2d(maps, maps, 3, generator, padding: 1, bias: false)),
            ("bn2", new BatchNorm2d(maps)),
        ],
        Shortcut(from, maps, stride, generator));

    /// <summary>What brings a block's input to the shape of its output; none where it has that.</summary>
    private static Sequential? Shortcut(int from, int to, int stride, Generator generator) =>
        stride == 1 && from == to ? null : new Sequential(new Conv2d(from, to, 1, generator, stride: stride, bias: false), new BatchNorm2d(to));

    /// <summary>max(F(x) + x, 0), or with a projection of x where the shapes differ. F ends in a batch norm.</summary>
    private sealed class ResidualBlock : Module
    {
        private readonly Module[] chain;
        private readonly Module? shortcut;

        public ResidualBlock((string Name, Module Module)[] chain, Module? shortcut)
        {
            this.chain = Array.ConvertAll(chain, part => Add(part.Name, part.Module));
            this.shortcut = shortcut is null ? null : Add("downsample", shortcut);
        }

        public override Tensor Forward(Tensor input)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor current = input;
            foreach (Module part in chain)
            {
                Tensor next = part.Forward(current);
                if (!ReferenceEquals(current, input))
                    current.Dispose();
                current = next;
            }

            // No gradient asks for batch norm's output, so that the sum and the rectifier can take its place.
            current.AddInPlace(shortcut is null ? input : shortcut.Forward(input));
            Functional.ReluInPlace(current);
            return scope.Keep(current);
        }
    }
}
