using Acclimate.Features;
using Acclimate.Features.StructuralRisk;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class EasyTransferLearningTests
{
    [Fact]
    public void Fit_AClassFarFromEverySample_StillGetsTheNearest()
    {
        // Centres at 0, 1 and 10; target samples around 0 and 1, one of them a little nearer to 10.
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Tensor.From([0.0, 1.0, 10.0], 3, 1), target = Tensor.From([0.1, 0.0, 1.1, 1.5, 0.9], 5, 1);

        using FittedFeatures fitted = new EasyTransferLearning { Alignment = IntraDomainAlignment.None }.Fit(new FeatureData(source, [0, 2, 4], 5, target));

        Assert.Equal([0, 0, 2, 4, 2], fitted.TargetLabels!);
        Assert.Equal([0, 0, 2, 2, 2], fitted.Classifier!.Predict(fitted.Target.Apply(target)));
        Assert.InRange(fitted.Certificate.KktResidual!.Value, -1e-12, 1e-12);
    }

    [Fact]
    public void Fit_FewerSamplesThanClasses_TakesTheNearestCentreAndSaysSo()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = Tensor.From([0.0, 1.0, 10.0], 3, 1), target = Tensor.From([0.1, 0.2], 2, 1);

        using FittedFeatures fitted = new EasyTransferLearning { Alignment = IntraDomainAlignment.None }.Fit(new FeatureData(source, [0, 1, 2], 3, target));

        Assert.Null(fitted.TargetLabels);
        Assert.Equal("2 target samples can't give each of 3 classes one: each takes the nearest centre", Assert.Single(fitted.Certificate.Notes));
    }
}
