namespace Acclimate.Torch.Tests.Modules;

public sealed class LayerTests : IDisposable
{
    private readonly Generator generator = new(1);

    public void Dispose() => generator.Dispose();

    [Fact]
    public void BatchNorm_InTraining_MovesItsStatistics()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm1d norm = new(1, type: ScalarType.Float64);
        Tensor output = norm.Forward(Tensor.From([1.0, 3], 2, 1));

        // The batch has mean 2, variance 1 (biased) and 2 (unbiased); ε = 10⁻⁵ takes 5·10⁻⁶ off.
        Assert.Equal([-1.0, 1], output.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(0.2, norm.RunningMean.ToDouble(), 12);
        Assert.Equal(1.1, norm.RunningVariance.ToDouble(), 12);
        Assert.Equal(1, norm.NamedBuffers().Last().Value.ToInt64());
    }

    [Theory]
    [InlineData(true, true, 4)]
    [InlineData(false, false, 4)]
    [InlineData(true, false, 1)]
    public void BatchNorm_FrozenOrInUseOrWithOneSample_UsesItsStatisticsAndKeepsThem(bool training, bool frozen, int samples)
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm1d norm = new(3);
        if (frozen)
            norm.Freeze();
        if (training)
            norm.Train();
        else
            norm.Eval();
        Tensor input = Tensor.Normal([samples, 3], generator);
        Tensor[] before = [.. norm.NamedBuffers().Select(static b => b.Value.Clone())];

        Tensor output = norm.Forward(input);

        // With mean 0, variance 1, γ = 1 and β = 0 only ε is left: x / √(1 + 10⁻⁵).
        Assert.Equal(input.ToArray<float>(), output.ToArray<float>(), (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Abs(a));
        Assert.All(norm.NamedBuffers().Zip(before), static pair => Assert.True(pair.First.Value.SameAs(pair.Second)));
        Assert.Equal(!frozen, output.RequiresGrad);
        if (frozen)
            return;
        output.Sum().Backward();
        Assert.NotNull(norm.Weight.Grad);
    }

    /// <summary>
    /// A convolution hands its layout on only where the weight's strides name it, which for a single channel they need
    /// not: without it every layer behind works in the slower layout.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Conv2d_OfPictures_HandsOnChannelsLast(int channels)
    {
        using TensorScope scope = TensorScope.Begin();
        using Conv2d convolution = new(channels, 4, 3, generator);
        Tensor output = convolution.Forward(Tensor.Normal([2, channels, 8, 8], generator));

        Assert.False(output.IsContiguous);
        Assert.True(output.Permute(0, 2, 3, 1).IsContiguous);
    }

    [Fact]
    public void Relu_InPlace_GivesTheSameOutputAndGradients()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm2d norm = new(3);
        using ReLU apart = new(), inPlace = new(inPlace: true);
        Tensor one = Tensor.Normal([4, 3, 5, 5], generator).WithGrad(), other = one.Detach().Clone().WithGrad();
        Tensor normed = norm.Forward(other);

        Tensor expected = apart.Forward(norm.Forward(one)), output = inPlace.Forward(normed);

