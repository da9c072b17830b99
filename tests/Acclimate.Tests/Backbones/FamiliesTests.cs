using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

/// <summary>What holds for the networks of every family.</summary>
public class FamiliesTests
{
    [Theory]
    [InlineData("alexnet", 63, "conv1 conv2 conv3 conv4 conv5 fc6 fc7")]
    [InlineData("resnext50_32x4d", 32, "conv1 layer1 layer2 layer3 layer4 avgpool")]
    [InlineData("cifar_resnet20", 8, "conv1 layer1 layer2 layer3 avgpool")]
    [InlineData("mobilenet_v2", 32, "features.0 features.1 … features.18 avgpool")]
    [InlineData("mobilenet_v3_large", 32, "features.0 features.1 … features.16 classifier")]
    [InlineData("mobilenet_v3_small", 32, "features.0 features.1 … features.12 classifier")]
    [InlineData("mobilenetv1-0.25", 32, "conv1 block1 … block13 avgpool")]
    public void Build_SmallestPictures_GivesStagesAndFeatures(string name, int side, string stages)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build(name, [3, side, side], generator);
        backbone.Eval();

        IReadOnlyList<(string Layer, Tensor Value)> outputs = backbone.Outputs(Tensor.Normal([2, 3, side, side], generator));

        string[] given = [.. backbone.Stages], expected = stages.Split(' ');
        int gap = Array.IndexOf(expected, "…");
        Assert.Equal(expected.Where(static word => word != "…"), gap < 0 ? given : given[..gap].Concat(given.TakeLast(expected.Length - gap - 1)));
        Assert.Equal(given, outputs.Select(static o => o.Layer));
        Assert.Equal([2, backbone.FeatureSize], outputs[^1].Value.Shape);
        string refusal = Assert.Throws<ArgumentException>(() => Networks.Build(name, [3, side, side - 1], generator)).Message;
        Assert.Contains($"{side}×{side} or more", refusal, StringComparison.Ordinal);
        Assert.Contains(name.Split('-')[0], refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Vgg_ByKerassNames_GivesItsLayers()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("vgg11", [3, 32, 32], generator);
        backbone.Eval();

        IReadOnlyList<Tensor> found = backbone.Outputs(
            Tensor.Normal([1, 3, 32, 32], generator), ["block4_pool", "block4", "features.15", "block3_conv2", "features.9", "features.8", "fc1"]);

        Assert.Equal([1, 512, 2, 2], found[0].Shape);
        Assert.Same(found[0], found[1]);
        Assert.Same(found[0], found[2]);
        Assert.Same(found[3], found[4]);
        Assert.True(found[5].Relu().SameAs(found[3]));
        Assert.True(found[5].Min().ToDouble() < 0);
        Assert.Equal([1, 4096], found[6].Shape);
        Assert.Equal(["block1", "block2", "block3", "block4", "block5", "fc6", "fc7"], backbone.Stages);
        Assert.Equal(3, backbone.StageIndex("block4_pool"));
        Assert.Equal("classifier.6", backbone.HeadName);
        AssertDeviation(backbone, "features.18.weight", 0.020833);
        AssertDeviation(backbone, "classifier.3.weight", 0.01);
    }

