using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public class NetworksTests
{
    [Theory]
    [InlineData("lenet", 1, 28)]
    [InlineData("lenet", 3, 32)]
    [InlineData("small-cnn", 3, 64)]
    [InlineData("small-cnn", 3, 49)]
    public void Activate_Pictures_GivesFeaturesAndLogits(string name, int channels, int side)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec(name, [channels, side, side], 7), generator);

        Activations activations = network.Activate(Tensor.Normal([2, channels, side, side], generator));

        Assert.Equal([2, 256], activations.Features.Shape);
        Assert.Equal([2, 7], activations.Logits.Shape);
        Assert.Equal(["features", "logits", "probabilities"], activations.Names.TakeLast(3));
    }

    [Fact]
    public void Build_WrongShape_SaysWhatItTakes()
    {
        using Generator generator = new(0);

        Assert.Contains("pictures", Assert.Throws<ArgumentException>(() => Networks.Build("lenet", [800], generator)).Message, StringComparison.Ordinal);
        Assert.Contains("16×16 or more", Assert.Throws<ArgumentException>(() => Networks.Build("lenet", [1, 8, 8], generator)).Message, StringComparison.Ordinal);
        Assert.Contains("rows of features", Assert.Throws<ArgumentException>(() => Networks.Build("mlp", [3, 8, 8], generator)).Message, StringComparison.Ordinal);
        string unknown = Assert.Throws<ArgumentException>(() => Networks.Build("resnet5", [3, 8, 8], generator)).Message;
        Assert.Contains("no backbone 'resnet5'; did you mean 'resnet50'?; known: alexnet, ", unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mobilenetv1-0.3", true)]
    [InlineData("mobilenetv1-2.5", false)]
    [InlineData("mobilenetv1-", false)]
    [InlineData("mobilenetv1-NaN", false)]
    [InlineData("vgg16_bn", true)]
    [InlineData("vgg12", false)]
    public void Knows_ANameOrAWidth_OrNot(string name, bool known) => Assert.Equal(known, Networks.Knows(name));

    [Fact]
    public void Suggest_FollowsTheShape()
    {
        Assert.Equal("mlp", Networks.Suggest([800]));
        Assert.Equal("lenet", Networks.Suggest([1, 28, 28]));
        Assert.Equal("small-cnn", Networks.Suggest([3, 64, 64]));
    }
}