        Assert.True(expected.SameAs(output));
        Assert.True(normed.SameAs(output));
        expected.Square().Sum().Backward();
        output.Square().Sum().Backward();
        Assert.True(one.Grad!.SameAs(other.Grad!));
    }

    /// <summary>The same output and gradients as where it tracks, to the bit, but the statistics stay, and what is in use later are they.</summary>
    [Fact]
    public void BatchNorm_ThatDoesNotTrack_NormalisesByTheBatchAndKeepsItsStatistics()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm2d tracking = new(3), norm = new(3) { Tracks = false };
        Tensor one = Tensor.Normal([4, 3, 5, 5], generator) + 2, other = one.Clone();
        Tensor[] before = [.. norm.NamedBuffers().Select(static b => b.Value.Clone())];

        Tensor expected = tracking.Forward(one.WithGrad()), output = norm.Forward(other.WithGrad());

        Assert.True(expected.SameAs(output));
        expected.Square().Sum().Backward();
        output.Square().Sum().Backward();
        Assert.True(one.Grad!.SameAs(other.Grad!));
        Assert.True(tracking.Weight.Grad!.SameAs(norm.Weight.Grad!));
        Assert.All(norm.NamedBuffers().Zip(before), static pair => Assert.True(pair.First.Value.SameAs(pair.Second)));

        norm.Tracks = true;
        norm.Forward(other);
        Assert.All(norm.NamedBuffers().Zip(tracking.NamedBuffers()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value)));
    }

    /// <summary>In use, and in a training batch without variance, the running statistics count whether or not it tracks.</summary>
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 1)]
    public void BatchNorm_ThatDoesNotTrack_InUseOrWithOneSample_UsesItsStatistics(bool training, int samples)
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm1d norm = new(2) { Tracks = false };
        norm.RunningMean.FillInPlace(1);
        if (!training)
            norm.Eval();
        Tensor input = Tensor.Normal([samples, 2], generator);

        float[] expected = (input - 1).ToArray<float>();
        Assert.Equal(expected, norm.Forward(input).ToArray<float>(), static (a, b) => Math.Abs(a - b) <= 1e-5 * (1 + Math.Abs(a)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BatchNorm_Gathering_TakesTheStatisticsOfAllThatWentThrough(bool training)
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm2d norm = new(2, type: ScalarType.Float64) { Tracks = !training };
        if (!training)
            norm.Eval();
        Tensor all = (Tensor.Normal([9, 2, 3, 4], generator, ScalarType.Float64) * 3) + 100;

        norm.StartGathering();
        Tensor before = norm.RunningMean.Clone();
        foreach ((long start, long end) in (ReadOnlySpan<(long, long)>)[(0, 4), (4, 5), (5, 9)])
            norm.Forward(all.Slice(0, start, end));
        Assert.True(norm.RunningMean.SameAs(before));
        norm.FinishGathering();

        // Over 108 values a channel around 100: the textbook sums in float64, and 10⁴·10⁻¹⁶·108 of rounding at most.
        Tensor rows = all.Transpose(0, 1).Reshape(2, -1);
        Assert.Equal(rows.Mean(1).ToArray<double>(), norm.RunningMean.ToArray<double>(), static (a, b) => Math.Abs(a - b) < 1e-10);
        Assert.Equal(rows.Variance(1).ToArray<double>(), norm.RunningVariance.ToArray<double>(), static (a, b) => Math.Abs(a - b) < 1e-10);
    }

    [Fact]
    public void BatchNorm_GatheringLessThanAVariance_KeepsItsStatistics()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchNorm1d norm = new(2);
        norm.Eval();

        norm.StartGathering();
        norm.Forward(Tensor.Ones([1, 2]));
        norm.FinishGathering();

        Assert.Equal([0f, 0], norm.RunningMean.ToArray<float>());
        Assert.Equal([1f, 1], norm.RunningVariance.ToArray<float>());
        Assert.Throws<InvalidOperationException>(norm.FinishGathering);
    }

    [Theory]
    [InlineData(4, 3)]
    [InlineData(4)]
    [InlineData(4, 2, 5, 5)]
    public void BatchNorm1d_OfAnotherShape_IsRefused(params int[] shape)
    {
        using BatchNorm1d norm = new(2);
        using Tensor input = Tensor.Zeros(Array.ConvertAll(shape, static size => (long)size));
        string message = Assert.Throws<ArgumentException>(() => norm.Forward(input)).Message;
        Assert.Contains($"[{string.Join(", ", shape)}]", message);
        Assert.Contains("[samples, channels]", message);
    }

    [Fact]
    public void Dropout_InTraining_KeepsTheExpectedShareAndScalesIt()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = new(new Dropout(0.25));
        network.UseGenerator(generator);
        double[] output = network.Forward(Tensor.Ones([100_000], ScalarType.Float64)).ToArray<double>();
        Assert.Equal([0, 1 / 0.75], output.Distinct().Order());

        // Binomial: the share kept has σ = √(0.25·0.75 / 100,000) = 0.0014; five of them.
        Assert.Equal(0.75, output.Count(static x => x > 0) / 100_000.0, tolerance: 0.007);
    }

    [Fact]
    public void Dropout_OfEverything_GivesZeros()
    {
        using TensorScope scope = TensorScope.Begin();
        Assert.All(Functional.Dropout(Tensor.Ones([50]), 1, generator).ToArray<float>(), static x => Assert.Equal(0, x));
    }

    [Fact]
    public void Dropout_InUse_ChangesNothingAndGivesAHandleOfItsOwn()
    {
        using Dropout dropout = new();
        dropout.Eval();
        using Tensor input = Tensor.Ones([3]);
        using (Tensor output = dropout.Forward(input))
            Assert.True(output.SameAs(input));
        Assert.Equal([3], input.Shape);
    }

    [Fact]
    public void Dropout_WithoutAGenerator_SaysWhatToDo()
    {
        using Dropout dropout = new();
        using Tensor input = Tensor.Ones([3]);
        Assert.Contains("UseGenerator", Assert.Throws<InvalidOperationException>(() => dropout.Forward(input)).Message);
    }

    [Fact]
    public void GaussianNoise_InTraining_HasItsDeviationAndPassesTheGradientOn()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = new(new GaussianNoise(0.5));
        network.UseGenerator(generator);
        Tensor input = Tensor.Ones([100_000], ScalarType.Float64).WithGrad();
        Tensor output = network.Forward(input);

        // Means and deviations of 100,000 draws of σ = 0.5 are off by 0.5/√100,000 = 0.0016 and 0.0011; five of them.
        Assert.Equal(1, output.Mean().ToDouble(), tolerance: 0.008);
        Assert.Equal(0.5, output.StandardDeviation(0).ToDouble(), tolerance: 0.006);
        output.Sum().Backward();
        Assert.All(input.Grad!.ToArray<double>(), static g => Assert.Equal(1, g));
    }

    [Fact]
    public void GaussianNoise_InUse_ChangesNothing()
    {
        using GaussianNoise noise = new(1);
        noise.Eval();
        using Tensor input = Tensor.Ones([3]);
        using Tensor output = noise.Forward(input);
        Assert.True(output.SameAs(input));
    }

    [Fact]
    public void GaussianNoise_WithoutAGenerator_SaysWhatToDo()
    {
        using GaussianNoise noise = new(1);
        using Tensor input = Tensor.Ones([3]);
        Assert.Contains("UseGenerator", Assert.Throws<InvalidOperationException>(() => noise.Forward(input)).Message);
    }

    [Fact]
    public void GradientReversal_WithLambda_TurnsTheGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using GradientReversal reversal = new() { Lambda = 0.5 };
        Tensor x = Tensor.From([2.0, 3]).WithGrad();
        Tensor y = reversal.Forward(x);
        y.Square().Sum().Backward();
        Assert.Equal([2.0, 3], y.ToArray<double>());
        Assert.Equal([-2.0, -3], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Sequential_WithNothingInIt_GivesAHandleOfItsOwn()
    {
        using Sequential network = new(Array.Empty<Module>());
        using Tensor input = Tensor.Ones([2]);
        using Tensor output = network.Forward(input);
        Assert.NotSame(input, output);
        Assert.True(output.SameAs(input));
    }

    [Fact]
    public void Sequential_WhereAPartThrows_LeavesNoTensor()
    {
        using Sequential network = new(new ReLU(), new Linear(3, 2, generator));
        using Tensor input = Tensor.Ones([2, 4]);
        long before = Engine.LiveTensors;
        Assert.Throws<TorchException>(() => network.Forward(input));
        Assert.Equal(before, Engine.LiveTensors);
    }

    [Fact]
    public void Layers_AtTheirDefaults_HaveTheDocumentedShapes()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = new(
            new Conv2d(3, 8, 3, generator, stride: 2, padding: 1),
            new MaxPool2d(2),
            new AvgPool2d((2, 1)),
            new AdaptiveAvgPool2d(2),
            new Flatten());
        Assert.Equal([5, 32], network.Forward(Tensor.Normal([5, 3, 16, 16], generator)).Shape);
    }

    [Fact]
    public void ConvTranspose2d_Kernel4Stride2Padding1_DoublesAPicture()
    {
        using TensorScope scope = TensorScope.Begin();
        using Sequential network = new(new Unflatten(6, 7, 5), new ConvTranspose2d(6, 2, 4, generator, stride: 2, padding: 1));
        Assert.Equal([3, 2, 14, 10], network.Forward(Tensor.Normal([3, 210], generator)).Shape);
    }

    [Fact]
    public void Constructors_OutOfRange_AreRefusedByName()
    {
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new Conv2d(3, 4, 3, generator, groups: 2)).ParamName);
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(3, 4, 3, generator, stride: 0)).ParamName);
        Assert.Equal("padding", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(3, 4, 3, generator, padding: -1)).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => new ConvTranspose2d(3, 4, 3, generator, groups: 2)).ParamName);
        Assert.Equal("stride", Assert.Throws<ArgumentOutOfRangeException>(() => new ConvTranspose2d(3, 4, 3, generator, stride: 0)).ParamName);
        Assert.Equal("extra", Assert.Throws<ArgumentOutOfRangeException>(() => new ConvTranspose2d(3, 4, 3, generator, extra: -1)).ParamName);
        Assert.Equal("deviation", Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianNoise(-1)).ParamName);
        Assert.Equal("inputs", Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(0, 4, generator)).ParamName);
        Assert.Equal("probability", Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(double.NaN)).ParamName);
        Assert.Equal("epsilon", Assert.Throws<ArgumentOutOfRangeException>(() => new BatchNorm2d(4, epsilon: 0)).ParamName);
    }
}
