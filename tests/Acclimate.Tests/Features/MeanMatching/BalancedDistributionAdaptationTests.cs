using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class BalancedDistributionAdaptationTests
{
    [Theory]
    [InlineData(BalanceMode.Bda, 0.3)]
    [InlineData(BalanceMode.Bda, 1)]
    [InlineData(BalanceMode.WBda, 0.6)]
    public void Fit_Rounds_AgreeWithTheDenseProblem(BalanceMode mode, double mu)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(31, 25, 7, seed: 15);
        BalancedDistributionAdaptation bda = new() { Mode = mode, Mu = mu, Lambda = 0.5, Dimensions = 4, Rounds = 3 };

        using FittedFeatures fitted = bda.Fit(data);

        Tensor x = data.Pooled(), k = DenseProblem.Kernel(KernelChoice.Linear, 0, x);
        Tensor expected = DenseProblem.Rounds(data, k, k.MatMul(DenseProblem.Centring(56)).MatMul(k.T), 4, 3, pseudo =>
        {
            double marginal = pseudo is null ? 1 : (1 - mu) * 3;
            Tensor m = DenseProblem.Mmd(data.SourceLabels, pseudo, 25, 3, marginal, mu, mode == BalanceMode.WBda);
            return k.MatMul(m / m.Norm()).MatMul(k.T) + (DenseProblem.Eye(k.Size(0)) * 0.5);
        });
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Fact]
    public void Fit_MuZero_IsTca()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 16);
        using FittedFeatures bda = new BalancedDistributionAdaptation { Mu = 0, Dimensions = 5, Rounds = 3 }.Fit(data);
        using FittedFeatures tca = new TransferComponentAnalysis { Dimensions = 5 }.Fit(data);

        DenseProblem.AssertSame(tca.Source.Apply(data.Target), bda.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Fit_MuOneHalf_IsJda()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 17);
        using FittedFeatures bda = new BalancedDistributionAdaptation { Mu = 0.5, Dimensions = 5, Rounds = 3 }.Fit(data);
        using FittedFeatures jda = new JointDistributionAdaptation { Dimensions = 5, Rounds = 3 }.Fit(data);

        DenseProblem.AssertSame(jda.Source.Apply(data.Target), bda.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Estimate_ClassesMoveApartAndTheMeansDoNot_IsAboveAHalf()
    {
        // Two classes on either side of the first axis change places: as wholes the domains are the same.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(18);
        int[] labels = [.. Enumerable.Range(0, 200).Select(static i => i % 2)];
        Tensor source = Samples(3, 0);
        FeatureData swapped = new(source, labels, 2, Samples(-3, 0)), moved = new(source, labels, 2, Samples(3, 9));

        Assert.InRange(new BalanceFactor(swapped.Source, swapped.SourceLabels, swapped.Target, new FitContext()).Estimate(labels), 0.9, 1);

        // Moved along the second axis, the wholes are as easily told apart as the classes.
        Assert.InRange(new BalanceFactor(moved.Source, moved.SourceLabels, moved.Target, new FitContext()).Estimate(labels), 0.45, 0.55);

        Tensor Samples(double side, double along) => Tensor.Normal([200, 2], generator, ScalarType.Float64)
            + Tensor.From<double>([.. labels.SelectMany(l => (double[])[l == 0 ? -side : side, along])], 200, 2);
    }

    [Theory]
    [InlineData("U>M", 59.90)]
    public void Fit_DigitsWithEstimatedMu_NearThePrintedCell(string task, double printed)
    {
        BalancedDistributionAdaptation bda = new() { Kernel = KernelChoice.Primal, Lambda = 0.1, Mu = null };
        Assert.Equal(printed, RealPairs.Accuracy("digits", task, bda, "l2"), 1.0);
    }
}