    [Fact]
    public void VisionTransformer_AnotherSide_IsRefusedByName()
    {
        using Generator generator = new(0);
        string message = Assert.Throws<ArgumentException>(() => Networks.Build("vit_b_16", [3, 256, 256], generator)).Message;
        Assert.Contains("vit_b_16 takes pictures of 224×224", message, StringComparison.Ordinal);
        Assert.Contains("[3, 256, 256]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void VisionTransformer_IsAskedByTheNamesOfItsState()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("vit_b_16", [3, 224, 224], generator);
        backbone.Eval();
        Tensor input = Tensor.Normal([1, 3, 224, 224], generator);

        IReadOnlyList<Tensor> found = backbone.Outputs(input, ["encoder.layers.encoder_layer_9", "ln"]);

        Assert.Equal([1, 197, 768], found[0].Shape);
        Assert.Equal([1, 768], found[1].Shape);
        int next = backbone.StageIndex("encoder.layers.encoder_layer_9") + 1;
        Assert.Equal(11, next);
        Assert.True(found[1].SameAs(backbone.Forward(found[0], next)));
        Assert.Equal(0, backbone.StageOf("class_token"));
        Assert.Equal(0, backbone.StageOf("encoder.pos_embedding"));
        Assert.Equal(2, backbone.StageOf("encoder.layers.encoder_layer_1.mlp.3.weight"));
        AssertDeviation(backbone, "encoder.pos_embedding", 0.02);
        AssertDeviation(backbone, "conv_proj.weight", 0.036084);
        AssertDeviation(backbone, "encoder.layers.encoder_layer_0.mlp.0.weight", 0.022822);
        AssertDeviation(backbone, "encoder.layers.encoder_layer_0.self_attention.in_proj_weight", 0.025516);
        using (Autocast.Begin(ScalarType.BFloat16))
        {
            // Rounded to 2⁻⁹ of itself each, the values after 12 layers are some per cent off.
            double off = (backbone.Forward(input).To(ScalarType.Float32) - found[1]).Abs().Max().ToDouble();
            Assert.InRange(off, 0, 0.1 * found[1].Abs().Max().ToDouble());
        }
    }

    [Fact]
    public void Translate_OldNamesOfAVisionTransformer_BecomeTodays()
    {
        using Tensor one = Tensor.Ones([1]);
        Dictionary<string, Tensor> old = new() { ["encoder.layers.encoder_layer_3.mlp.linear_1.weight"] = one, ["encoder.layers.encoder_layer_3.mlp.linear_2.bias"] = one, ["class_token"] = one };

        Assert.Equal(
            ["encoder.layers.encoder_layer_3.mlp.0.weight", "encoder.layers.encoder_layer_3.mlp.3.bias", "class_token"], Networks.Translate("vit_b_16", old).Keys);
        Assert.Same(old, Networks.Translate("resnet18", old));
    }

    /// <summary>
    /// In bfloat16 every number is off by up to 2⁻⁹ of itself; through a few dozen layers with batch norm, which keeps values
    /// near 1, the errors of the layers add up like a random walk, to some per cent of the greatest feature.
    /// </summary>
    [Theory]
    [InlineData("cifar_resnet20", 32)]
    [InlineData("resnext50_32x4d", 64)]
    [InlineData("mobilenet_v2", 64)]
    [InlineData("mobilenet_v3_small", 64)]
    [InlineData("mobilenetv1-0.25", 64)]
    public void Forward_InBfloat16_FollowsFloat32AndLearns(string name, int side)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Backbone backbone = Networks.Build(name, [3, side, side], generator);
        backbone.UseGenerator(generator);
        Tensor input = Tensor.Normal([2, 3, side, side], generator).ChannelsLast(), exact;
        using (NoGrad.Begin())
        {
            // Statistics as training leaves them: with the first ones, values grow or vanish from layer to layer.
            for (int i = 0; i < 10; i++)
                backbone.Forward(input).Dispose();
            backbone.Eval();
            exact = backbone.Forward(input);
        }

        using (Autocast.Begin(ScalarType.BFloat16))
        {
            Tensor rounded = backbone.Forward(input).To(ScalarType.Float32);
            double off = (rounded - exact).Abs().Max().ToDouble(), greatest = exact.Abs().Max().ToDouble();
            Assert.True(off > 0 && off < 0.1 * greatest, $"off by {off}, the greatest being {greatest}");
            rounded.Square().Mean().Backward();
        }

        Assert.All(backbone.NamedParameters(), static p => Assert.True(double.IsFinite(p.Value.Grad!.Norm().ToDouble()), p.Key));
    }

    [Theory]
    [InlineData("alexnet", "classifier.4.weight", 0.0090211)]
    [InlineData("mobilenet_v3_small", "features.12.0.weight", 0.058926)]
    [InlineData("mobilenet_v3_small", "classifier.0.weight", 0.01)]
    [InlineData("cifar_resnet56", "layer3.1.conv1.weight", 0.058926)]
    public void Build_StartsFromItsDistribution(string name, string parameter, double deviation)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        using Backbone backbone = Networks.Build(name, [3, 224, 224], generator);
        AssertDeviation(backbone, parameter, deviation);
    }

    /// <summary>
    /// n numbers drawn with a deviation σ have one within 5·σ/√(2n): 1.9 % for the smallest tensor here, of 36,864 numbers,
    /// and less than 1 % above 125,000. (σ² is 2 / fan-out for VGG and MobileNetV3, 2 / fan-in for CIFAR, 2 / (fan-in + fan-out)
    /// by Xavier, 1 / (3 · fan-in) as PyTorch starts linear layers.)
    /// </summary>
    private static void AssertDeviation(Backbone backbone, string parameter, double deviation)
    {
        Tensor values = backbone.NamedParameters().First(p => p.Key == parameter).Value.Detach();
        Assert.Equal(deviation, Math.Sqrt(values.Square().Mean().ToDouble()), deviation * (values.Count < 125_000 ? 0.02 : 0.01));
    }
}
