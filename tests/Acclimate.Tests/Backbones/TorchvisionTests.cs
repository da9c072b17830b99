using Acclimate.Backbones;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

/// <summary>Every backbone that torchvision has too, with torchvision's weights: the same names and the same outputs.</summary>
public sealed class TorchvisionTests(TorchvisionTests.Reference reference) : IClassFixture<TorchvisionTests.Reference>
{
    private const int Classes = 10;

    /// <summary>
    /// Gives each network numbers from a seed, of the size that keeps values from growing or vanishing: its own first values
    /// take long to draw, and leave biases and batch norm's statistics at zeros and ones. Large tensors repeat a prime number of
    /// drawn ones, and only these are written, with the shape. All are rounded to half precision and written so, with two
    /// pictures and their scores in float32: one file of safetensors each.
    /// </summary>
    private const string Script = """
        import json, struct
        import torch, torchvision
        torch.set_num_threads(1)
        types = {torch.float16: "F16", torch.float32: "F32", torch.int64: "I64"}

        def write(path, tensors):
            header, at = {}, 0
            for name, tensor in tensors.items():
                size = tensor.numel() * tensor.element_size()
                header[name] = {"dtype": types[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + size]}
                at += size
            text = json.dumps(header).encode()
            with open(path, "wb") as f:
                f.write(struct.pack("<Q", len(text)) + text)
                for tensor in tensors.values():
                    f.write(tensor.contiguous().numpy().tobytes())

        for name in ["uniform_", "normal_", "trunc_normal_", "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_"]:
            setattr(torch.nn.init, name, lambda tensor, *_, **__: tensor)
        torch.manual_seed(5)
        drawn = torch.randn(999983)

        def numbers(key, tensor, state):
            if key.endswith("running_var") or key.endswith("weight") and key[:-6] + "running_var" in state:
                return torch.rand(tensor.shape) + 0.5
            if tensor.dim() < 2:
                return torch.randn(tensor.shape) * 0.1
            inputs = tensor.numel() // tensor.shape[0]
            some = (drawn * (0.5 if tensor.shape[0] == 1 else (2 / inputs) ** 0.5)).half()
            return some if tensor.numel() > len(some) else some[:tensor.numel()].reshape(tensor.shape)

        def whole(some, shape):
            return some if some.shape == shape else some.repeat(shape.numel() // len(some) + 1)[:shape.numel()].reshape(shape)

        for name, height, width in NETWORKS:
            net = getattr(torchvision.models, name)(num_classes=CLASSES).eval()
            state = net.state_dict()
            half = {k: numbers(k, v, state).half() if v.is_floating_point() else v for k, v in state.items()}
            net.load_state_dict({k: whole(v, state[k].shape) for k, v in half.items()})
            shapes = {f"/shape/{k}": torch.tensor(state[k].shape) for k, v in half.items() if v.shape != state[k].shape}
            x = torch.randn(2, 3, height, width)
            with torch.no_grad():
                write(f"FOLDER/{name}", {**half, **shapes, "/x": x, "/scores": net(x)})
        """;

    /// <summary>The networks, and pictures that are small, and higher than wide or wider than high, for speed and for sides that are mixed up.</summary>
    private static readonly Dictionary<string, (int Height, int Width)> Pictures = new()
    {
        ["alexnet"] = (63, 95),
        ["vgg11"] = (32, 64),
        ["vgg13_bn"] = (64, 32),
        ["vgg16"] = (64, 32),
        ["vgg19_bn"] = (32, 48),
        ["resnet18"] = (32, 64),
        ["resnet34"] = (48, 33),
        ["resnet50"] = (64, 32),
        ["resnet101"] = (32, 64),
        ["resnet152"] = (64, 32),
        ["resnext50_32x4d"] = (32, 64),
        ["wide_resnet50_2"] = (64, 32),
        ["mobilenet_v2"] = (64, 96),
        ["mobilenet_v3_large"] = (96, 65),
        ["mobilenet_v3_small"] = (64, 96),
        ["vit_b_16"] = (224, 224),
    };

    public static TheoryData<string> Names => [.. Pictures.Keys];

    /// <summary>
    /// float32 has ε = 6·10⁻⁸, and sums of some thousands of terms in another order through some dozens of layers leave about
    /// √(4000·50)·ε = 3·10⁻⁵ of the greatest score.
    /// </summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_WithTorchvisionsWeights_GivesItsScores(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using TensorFile file = Safetensors.Read(reference.FileOf(name));
        using Generator generator = new(0);
        Tensor x = file.Tensors["/x"];
        using Backbone backbone = Networks.Build(name, x.Shape[1..], generator);
        using Linear head = new(backbone.FeatureSize, Classes, generator);

        string prefix = backbone.HeadName + ".";
        Dictionary<string, Tensor> state = file.Tensors.Where(static t => t.Key[0] != '/').ToDictionary(static t => t.Key, t => Whole(t.Key, file));
        head.LoadState(state.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], static t => t.Value));
        backbone.LoadState(state.Where(t => !t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary());
        backbone.Eval();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor scores = head.Forward(backbone.Forward(x.ChannelsLast())), expected = file.Tensors["/scores"];

        double greatest = expected.Abs().Max().ToDouble(), off = (expected - scores).Abs().Max().ToDouble();
        Assert.True(off <= 1e-4 * greatest, $"off by {off}, the greatest being {greatest}");
        Assert.True((expected[0] - expected[1]).Abs().Max().ToDouble() > 1e-3 * greatest, "two pictures have the same scores");
    }

    private static Tensor Whole(string name, TensorFile file)
    {
        Tensor some = file.Tensors[name];
        if (!file.Tensors.TryGetValue($"/shape/{name}", out Tensor? given))
            return some;
        long[] shape = given.ToArray<long>();
        long count = shape.Aggregate(1L, static (a, b) => a * b);
        return Tensor.Concatenate([.. Enumerable.Repeat(some, (int)(count / some.Count) + 1)]).Slice(0, 0, count).Reshape(shape);
    }

    /// <summary>What Python wrote, made once and when first asked for.</summary>
    public sealed class Reference : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;
        private readonly Lazy<bool> written;

        public Reference() => written = new Lazy<bool>(Write);

        public string FileOf(string name) => written.Value ? Path.Combine(folder, name) : string.Empty;

        public void Dispose() => Directory.Delete(folder, recursive: true);

        private bool Write()
        {
            string networks = string.Join(", ", Pictures.Select(static n => $"('{n.Key}', {n.Value.Height}, {n.Value.Width})"));
            Python.Run("torchvision", Script
                .Replace("NETWORKS", $"[{networks}]", StringComparison.Ordinal)
                .Replace("CLASSES", $"{Classes}", StringComparison.Ordinal)
                .Replace("FOLDER", folder, StringComparison.Ordinal));
            return true;
        }
    }
}
