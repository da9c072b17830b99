using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Data.Images;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class CifarResNetTests : IDisposable
{
    /// <summary>The published file's tensors as raw float32, its names without <c>module.</c> and its shapes printed.</summary>
    private const string Convert = """
        import torch
        state = torch.load("FILE", map_location="cpu")["state_dict"]
        with open("OUT", "wb") as f:
            for name, tensor in state.items():
                print(name[len("module."):], *tensor.shape, sep=",")
                f.write(tensor.float().numpy().tobytes())
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>PyTorch gets 915 of the 1,000 pictures right; one more or less may lie on the border between two classes.</summary>
    [Fact]
    public void ResNet20_WithPublishedWeights_HasTheKnownAccuracy()
    {
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, Tensor> state = Published(RealData.Path("weights_cifar10_resnet/resnet20-12fca82f.th"));
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("cifar_resnet20", [3, 32, 32], generator);
        using Linear head = new(backbone.FeatureSize, 10, generator);
        head.LoadState(new Dictionary<string, Tensor> { ["weight"] = state[$"{backbone.HeadName}.weight"], ["bias"] = state[$"{backbone.HeadName}.bias"] });
        backbone.LoadState(state.Where(s => !s.Key.StartsWith($"{backbone.HeadName}.", StringComparison.Ordinal)).ToDictionary());
        backbone.Eval();
        using NoGrad noGrad = NoGrad.Begin();

        // A picture a row: its 1,024 pixels one after another.
        Tensor sheet = ImageCodec.Decode(File.ReadAllBytes(RealData.Path("cifar10/cifar10_batch_50.png")), "sheet");
        Tensor pictures = sheet.To(ScalarType.Float32).Permute(1, 0, 2).Reshape(1000, 3, 32, 32) / 255;
        Tensor mean = Tensor.From([0.485f, 0.456f, 0.406f], 3, 1, 1), deviation = Tensor.From([0.229f, 0.224f, 0.225f], 3, 1, 1);
        Tensor scores = head.Forward(backbone.Forward(((pictures - mean) / deviation).ChannelsLast()));

        int right = scores.ArgMax(1).ToArray<long>().Zip(Labels(), static (found, label) => found == label ? 1 : 0).Sum();
        Assert.InRange(right, 914, 916);
    }

    /// <summary>He et al., table 6: 0.27, 0.46, 0.66 and 0.85 million, of which the classifier's 650.</summary>
    [Theory]
    [InlineData("cifar_resnet20", 269_722)]
    [InlineData("cifar_resnet32", 464_154)]
    [InlineData("cifar_resnet44", 658_586)]
    [InlineData("cifar_resnet56", 853_018)]
    public void Build_HasThePapersParameters(string name, long parameters)
    {
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build(name, [3, 32, 32], generator);

        Assert.Equal(parameters, backbone.ParameterCount + 650);
    }

    /// <summary>The labels of the last 1,000 pictures: the test batch.</summary>
    private static long[] Labels()
    {
        string text = File.ReadAllText(RealData.Path("cifar10/cifar10_labels.js"));
        string[] all = text[(text.IndexOf('[', StringComparison.Ordinal) + 1)..text.IndexOf(']', StringComparison.Ordinal)].Split(',');
        return [.. all.TakeLast(1000).Select(static label => long.Parse(label, CultureInfo.InvariantCulture))];
    }

    private Dictionary<string, Tensor> Published(string file)
    {
        string raw = Path.Combine(folder, "raw");
        string listing = Python.Run("torch", Convert.Replace("FILE", file, StringComparison.Ordinal).Replace("OUT", raw, StringComparison.Ordinal));
        ReadOnlySpan<float> rest = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(raw));
        Dictionary<string, Tensor> state = [];
        foreach (string line in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(',');
            long[] shape = [.. words.Skip(1).Select(static w => long.Parse(w, CultureInfo.InvariantCulture))];
            int count = (int)shape.Aggregate(1L, static (a, b) => a * b);
            state[words[0]] = Tensor.From(rest[..count], shape);
            rest = rest[count..];
        }

        return state;
    }
}
