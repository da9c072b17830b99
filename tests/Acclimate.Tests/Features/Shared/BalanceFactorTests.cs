using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class BalanceFactorTests
{
    [Fact]
    public void Estimate_OnlyTheClassesMoved_IsNearOne()
    {
        // The same two clouds in both domains, but with their classes swapped: no distance between domains, much between classes.
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, int[] labels) = Clouds(1);
        (Tensor target, int[] truth) = Clouds(2);

        double mu = new BalanceFactor(source, labels, target, new FitContext()).Estimate([.. truth.Select(static c => 1 - c)]);

        Assert.InRange(mu, 0.8, 1);
    }

    [Fact]
    public void Estimate_EverythingMoved_IsAHalf()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, int[] labels) = Clouds(1);
        (Tensor target, int[] truth) = Clouds(2);

        double mu = new BalanceFactor(source, labels, target + 50, new FitContext()).Estimate(truth);

        Assert.Equal(0.5, mu, 1e-12);
    }

    [Fact]
    public void Estimate_TooFewSamples_IsAHalf()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor one = Tensor.Ones([1, 2], ScalarType.Float64);

        Assert.Equal(0.5, new BalanceFactor(one, [0], one, new FitContext()).Estimate([0]));
    }

    private static (Tensor Samples, int[] Labels) Clouds(long seed)
    {
        using Generator generator = new(seed);
        int[] labels = [.. Enumerable.Range(0, 200).Select(static i => i % 2)];
        Tensor centres = Tensor.From([.. labels.Select(static c => c == 0 ? -5.0 : 5.0)], 200, 1);
        return (Tensor.Normal([200, 3], generator, ScalarType.Float64) + centres, labels);
    }
}
