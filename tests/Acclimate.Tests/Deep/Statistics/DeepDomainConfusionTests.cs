using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class DeepDomainConfusionTests
{
    [Fact]
    public void Loss_IsTheSquaredDistanceOfTheMeans_WithItsGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 4).WithGrad(), y = Loops.Sample(2, 3, 4, 0.7).WithGrad();
        using DeepDomainConfusion ddc = new();

        LossTerm term = Assert.Single(ddc.Loss(new TrainingStep(Steps.Half, Steps.Layers(x, x), Steps.Labels(), Steps.Layers(y, y))));

        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        double[] gap = [.. Enumerable.Range(0, 4).Select(d => a.Average(row => row[d]) - b.Average(row => row[d]))];

        // A few dozen float64 operations on numbers of size 1.
        Assert.Equal(gap.Sum(static g => g * g), term.Value.ToDouble(), 1e-14);
        Assert.Equal(0.25 * Steps.HalfRamp, term.Weight, 1e-15);
        Tensor?[] gradients = Tensor.Gradients(term.Value, [x, y]);
        Loops.Near([.. Enumerable.Repeat(gap, 6).SelectMany(static g => g).Select(static g => 2 * g / 6)], gradients[0]!.ToArray<double>(), 1e-14);
        Loops.Near([.. Enumerable.Repeat(gap, 3).SelectMany(static g => g).Select(static g => -2 * g / 3)], gradients[1]!.ToArray<double>(), 1e-14);
    }

    [Fact]
    public void Bottleneck_IsTheAdaptationLayer()
    {
        using DeepDomainConfusion ddc = new() { Width = 32 };

        Assert.Equal(new Bottleneck(32, BottleneckActivation.Relu), ddc.Bottleneck);
    }
}
