using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

/// <summary>Public weights in their own files, read here, on real pictures.</summary>
public sealed class RealWeightsTests
{
    [Theory]
    [InlineData("resnet20-12fca82f.th", 91.5)]
    [InlineData("resnet32-d509ac18.th", 92.8)]
    [InlineData("resnet44-014dd654.th", 93.3)]
    [InlineData("resnet56-4bfd9763.th", 92.6)]
    public void Look_CifarTestPictures_AsManyRightAsKnown(string file, double percent)
    {
        using TensorScope scope = TensorScope.Begin();
        using PretrainedNetwork network = PretrainedNetwork.Open(Real(Path.Combine("weights_cifar10_resnet", file)));
        using Domain test = Domain.Open(Real("cifar10") + "?part=test");

        (_, Tensor? probabilities) = network.Look(test);

        long[] found = probabilities!.ArgMax(1).ToArray<long>();
        int right = found.Zip(test.Labels!.Indices, static (a, b) => a == b ? 1 : 0).Sum();
        Assert.Equal(10, network.Classes);

        // 0.1 is one picture of a thousand, which another order of float32 sums may tip.
        Assert.InRange(right / 10.0, percent - 0.1, percent + 0.1);
    }

    [Fact]
    public void Load_ABackboneOfAnotherDepth_IsRefusedWithATable()
    {
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet32", [3, 32, 32], 10), generator);
        using ClassifierNetwork before = network.Copy();
        string file = Real("weights_cifar10_resnet/resnet20-12fca82f.th");

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => PretrainedWeights.Load(network, file));

        Assert.Contains("does not hold the weights of a cifar_resnet32", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("missing", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("layer1.3.conv1.weight", thrown.Message, StringComparison.Ordinal);
        Assert.All(network.NamedState().Zip(before.NamedState()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value)));
    }

    [Fact]
    public void Load_AnotherNumberOfClasses_KeepsTheNewClassifier()
    {
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet20", [3, 32, 32], 4), generator);
        using Tensor first = network.Head.Weight.Clone();

        LoadedWeights loaded = PretrainedWeights.Load(network, Real("weights_cifar10_resnet/resnet20-12fca82f.th"));

        Assert.False(loaded.Head);
        Assert.Equal([10, 64], loaded.HeadShape!);
        Assert.True(network.Head.Weight.SameAs(first));
    }

    [Fact]
    public void Load_MobileNetInTensorFlowsLayouts_WithItsClassifier()
    {
        string file = Real("weights_mobilenet/mobilenet_v1_025_224.safetensors");
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mobilenetv1-0.25", [3, 224, 224], 1000), generator);
        LoadedWeights loaded = PretrainedWeights.Load(network, file);
        Assert.True(loaded.Head);
    }

    private static string Real(string name)
    {
        string? data = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipWhen(data is null || !Path.Exists(Path.Combine(data, name)), $"ACCLIMATE_DATA with {name} is not there");
        return Path.Combine(data!, name);
    }
}
