using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class ResNetTests : IDisposable
{
    /// <summary>
    /// A residual network in plain PyTorch, with torchvision's names. Writes weights and buffers, a picture batch, the outputs in
    /// use (float32), and the outputs and gradients in training (float64), all as raw float64.
    /// </summary>
    private const string Plain = """
        import json, sys
        import torch, torch.nn as nn
        folder, side, blocks = FOLDER, SIDE, BLOCKS
        torch.manual_seed(5)
        torch.set_num_threads(1)

        class Block(nn.Module):
            def __init__(self, a, b, s):
                super().__init__()
                self.conv1, self.bn1 = nn.Conv2d(a, b, 3, s, 1, bias=False), nn.BatchNorm2d(b)
                self.conv2, self.bn2 = nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b)
                self.downsample = nn.Sequential(nn.Conv2d(a, b, 1, s, bias=False), nn.BatchNorm2d(b)) if s > 1 or a != b else None
            def forward(self, x):
                y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
                return torch.relu(y + (x if self.downsample is None else self.downsample(x)))

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1, self.bn1, self.maxpool = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.MaxPool2d(3, 2, 1)
                a = 64
                for i, n in enumerate(blocks):
                    b = 64 * 2 ** i
                    setattr(self, f"layer{i + 1}", nn.Sequential(*[Block(a if j == 0 else b, b, 2 if i and not j else 1) for j in range(n)]))
                    a = b
            def forward(self, x):
                x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
                for i in range(len(blocks)):
                    x = getattr(self, f"layer{i + 1}")(x)
                return x.mean((2, 3))

        net = Net()
        for name, tensor in net.state_dict().items():
            if name.endswith("running_var") or "bn" in name and name.endswith("weight") or ".downsample.1.weight" in name:
                tensor.uniform_(0.5, 1.5)
            elif name.endswith("running_mean") or name.endswith("bias"):
                tensor.normal_(0, 0.2)
        state = {k: v.clone() for k, v in net.state_dict().items()}
        x = torch.randn(3, 3, side, side)
        net.eval()
        used = net(x)
        net.double().train()
        trained = net(x.double())
        (trained * torch.linspace(-1, 1, trained.numel(), dtype=torch.float64).reshape(trained.shape)).sum().backward()
        first, last = net.conv1.weight.grad, getattr(net, f"layer{len(blocks)}")[-1].conv2.weight.grad
        out = dict(state, **{"/x": x, "/used": used, "/trained": trained, "/first": first, "/last": last, "/mean": net.bn1.running_mean})
        with open(f"{folder}/all.bin", "wb") as f:
            for name, tensor in out.items():
                print(name, *tensor.shape, sep=",")
                f.write(tensor.detach().double().contiguous().numpy().tobytes())
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// float32 has ε = 6·10⁻⁸; two dozen layers of sums of up to 4,608 terms in other orders leave about √(4608·24)·ε =
    /// 2·10⁻⁵ of the greatest value in the outputs. In training, batch norm over the 3 to 12 numbers of the last stage's
    /// channels divides by what is left of their differences, which amplifies rounding by orders; in float64
    /// (ε = 10⁻¹⁶) 10⁻⁸ leaves room for seven of them.
    /// </summary>
    [Theory]
    [InlineData("resnet18", 64, "[2, 2, 2, 2]")]
    [InlineData("resnet34", 32, "[3, 4, 6, 3]")]
    [InlineData("resnet18", 49, "[2, 2, 2, 2]")]
    public void Forward_WithThePlainModelsWeights_GivesItsOutputsAndGradients(string name, int side, string blocks)
    {
        using TensorScope scope = TensorScope.Begin();
        string script = Plain.Replace("FOLDER", $"'{folder}'", StringComparison.Ordinal)
            .Replace("SIDE", side.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal).Replace("BLOCKS", blocks, StringComparison.Ordinal);
        Dictionary<string, Tensor> reference = Read(Python.Run("torch", script));
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build(name, [3, side, side], generator);

        Assert.Equal(reference.Keys.Where(static k => k[0] != '/'), backbone.NamedState().Select(static s => s.Key));
        Dictionary<string, Tensor> state = reference.Where(static r => r.Key[0] != '/').ToDictionary();
        backbone.LoadState(state);
        backbone.Eval();
        AssertClose(reference["/used"], backbone.Forward(reference["/x"].To(ScalarType.Float32)), 1e-4);
        backbone.LoadState(state);
        backbone.To(ScalarType.Float64);
        backbone.Train();
        Tensor trained = backbone.Forward(reference["/x"]);
        AssertClose(reference["/trained"], trained, 1e-8);
        AssertClose(reference["/mean"], backbone.NamedState().First(static s => s.Key == "bn1.running_mean").Value, 1e-8);
        long count = trained.Count;
        Tensor slopes = Tensor.From([.. Enumerable.Range(0, (int)count).Select(i => -1 + (2.0 * i / (count - 1)))], trained.Shape);
        (trained * slopes).Sum().Backward();
        AssertClose(reference["/first"], backbone.NamedParameters().First().Value.Grad!, 1e-8);
        AssertClose(reference["/last"], backbone.NamedParameters().Last(static p => p.Key.EndsWith("conv2.weight", StringComparison.Ordinal)).Value.Grad!, 1e-8);
    }

    [Fact]
    public void Activate_GivesTorchvisionsStages()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("resnet18", [3, 64, 64], 7), generator);
        Activations activations = network.Activate(Tensor.Normal([2, 3, 64, 64], generator));

        Assert.Equal(["conv1", "layer1", "layer2", "layer3", "layer4", "avgpool", "features", "logits", "probabilities"], activations.Names);
        Assert.Equal([2, 64, 16, 16], activations["conv1"].Shape);
        Assert.Equal([2, 128, 8, 8], activations["layer2"].Shape);
        Assert.Equal([2, 512], activations.Features.Shape);
        Assert.Equal([2, 7], activations.Logits.Shape);
    }

    /// <summary>torchvision's resnet18 has 11,689,512 parameters, its resnet34 21,797,672, 513,000 of them in <c>fc</c>.</summary>
    [Theory]
    [InlineData("resnet18", 11_689_512)]
    [InlineData("resnet34", 21_797_672)]
    public void Build_HasTorchvisionsParameters(string name, long parameters)
    {
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec(name, [3, 224, 224], 1000), generator);

        Assert.Equal(parameters, network.ParameterCount);
    }

    /// <summary>
    /// layer4.0.conv2 draws 2,359,296 weights from N(0, 2/4608): their standard deviation is within 5/√(2n) = 0.23 % of
    /// √(2/4608), their mean within 5·σ/√n.
    /// </summary>
    [Fact]
    public void Build_StartsFromKaimingNormal()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        using Backbone backbone = Networks.Build("resnet18", [3, 64, 64], generator);
        Tensor weight = backbone.NamedParameters().First(static p => p.Key == "layer4.0.conv2.weight").Value.Detach();

        double deviation = Math.Sqrt(2.0 / 4608);
        Assert.Equal(deviation, Math.Sqrt(weight.Square().Mean().ToDouble()), deviation * 0.0023);
        Assert.Equal(0, weight.Mean().ToDouble(), 5 * deviation / Math.Sqrt(2_359_296));
        Assert.Contains("32×32 or more", Assert.Throws<ArgumentException>(() => Networks.Build("resnet18", [3, 28, 28], generator)).Message, StringComparison.Ordinal);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double greatest = expected.Abs().Max().ToDouble(), off = (expected - actual.Detach()).Abs().Max().ToDouble();
        Assert.True(off <= tolerance * greatest, $"off by {off}, the greatest being {greatest}");
    }

    private Dictionary<string, Tensor> Read(string listing)
    {
        Dictionary<string, Tensor> tensors = [];
        using BinaryReader reader = new(File.OpenRead(Path.Combine(folder, "all.bin")));
        foreach (string line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(',');
            long[] shape = [.. words.Skip(1).Select(static w => long.Parse(w, CultureInfo.InvariantCulture))];
            double[] values = new double[shape.Aggregate(1L, static (a, b) => a * b)];
            reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            Tensor tensor = shape.Length == 0 ? Tensor.Scalar(values[0], ScalarType.Float64) : Tensor.From(values, shape);
            tensors[words[0]] = words[0].EndsWith("num_batches_tracked", StringComparison.Ordinal) ? tensor.To(ScalarType.Int64) : tensor;
        }

        return tensors;
    }
}
