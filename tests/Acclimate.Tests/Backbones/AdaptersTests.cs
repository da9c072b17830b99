using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

/// <summary>What holds for adapters in the networks of every family.</summary>
public sealed class AdaptersTests
{
    private const int Size = 3;
    private const int Classes = 4;

    /// <summary>A network, the shape of a sample, and how many adapters it takes, with the names of the first and the last.</summary>
    public static TheoryData<string, long[], int, string, string> Families => new()
    {
        { "lenet", [3, 28, 28], 3, "conv1_adapter", "fc1_adapter" },
        { "small-cnn", [3, 32, 32], 5, "block1_adapter", "fc1_adapter" },
        { "mlp", [6], 2, "fc1_adapter", "fc2_adapter" },
        { "alexnet", [3, 63, 63], 7, "conv1_adapter", "fc7_adapter" },
        { "vgg11_bn", [3, 32, 32], 7, "block1_adapter", "fc7_adapter" },
        { "resnet18", [3, 32, 32], 8, "layer1.0.adapter", "layer4.1.adapter" },
        { "resnext50_32x4d", [3, 32, 32], 16, "layer1.0.adapter", "layer4.2.adapter" },
        { "cifar_resnet20", [3, 32, 32], 9, "layer1.0.adapter", "layer3.2.adapter" },
        { "mobilenetv1-0.25", [3, 32, 32], 14, "conv1_adapter", "block13_adapter" },
        { "mobilenet_v2", [3, 32, 32], 17, "features.1.adapter", "features.17.adapter" },
        { "mobilenet_v3_small", [3, 32, 32], 11, "features.1.adapter", "features.11.adapter" },
        { "vit_b_16", [3, 224, 224], 24, "encoder.layers.encoder_layer_0.attention_adapter", "encoder.layers.encoder_layer_11.mlp_adapter" },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void LearnBeside_AnyFamily_StartsAsItWasAndOnlyAdaptersLayerNormsAndTheClassifierLearn(string backbone, long[] shape, int count, string first, string last)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using ClassifierNetwork network = new(new NetworkSpec(backbone, shape, Classes), generator);
        Tensor input = Tensor.Normal([2, .. shape], generator);
        network.Eval();
        Tensor before = Quiet(network, input);
        HashSet<string> plain = [.. network.NamedState().Select(static pair => pair.Key)];

        network.LearnBeside(new Adapters(Size), generator);

        // The last layer of each adapter is zero, and x + 0 is x.
        Assert.True(before.SameAs(Quiet(network, input)));
        string[] adapters = [.. network.NamedState().Select(static pair => pair.Key).Where(static name => name.EndsWith("adapter.down.weight", StringComparison.Ordinal)).Select(static name => name["backbone.".Length..^".down.weight".Length])];
        Assert.Equal((count, first, last), (adapters.Length, adapters[0], adapters[^1]));
        Assert.All(network.NamedState(), pair => Assert.Equal(!plain.Contains(pair.Key), Addition.IsPart(pair.Key)));

        // Only a transformer has layer norms.
        string[] learning = [.. network.NamedParameters().Where(static pair => pair.Value.RequiresGrad).Select(static pair => pair.Key)];
        Assert.Equal(
            network.NamedParameters().Select(static pair => pair.Key).Where(static name => Addition.IsPart(name) || IsLayerNorm(name) || name.StartsWith("head.", StringComparison.Ordinal)),
            learning);
        Assert.Equal(backbone == "vit_b_16" ? 50 : 0, learning.Count(IsLayerNorm));
        Assert.Equal(learning.Order(), network.Learnt(network.Spec.Addition!).Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Backward_AnyFamily_ReachesEveryAdapterAndAStateIsTheNetwork(string backbone, long[] shape, int count, string first, string last)
    {
        _ = (count, first, last);
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using ClassifierNetwork network = new(new NetworkSpec(backbone, shape, Classes) { Adapters = new Adapters(Size) }, generator);
        network.Eval();
        using (NoGrad.Begin())
        {
            foreach ((_, Tensor up) in network.NamedParameters().Where(static pair => pair.Key.EndsWith("adapter.up.weight", StringComparison.Ordinal)))
                up.CopyInPlace(Tensor.Normal(up.Shape, generator) * 0.1);
        }

        Tensor input = Tensor.Normal([2, .. shape], generator), logits = network.Forward(input);
        logits.Square().Sum().Backward();

        Assert.All(network.NamedParameters(), static pair => Assert.True(pair.Value.RequiresGrad == (pair.Value.Grad is { } grad && grad.Abs().Max().ToDouble() > 0), pair.Key));
        using ClassifierNetwork copy = network.Copy();
        copy.Eval();
        Assert.True(logits.SameAs(Quiet(copy, input)));
        Assert.Equal(network.Spec, copy.Spec);
        Assert.Equal(network.TrainableParameterCount, copy.TrainableParameterCount);
    }

    [Fact]
    public void LearnBeside_AStageWithoutBlocks_EndsWithItsAdapterAndItsLayersKeepTheirs()
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mobilenetv1-0.25", [3, 32, 32], Classes), generator);
        Backbone backbone = network.Backbone;
        network.Eval();
        Tensor input = Tensor.Normal([1, 3, 32, 32], generator);
        string[] layers = ["conv1_relu", "conv1", "conv_dw_2", "block4", "conv_pw_4_relu", "avgpool"];
        IReadOnlyList<Tensor> before = backbone.Outputs(input, layers);
        string[] stages = [.. backbone.Stages];

        network.LearnBeside(new Adapters(Size), generator);

        Assert.Equal(stages, backbone.Stages);
        Assert.All(before.Zip(backbone.Outputs(input, layers)), static pair => Assert.True(pair.First.SameAs(pair.Second)));
        Assert.Equal(4, backbone.StageOf("block4_adapter.up.weight"));
        Assert.Same(backbone.StageModules(4)[^1].Module, backbone.Children.Single(static child => child.Key == "block4_adapter").Value);
        backbone.NamedParameters().Single(static pair => pair.Key == "block4_adapter.up.bias").Value.FillInPlace(2);
        IReadOnlyList<Tensor> after = backbone.Outputs(input, layers);
        Assert.True(before[4].SameAs(after[4]));
        Assert.True((before[3] + 2.0).SameAs(after[3]));
        Assert.False(before[5].SameAs(after[5]));
    }

    [Theory]
    [InlineData(0, "adapters of 0 features; expected 1 to 256")]
    [InlineData(257, "expected 1 to 256")]
    [InlineData(2_000_000_000, "expected 1 to 256")]
    public void New_SizeOutOfRange_IsRefusedBeforeMemoryIsTaken(int size, string words)
    {
        using Generator generator = new(1);
        NetworkSpec spec = new("lenet", [1, 28, 28], 3) { Adapters = new Adapters(size) };

        Assert.Contains(words, Assert.Throws<ArgumentException>(() => new ClassifierNetwork(spec, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LearnBeside_TwiceOrBesideTheOtherKind_IsRefused()
    {
        using Generator generator = new(1);
        NetworkSpec spec = new("mlp", [6], 3);
        using ClassifierNetwork adapted = new(spec with { Adapters = new Adapters(2) }, generator), lowRank = new(spec with { LowRank = new LowRank(2, 2) }, generator);

        Assert.Contains("already", Assert.Throws<ArgumentException>(() => adapted.LearnBeside(new Adapters(1), generator)).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => adapted.LearnBeside(new LowRank(1, 1), generator)).Message, StringComparison.Ordinal);
        Assert.Contains("already", Assert.Throws<ArgumentException>(() => lowRank.LearnBeside(new Adapters(1), generator)).Message, StringComparison.Ordinal);
        Assert.Contains("not both", Assert.Throws<ArgumentException>(() => new ClassifierNetwork(lowRank.Spec with { Adapters = new Adapters(1) }, generator)).Message, StringComparison.Ordinal);
    }

    /// <summary>Whether a name is that of a transformer's layer norm.</summary>
    private static bool IsLayerNorm(string name) => name.Contains(".ln", StringComparison.Ordinal);

    private static Tensor Quiet(ClassifierNetwork network, Tensor input)
    {
        using NoGrad noGrad = NoGrad.Begin();
        return network.Forward(input);
    }
}
