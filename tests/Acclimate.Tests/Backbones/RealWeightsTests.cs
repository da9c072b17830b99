using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

/// <summary>Public weights in their own files, read here, on real pictures.</summary>
public sealed class RealWeightsTests
{
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
