using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class AdaptingComponentAnalysisTests
{
    [Theory]
    [InlineData(KernelChoice.Primal)]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Rbf)]
    public void Fit_AnyKernel_AgreesWithTheDenseProblem(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 51);
        AdaptingComponentAnalysis aca = new() { Kernel = kernel, Gamma = kernel == KernelChoice.Rbf ? 0.1 : null, Mu = 0.5, Dimensions = 4 };

        using FittedFeatures fitted = aca.Fit(data);

        Tensor x = data.Pooled(), k = DenseProblem.Kernel(kernel, 0.1, x), h = DenseProblem.Centring(25);
        Tensor kt = k.Slice(1, 30, 55);
        Tensor structure = kernel == KernelChoice.Rbf ? k.Slice(0, 30, 55).Slice(1, 30, 55) : data.Target.MatMul(data.Target.T);
        Tensor m = DenseProblem.Mmd(data.SourceLabels, null, 25, 3, marginal: 1);
        Tensor s = k.MatMul(m / m.Norm()).MatMul(k.T) + (DenseProblem.Eye(k.Size(0)) * 0.5);
        Tensor b = kt.MatMul(h).MatMul(structure).MatMul(h).MatMul(kt.T);
        Tensor expected = DenseProblem.UnitRows(k.T.MatMul(DenseProblem.Largest(b, s, 4).W));
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Fact]
    public void Fit_Target_KeepsMoreOfItsStructureThanTcaDoes()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 8, seed: 52, shift: 2);
        AdaptingComponentAnalysis aca = new() { Kernel = KernelChoice.Primal, Dimensions = 2, UnitRows = false };
        TransferComponentAnalysis tca = new() { Kernel = KernelChoice.Primal, Dimensions = 2, UnitRows = false };

        Assert.True(Dependence(aca) >= Dependence(tca));

        // HSIC of the projected target and the target, over the projection's own size.
        double Dependence(FeatureMethod method)
        {
            using FittedFeatures fitted = method.Fit(data);
            Tensor z = fitted.Target.Apply(data.Target), h = DenseProblem.Centring(45);
            Tensor kz = h.MatMul(z).MatMul(z.T).MatMul(h), kx = h.MatMul(data.Target).MatMul(data.Target.T).MatMul(h);
            return (kz * kx).Sum().ToDouble() / (kz.Norm().ToDouble() * kx.Norm().ToDouble());
        }
    }
}
