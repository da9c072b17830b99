using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class KernelFeaturesTests
{
    [Theory]
    [InlineData(KernelChoice.Primal, 40, 1e-12)]
    [InlineData(KernelChoice.Linear, 40, 1e-12)]
    [InlineData(KernelChoice.Rbf, 40, 1e-10)]
    [InlineData(KernelChoice.Rbf, KernelCoordinates.Limit + 1, 1e-2)] // approximated; in three dimensions that is nearly exact
    public void Features_OfAKernel_HaveItsInnerProducts(KernelChoice choice, int count, double tolerance)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Tensor.Normal([count, 3], generator, ScalarType.Float64), some = x.Slice(0, 0, 40);

        (FeatureMap map, _) = KernelCoordinates.Features(choice, 0.2, x, new FitContext());

        Tensor phi = map.Apply(some);
        Tensor k = choice == KernelChoice.Rbf ? Kernel.Rbf(0.2).Evaluate(some, some) : some.MatMul(some.T);
        Assert.True((phi.MatMul(phi.T) - k).Norm().ToDouble() <= tolerance * k.Norm().ToDouble());
    }
}
