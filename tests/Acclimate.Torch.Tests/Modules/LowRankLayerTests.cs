namespace Acclimate.Torch.Tests.Modules;

public sealed class LowRankLayerTests : IDisposable
{
    private const int Rank = 2;
    private const double Alpha = 3;

    private readonly Generator generator = new(1);

    public static TheoryData<string> Layers => ["linear", "linear of sequences", "1×1", "3×3 with stride and padding", "2×3 with dilation"];

    public void Dispose() => generator.Dispose();

    // The layer sums W x and B (A x) apart; the reference puts W + (α/r) B A together first. Both are float64 sums of under 200 products of
    // order 1: rounding is below 200 · 2·10⁻¹⁶, and 10⁻¹⁰ is ample for gradients too, which sum over as many places.
    [Theory]
    [MemberData(nameof(Layers))]
    public void Forward_WithAddition_IsTheLayerOfTheSummedWeight(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        (LowRankLayer layer, Tensor input, Func<Tensor, Tensor, Tensor> map) = Make(name);
        using (layer)
        {
            layer.AddLowRank(Rank, Alpha, generator);
            (Tensor a, Tensor b) = (layer.LowRankA!, layer.LowRankB!);
            using (NoGrad.Begin())
                b.CopyInPlace(Tensor.Normal(b.Shape, generator, ScalarType.Float64));
            Tensor otherA = a.Detach().Clone().WithGrad(), otherB = b.Detach().Clone().WithGrad(), otherInput = input.Detach().Clone().WithGrad();
            Tensor product = otherB.Reshape(-1, Rank).MatMul(otherA.Reshape(Rank, -1)).Reshape(layer.Weight.Shape);

            Tensor output = layer.Forward(input), expected = map(otherInput, layer.Weight.Detach() + (product * (Alpha / Rank)));

            AssertNear(expected, output);
            output.Square().Sum().Backward();
            expected.Square().Sum().Backward();
            AssertNear(otherA.Grad!, a.Grad!);
            AssertNear(otherB.Grad!, b.Grad!);
            AssertNear(otherInput.Grad!, input.Grad!);
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void AddLowRank_FreshAddition_ChangesNoBitOfTheOutput(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        (LowRankLayer layer, Tensor input, _) = Make(name);
        using (layer)
        {
            Tensor before = layer.Forward(input);
            layer.AddLowRank(Rank, Alpha, generator);

            Assert.True(before.SameAs(layer.Forward(input)));
            Assert.Contains(layer.LowRankA!.ToArray<double>(), static value => value != 0);
            Assert.All(layer.LowRankB!.ToArray<double>(), static value => Assert.Equal(0, value));
            Assert.Equal(["weight", "bias", "lora_A", "lora_B"], layer.NamedState().Select(static pair => pair.Key));
        }
    }

    [Fact]
    public void MergedWeight_OfAConvolution_IsTheSumOverRanks()
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d layer = new(3, 4, 2, generator, type: ScalarType.Float64);
        layer.AddLowRank(Rank, Alpha, generator);
        using (NoGrad.Begin())
            layer.LowRankB!.CopyInPlace(Tensor.Normal([4, Rank, 1, 1], generator, ScalarType.Float64));
        double[] merged = layer.MergedWeight().ToArray<double>(), weight = layer.Weight.ToArray<double>(), a = layer.LowRankA!.ToArray<double>(), b = layer.LowRankB.ToArray<double>();

        // [outputs, inputs · height · width]: 12 numbers an output.
        for (int i = 0; i < merged.Length; i++)
        {
            double sum = 0;
            for (int r = 0; r < Rank; r++)
                sum += b[(i / 12 * Rank) + r] * a[(r * 12) + (i % 12)];
            Assert.Equal(weight[i] + (Alpha / Rank * sum), merged[i], 14);
        }
    }

    // As above: sums of some tens of products in float64.
    [Fact]
    public void Forward_AttentionWithAddition_IsThatOfTheSummedWeight()
    {
        using TensorScope scope = TensorScope.Begin();
        using MultiheadSelfAttention layer = new(6, 2, generator, ScalarType.Float64), plain = new(6, 2, generator, ScalarType.Float64);
        plain.LoadState(layer.NamedState().ToDictionary());
        Tensor input = Tensor.Normal([2, 5, 6], generator, ScalarType.Float64), before = layer.Forward(input);
        layer.AddLowRank(Rank, Alpha, generator);
        Assert.True(before.SameAs(layer.Forward(input)));
        Assert.Equal([18, Rank], layer.LowRankB!.Shape);
        using (NoGrad.Begin())
        {
            layer.LowRankB.CopyInPlace(Tensor.Normal([18, Rank], generator, ScalarType.Float64));
            plain.Weight.CopyInPlace(layer.MergedWeight());
        }

        Tensor moved = layer.Forward(input);
        AssertNear(plain.Forward(input), moved);
        Assert.True((moved - before).Abs().Max().ToDouble() > 0.01);
    }

    [Fact]
    public void AddLowRank_ConvolutionInGroups_IsRefused()
    {
        using Conv2d depthwise = new(4, 4, 3, generator, groups: 4);

        Assert.Equal(0, depthwise.HighestRank);
        Assert.Contains("in groups", Assert.Throws<InvalidOperationException>(() => depthwise.AddLowRank(1, 1, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddLowRank_OutOfRangeOrTwice_IsRefused()
    {
        using Linear layer = new(3, 4, generator);

        Assert.Equal(3, layer.HighestRank);
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.AddLowRank(0, 1, generator));
        Assert.Throws<ArgumentOutOfRangeException>(() => layer.AddLowRank(1, double.NaN, generator));
        layer.AddLowRank(1, 1, generator);
        Assert.Throws<InvalidOperationException>(() => layer.AddLowRank(1, 1, generator));
    }

    [Fact]
    public void Fix_ThenUnfreezeAndTrain_KeepsWhatWasThereAndLetsTheRestLearn()
    {
        using Linear first = new(3, 4, generator);
        using Sequential chain = new(first, new BatchNorm1d(4), new Dropout());
        chain.Fix();
        first.AddLowRank(1, 1, generator);

        foreach (bool frozen in (bool[])[false, true, false])
        {
            if (frozen)
                chain.Freeze();
            else
                chain.Unfreeze();
            chain.Train();
            Assert.Equal(frozen ? [] : ["0.lora_A", "0.lora_B"], chain.NamedParameters().Where(static p => p.Value.RequiresGrad).Select(static p => p.Key));
            Assert.Equal([false, !frozen], chain.Children.Skip(1).Select(static child => child.Value.Training));
        }
    }

    private static void AssertNear(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.ToArray<double>(), actual.ToArray<double>(), static (a, b) => Math.Abs(a - b) <= 1e-10 * Math.Max(1, Math.Abs(a)));
        Assert.Contains(expected.ToArray<double>(), static value => Math.Abs(value) > 1e-3);
    }

    private (LowRankLayer Layer, Tensor Input, Func<Tensor, Tensor, Tensor> Map) Make(string name)
    {
        (Size2 kernel, Size2 stride, Size2 padding, Size2 dilation) = name switch
        {
            "3×3 with stride and padding" => (3, 2, 1, 1),
            "2×3 with dilation" => (new Size2(2, 3), new Size2(1, 1), new Size2(0, 1), new Size2(2, 1)),
            _ => ((Size2)1, (Size2)1, (Size2)0, (Size2)1),
        };
        if (name.StartsWith("linear", StringComparison.Ordinal))
        {
            Linear linear = new(5, 4, generator, type: ScalarType.Float64);
            return (linear, Input(name == "linear" ? [6, 5] : [2, 3, 5]), (input, weight) => Functional.Linear(input, weight, linear.Bias!.Detach()));
        }

        Conv2d layer = new(3, 4, kernel, generator, stride, padding, dilation, type: ScalarType.Float64);
        return (layer, Input([2, 3, 6, 7]), (input, weight) => Functional.Conv2d(input, weight, layer.Bias!.Detach(), stride, padding, dilation));

        Tensor Input(long[] shape) => Tensor.Normal(shape, generator, ScalarType.Float64).WithGrad();
    }
}
