using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Discrepancies;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class JointAdaptationNetworkTests
{
    [Fact]
    public void Loss_IsTheLoopOverPairsOfBothLayers()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 7), y = Loops.Sample(2, 4, 7, 0.7);
        using JointAdaptationNetwork jan = new();

        LossTerm term = Assert.Single(jan.Loss(Step(x, y)));

        double[][] a = Loops.Rows(x), b = Loops.Rows(y);
        double[][] fa = Steps.Columns(a, 0, 4), fb = Steps.Columns(b, 0, 4), pa = Steps.Softmax(Steps.Columns(a, 4, 7)), pb = Steps.Softmax(Steps.Columns(b, 4, 7));
        double[] variances = Steps.Around(fa, fb, 5);
        double Kernel(double[] f, double[] g, double[] p, double[] q) => variances.Sum(v => Loops.Kernel(f, g, v)) * Math.Exp(-Loops.Squared(p, q) / 1.68);
        double expected = Within(fa, pa) + Within(fb, pb);
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < 4; j++)
                expected -= 2 * Kernel(fa[i], fb[j], pa[i], pb[j]) / 24;
        }

        // A few hundred float64 operations on numbers of size 5.
        Assert.Equal(expected, term.Value.ToDouble(), 1e-12);
        Assert.Equal(0.3 * Steps.HalfRamp, term.Weight, 1e-15);

        double Within(double[][] f, double[][] p)
        {
            double sum = 0;
            for (int i = 0; i < f.Length; i++)
            {
                for (int j = 0; j < f.Length; j++)
                    sum += i == j ? 0 : Kernel(f[i], f[j], p[i], p[j]);
            }

            return sum / (f.Length * (f.Length - 1));
        }
    }

    // Only the probabilities, whose bandwidth is fixed: the whole slope is then that of the loss, through the softmax too.
    [Theory]
    [InlineData(MmdEstimator.QuadraticUnbiased)]
    [InlineData(MmdEstimator.LinearUnbiased)]
    public void Loss_Gradients_AgreeWithFiniteDifferences(MmdEstimator estimator)
    {
        using Tensor x = Loops.Sample(3, 5, 7), y = Loops.Sample(4, 4, 7, 0.7);
        using JointAdaptationNetwork jan = new() { Layers = ["probabilities"], Estimator = estimator };

        Loops.CheckGradients(x, y, (a, b) =>
        {
            using TensorScope scope = TensorScope.Begin();
            return scope.Keep(jan.Loss(Step(a, b))[0].Value);
        });
    }

    [Fact]
    public void Loss_OneSampleOfADomain_IsTheBiasedEstimate()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 3, 7), y = Loops.Sample(6, 1, 7);
        using JointAdaptationNetwork unbiased = new(), biased = new() { Estimator = MmdEstimator.QuadraticBiased };

        Assert.Equal(biased.Loss(Step(x, y))[0].Value.ToDouble(), unbiased.Loss(Step(x, y))[0].Value.ToDouble());
    }

    internal static TrainingStep Step(Tensor x, Tensor y) => new(Steps.Half, Steps.Split(x, 4), Steps.Labels(), Steps.Split(y, 4));
}
