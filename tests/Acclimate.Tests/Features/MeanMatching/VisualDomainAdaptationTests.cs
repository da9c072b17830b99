using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class VisualDomainAdaptationTests
{
    [Theory]
    [InlineData(KernelChoice.Primal)]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Rbf)]
    public void Fit_Rounds_AgreeWithTheDenseProblem(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 13);
        VisualDomainAdaptation vda = new() { Kernel = kernel, Gamma = kernel == KernelChoice.Rbf ? 0.1 : null, Lambda = 0.5, Within = 2, Dimensions = 4, Rounds = 3 };

        using FittedFeatures fitted = vda.Fit(data);

        Tensor x = data.Pooled(), k = DenseProblem.Kernel(kernel, 0.1, x), within = DenseProblem.Within(k.Slice(1, 0, 30), data.SourceLabels);
        Tensor expected = DenseProblem.Rounds(data, k, k.MatMul(DenseProblem.Centring(55)).MatMul(k.T), 4, 3, pseudo =>
            k.MatMul(DenseProblem.Mmd(data.SourceLabels, pseudo, 25, 3, marginal: 3)).MatMul(k.T)
            + (within * (2 / within.Norm().ToDouble())) + (DenseProblem.Eye(k.Size(0)) * 0.5));
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Fact]
    public void Fit_MoreWeightWithin_ClassesLieCloserTogether()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 8, seed: 14);

        Assert.True(Spread(1000) < Spread(0));

        // The share of the source's scatter that lies within its classes.
        double Spread(double weight)
        {
            using FittedFeatures fitted = new VisualDomainAdaptation { Kernel = KernelChoice.Primal, Within = weight, Dimensions = 2, Rounds = 1, Scale = ColumnScale.Constraint, UnitRows = false }.Fit(data);
            ClassScatter scatter = ClassScatter.Of(fitted.Source.Apply(data.Source), data.SourceLabels, 3);
            double within = scatter.Within.Diagonal().Sum().ToDouble(), between = scatter.Between.Diagonal().Sum().ToDouble();
            return within / (within + between);
        }
    }

    [Theory]
    [InlineData("W>D", 89.18)]
    [InlineData("D>W", 90.85)]
    public void Fit_Surf_NearThePrintedCell(string task, double printed) =>
        Assert.Equal(printed, RealPairs.Accuracy("surf", task, new VisualDomainAdaptation(), "rowsum,zscore,l2"), 1.0);
}
