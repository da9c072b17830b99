using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class LowRankTests
{
    private static readonly NetworkSpec Residual = new("resnet18", [3, 32, 32], 4);

    [Fact]
    public void LearnBeside_ToAResNet_HasPublicNamesAndTheBasesOutput()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator one = new(5), other = new(5);
        using ClassifierNetwork plain = new(Residual, one), adapted = new(Residual with { LowRank = new LowRank(3, 6) }, other);
        Tensor input = Tensor.Normal([2, 3, 32, 32], one);
        Dictionary<string, Tensor> state = adapted.NamedState().ToDictionary();

        // 20 convolutions; what both have is the same bits, for the additions are drawn last.
        Assert.Equal(40, state.Keys.Count(LowRankLayer.IsAddition));
        Assert.Equal([3, 64, 3, 3], state["backbone.layer1.0.conv1.lora_A"].Shape);
        Assert.Equal([64, 3, 1, 1], state["backbone.layer1.0.conv1.lora_B"].Shape);
        Assert.Equal([3, 64, 1, 1], state["backbone.layer2.0.downsample.0.lora_A"].Shape);
        Assert.All(plain.NamedState(), pair => Assert.True(pair.Value.SameAs(state[pair.Key]), pair.Key));
        foreach (ClassifierNetwork network in (ClassifierNetwork[])[plain, adapted])
            network.Eval();
        Assert.True(plain.Activate(input).Logits.SameAs(adapted.Activate(input).Logits));
        long expected = state.Where(static pair => LowRankLayer.IsAddition(pair.Key) || pair.Key.StartsWith("head.", StringComparison.Ordinal)).Sum(static pair => pair.Value.Count);
        Assert.Equal(expected, adapted.TrainableParameterCount);
    }

    [Fact]
    public void AddTo_ABackboneWithADepthwiseConvolution_LeavesThatOut()
    {
        using Generator generator = new(1);
        using Backbone backbone = new([("wide", new Conv2d(4, 4, 3, generator, groups: 4)), ("point", new Conv2d(4, 6, 1, generator))], featureSize: 6);

        new LowRank(2, 2).AddTo(backbone, generator);

        Assert.Equal(["wide.weight", "wide.bias", "point.weight", "point.bias", "point.lora_A", "point.lora_B"], backbone.NamedState().Select(static pair => pair.Key));
        Assert.Equal((2 * 4) + (6 * 2), backbone.TrainableParameterCount);
    }

    [Theory]
    [InlineData(0, 1, "a low rank of 0; expected 1 to 256")]
    [InlineData(257, 1, "a low rank of 257; expected 1 to 256")]
    [InlineData(2_000_000_000, 1, "expected 1 to 256")]
    [InlineData(4, -1, "alpha is -1; expected a number above 0")]
    [InlineData(4, double.PositiveInfinity, "expected a number above 0")]
    public void New_RankOrAlphaOutOfRange_IsRefusedBeforeMemoryIsTaken(int rank, double alpha, string words)
    {
        using Generator generator = new(1);
        NetworkSpec spec = new("lenet", [1, 28, 28], 3) { LowRank = new LowRank(rank, alpha) };

        Assert.Contains(words, Assert.Throws<ArgumentException>(() => new ClassifierNetwork(spec, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LearnBeside_Twice_IsRefused()
    {
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [6], 3) { LowRank = new LowRank(2, 2) }, generator);

        Assert.Contains("already", Assert.Throws<ArgumentException>(() => network.LearnBeside(new LowRank(1, 1), generator)).Message, StringComparison.Ordinal);
    }

    // Each of some 20 layers, one behind the other, rounds its merged weights once (2⁻²⁴) and sums in another order, up to 4,608 products, whose
    // error grows as their root: 20 · √4608 · 6·10⁻⁸ ≈ 8·10⁻⁵ of the size of the logits.
    [Theory]
    [InlineData("resnet18")]
    [InlineData("lenet")]
    [InlineData("small-cnn")]
    public void Merged_AfterTheAdditionsMoved_ComputesTheSame(string backbone)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using ClassifierNetwork adapted = new(Residual with { Backbone = backbone, LowRank = new LowRank(4, 8) }, generator);
        adapted.Eval();
        Tensor input = Tensor.Normal([3, 3, 32, 32], generator), start = adapted.Activate(input).Logits;
        using (NoGrad.Begin())
        {
            foreach (LowRankLayer layer in adapted.Modules().OfType<LowRankLayer>().Where(static layer => layer.LowRankB is not null))
                layer.LowRankB!.CopyInPlace(Tensor.Normal(layer.LowRankB.Shape, generator) * 0.05);
        }

        using ClassifierNetwork merged = adapted.Merged(), copy = adapted.Copy();
        merged.Eval();
        copy.Eval();
        Tensor moved = adapted.Activate(input).Logits;

        double size = moved.Abs().Max().ToDouble();
        Assert.Null(merged.Spec.LowRank);
        Assert.DoesNotContain(merged.NamedState(), static pair => LowRankLayer.IsAddition(pair.Key));
        Assert.Equal(merged.ParameterCount, merged.TrainableParameterCount);
        Assert.InRange((merged.Activate(input).Logits - moved).Abs().Max().ToDouble(), 0, 1e-4 * size);
        Assert.True((start - moved).Abs().Max().ToDouble() > 0.01 * size);
        Assert.True(moved.SameAs(copy.Activate(input).Logits));
    }
}
