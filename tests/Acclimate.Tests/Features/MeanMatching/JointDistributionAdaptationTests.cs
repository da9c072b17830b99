using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class JointDistributionAdaptationTests
{
    [Theory]
    [InlineData(KernelChoice.Primal)]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Rbf)]
    public void Fit_Rounds_AgreeWithTheDenseProblem(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 11);
        JointDistributionAdaptation jda = new() { Kernel = kernel, Gamma = kernel == KernelChoice.Rbf ? 0.1 : null, Lambda = 0.5, Dimensions = 4, Rounds = 3 };

        using FittedFeatures fitted = jda.Fit(data);

        Tensor x = data.Pooled(), k = DenseProblem.Kernel(kernel, 0.1, x);
        Tensor expected = DenseProblem.Rounds(data, k, k.MatMul(DenseProblem.Centring(55)).MatMul(k.T), 4, 3, pseudo =>
        {
            Tensor m = DenseProblem.Mmd(data.SourceLabels, pseudo, 25, 3, marginal: 3);
            return k.MatMul(m / m.Norm()).MatMul(k.T) + (DenseProblem.Eye(k.Size(0)) * 0.5);
        });
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Fact]
    public void Fit_OneRound_IsTca()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 12);
        using FittedFeatures jda = new JointDistributionAdaptation { Rounds = 1, Dimensions = 5, Lambda = 0.3 }.Fit(data);
        using FittedFeatures tca = new TransferComponentAnalysis { Dimensions = 5, Mu = 0.3 }.Fit(data);

        DenseProblem.AssertSame(tca.Source.Apply(data.Target), jda.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Fit_ClassesThatTheSourceLacks_ChangeNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 18);
        int[] gaps = [1, 2, 5];
        FeatureData named = new(data.Source, [.. data.SourceLabels.Select(label => gaps[label])], 7, data.Target);
        using FittedFeatures one = new JointDistributionAdaptation { Dimensions = 5 }.Fit(data), other = new JointDistributionAdaptation { Dimensions = 5 }.Fit(named);

        DenseProblem.AssertSame(one.Source.Apply(data.Target), other.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Fit_OneTargetSample_ClassesWithoutPseudoLabelsAreLeftOut()
    {
        // Its one pseudo-label leaves two of the three classes without a mean to compare.
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 1, 7, seed: 19);
        using FittedFeatures fitted = new JointDistributionAdaptation { Kernel = KernelChoice.Primal, Lambda = 0.5, Dimensions = 4, Rounds = 3 }.Fit(data);

        Tensor x = data.Pooled(), k = x.T;
        Tensor expected = DenseProblem.Rounds(data, k, k.MatMul(DenseProblem.Centring(31)).MatMul(k.T), 4, 3, pseudo =>
        {
            Tensor m = DenseProblem.Mmd(data.SourceLabels, pseudo, 1, 3, marginal: 3);
            return k.MatMul(m / m.Norm()).MatMul(k.T) + (DenseProblem.Eye(7) * 0.5);
        });
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Theory]
    [InlineData("W>D", 89.17)]
    [InlineData("D>W", 89.49)]
    [InlineData("C>A", 44.78)]
    public void Fit_Surf_PrintedCell(string task, double printed) =>
        Assert.Equal(printed, RealPairs.Accuracy("surf", task, new JointDistributionAdaptation(), "rowsum,zscore,l2"), 0.005);

    [Theory]
    [InlineData("U>M", 59.65)]
    [InlineData("M>U", 67.28)]
    public void Fit_Digits_PrintedCell(string task, double printed) =>
        Assert.Equal(printed, RealPairs.Accuracy("digits", task, new JointDistributionAdaptation { Kernel = KernelChoice.Primal, Lambda = 0.1 }, "l2"), 0.005);
}
