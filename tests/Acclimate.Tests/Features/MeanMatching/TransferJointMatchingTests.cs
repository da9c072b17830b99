using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class TransferJointMatchingTests
{
    [Theory]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Rbf)]
    public void Fit_Rounds_AgreeWithTheDenseProblem(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 21);
        TransferJointMatching tjm = new() { Kernel = kernel, Gamma = kernel == KernelChoice.Rbf ? 0.1 : null, Lambda = 0.5, Dimensions = 4, Rounds = 3 };

        using FittedFeatures fitted = tjm.Fit(data);

        // (KMK + λG)A = KHKAΦ with G as the n × n matrix that it is.
        Tensor x = data.Pooled(), k = DenseProblem.Kernel(kernel, 0.1, x), m = DenseProblem.Mmd(data.SourceLabels, null, 25, 3, marginal: 1);
        Tensor b = k.MatMul(DenseProblem.Centring(55)).MatMul(k), kmk = k.MatMul(m / m.Norm()).MatMul(k), g = DenseProblem.Eye(55), a = k;
        for (int round = 0; round < 3; round++)
        {
            a = DenseProblem.Largest(b, kmk + (g * 0.5), 4).W;
            g = Tensor.Concatenate([1 / a.Norm(1).Slice(0, 0, 30), Tensor.Ones([25], ScalarType.Float64)]).Diagonal();
        }

        DenseProblem.AssertSame(DenseProblem.UnitRows(k.MatMul(a)), fitted.Source.Apply(x), 1e-7);
    }

    [Theory]
    [InlineData(KernelChoice.Linear, 0.1)]
    [InlineData(KernelChoice.Linear, 10)]
    [InlineData(KernelChoice.Rbf, 1)]
    public void Fit_UnderTheConstraint_ObjectiveNeverRises(KernelChoice kernel, double lambda)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 22);
        using FittedFeatures fitted = new TransferJointMatching { Kernel = kernel, Lambda = lambda, Scale = ColumnScale.Constraint, Dimensions = 4, Rounds = 15 }.Fit(data);

        // ‖a‖ ≤ ‖a‖²/(2‖a₀‖) + ‖a₀‖/2: each round minimises what bounds the objective from above and touches it at a₀.
        IReadOnlyList<double> objective = fitted.Certificate.Objective;
        Assert.Equal(15, objective.Count);
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First * (1 + 1e-9), $"{pair}"));
        Assert.True(objective[^1] < objective[0]);
    }

    [Fact]
    public void Fit_OneRound_IsTca()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 23);
        using FittedFeatures tjm = new TransferJointMatching { Rounds = 1, Dimensions = 5 }.Fit(data);
        using FittedFeatures tca = new TransferComponentAnalysis { Dimensions = 5 }.Fit(data);

        DenseProblem.AssertSame(tca.Source.Apply(data.Target), tjm.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Fit_Primal_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(9, 9, 3, seed: 24);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new TransferJointMatching { Kernel = KernelChoice.Primal }.Fit(data));
        Assert.Contains("kernel", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("W>D", 88.54)]
    [InlineData("D>W", 85.76)]
    public void Fit_Surf_RecomputedCell(string task, double recomputed) =>
        Assert.Equal(recomputed, RealPairs.Accuracy("surf", task, new TransferJointMatching(), "rowsum,zscore,l2"), 0.005);
}
