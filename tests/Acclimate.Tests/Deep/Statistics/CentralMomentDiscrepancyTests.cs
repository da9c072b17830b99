using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class CentralMomentDiscrepancyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Loss_IsTheLoopOverMoments_ScaledForTanh(int moments)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 4).Tanh(), y = Loops.Sample(2, 5, 4, 0.7).Tanh();
        using CentralMomentDiscrepancy cmd = new() { Moments = moments };

        LossTerm term = Assert.Single(cmd.Loss(Step(x, y)));

        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        double expected = Math.Sqrt(Enumerable.Range(0, 4).Sum(d => Math.Pow(Moment(a, d, 1) - Moment(b, d, 1), 2))) / 2;
        for (int k = 2; k <= moments; k++)
            expected += Math.Sqrt(Enumerable.Range(0, 4).Sum(d => Math.Pow(Moment(a, d, k) - Moment(b, d, k), 2))) / Math.Pow(2, k);

        // A few hundred float64 operations on numbers below 1.
        Assert.Equal(expected, term.Value.ToDouble(), 1e-13);
        Assert.Equal(Steps.HalfRamp, term.Weight, 1e-15);
    }

    [Fact]
    public void Loss_Gradients_AgreeWithFiniteDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 5, 4).Tanh(), y = Loops.Sample(4, 4, 4, 0.7).Tanh();
        using CentralMomentDiscrepancy cmd = new();

        Loops.CheckGradients(x, y, (a, b) => cmd.Loss(Step(a, b))[0].Value);
    }

    // The bounds by which moments are scaled hold for what the network gives, whatever goes in.
    [Fact]
    public void Bottleneck_Features_LieWithinTheBounds()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using CentralMomentDiscrepancy cmd = new() { Width = 7 };
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [6], 3) { Bottleneck = cmd.Bottleneck }, generator);

        Tensor features = network.Activate(Tensor.Normal([8, 6], generator) * 1e3).Features;

        Assert.Equal([8, 7], features.Shape);
        Assert.True(features.Abs().Max().ToDouble() <= 1);
    }

    private static TrainingStep Step(Tensor x, Tensor y) => new(Steps.Half, Steps.Layers(x, x), Steps.Labels(), Steps.Layers(y, y));

    private static double Moment(double[][] rows, int d, int k)
    {
        double mean = rows.Average(row => row[d]);
        return k == 1 ? mean : rows.Average(row => Math.Pow(row[d] - mean, k));
    }
}
