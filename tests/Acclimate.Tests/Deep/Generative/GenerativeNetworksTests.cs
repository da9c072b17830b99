using Acclimate.Deep.Generative;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Generative;

public sealed class GenerativeNetworksTests : IDisposable
{
    private readonly Generator generator = new(1);

    public void Dispose() => generator.Dispose();

    [Theory]
    [InlineData(7)]
    [InlineData(1, 28, 28)]
    [InlineData(3, 30, 27)]
    [InlineData(1, 64, 64)]
    [InlineData(2, 5, 4)]
    public void Networks_AnyShape_GiveSamplesOfTheSameShapeAndOneScoreEach(params int[] sizes)
    {
        long[] shape = Array.ConvertAll(sizes, static size => (long)size);
        using TensorScope scope = TensorScope.Begin();
        using ResidualGenerator redraw = new(shape, 4, 1, 3, generator);
        using SharedLatentNetworks shared = new(10, shape, 16, () => new SampleDiscriminator(shape, 2, 0.1, 0.2, generator), generator);
        redraw.UseGenerator(generator);
        shared.UseGenerator(generator);
        Tensor samples = Tensor.Normal([3, .. shape], generator);

        Assert.Equal(samples.Shape, redraw.Forward(samples).Shape);
        Tensor drawn = shared.Crop(shared.ToTarget.Forward(shared.Forward(Tensor.Normal([3, 10], generator))));
        Assert.Equal(samples.Shape, drawn.Shape);
        Assert.Equal([3], shared.OfTarget.Forward(drawn).Shape);
    }

    [Fact]
    public void ResidualGenerator_AtTheStart_GivesTheSourceAndThenDependsOnTheNoise()
    {
        using TensorScope scope = TensorScope.Begin();
        using ResidualGenerator redraw = new([1, 8, 8], 4, 1, 3, generator);
        redraw.UseGenerator(generator);
        Tensor samples = Tensor.Normal([2, 1, 8, 8], generator);
        Assert.True(redraw.Forward(samples).SameAs(samples));

        using NoGrad noGrad = NoGrad.Begin();
        foreach ((_, Tensor parameter) in redraw.NamedParameters())
            parameter.AddInPlace(Tensor.Normal(parameter.Shape, generator), 0.1);
        Assert.False(redraw.Forward(samples).SameAs(redraw.Forward(samples)));
    }

    [Fact]
    public void SharedLatentNetworks_Decoders_HaveTheirFirstLayersInCommon()
    {
        using SharedLatentNetworks shared = new(10, [1, 28, 28], 16, () => new SampleDiscriminator([1, 28, 28], 2, 0, 0, generator), generator);

        string[] names = [.. shared.NamedParameters().Select(static p => p.Key)];

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Contains("shared.4.weight", names);
        Assert.Contains("to_source.0.weight", names);
        Assert.Contains("to_target.0.weight", names);
    }

    // σ(±1000) is 0 or 1 in every floating-point type: a loss that took its logarithm would be infinite.
    [Fact]
    public void LogisticGan_LargeScores_StaysExact()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor sure = Tensor.From([1000f, -1000f]);

        Assert.Equal(1000, LogisticGan.Discriminate(sure, sure).ToDouble());
        Assert.Equal(500, LogisticGan.Deceive(sure).ToDouble());
        Assert.Equal(2 * Math.Log(2), LogisticGan.Discriminate(sure.ZerosLike(), sure.ZerosLike()).ToDouble(), 1e-7);
    }
}
