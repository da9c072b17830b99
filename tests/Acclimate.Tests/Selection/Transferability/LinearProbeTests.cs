using Acclimate.Data;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

public sealed class LinearProbeTests
{
    [Fact]
    public void Of_SeparateClassesAndNoise_IsAllAndAboutChance()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Labels labels = ScoreCases.Three(150);
        Tensor apart = Tensor.Eye(3).IndexSelect(0, labels.ToTensor()) * 20, noise = Tensor.Normal([150, 3], generator);

        Assert.Equal(1, LinearProbe.Of(apart + noise, labels).Value);

        // A third of 150 draws: 5 standard deviations are 19 %; features that leak from test to training would show as more.
        Assert.InRange(LinearProbe.Of(noise, labels).Value, 0.14, 0.53);
    }

    [Fact]
    public void Of_ConstantFeaturesAndRareClasses_IsTheShareOfTheGreatestClass()
    {
        using Tensor constant = Tensor.Full([10, 4], 0.1);
        Labels labels = new(["a", "b", "never"], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

        Assert.Equal(0.9, LinearProbe.Of(constant, labels).Value);
    }

    [Fact]
    public void Of_FewerSamplesThanFolds_IsRefused()
    {
        using Tensor four = Tensor.Ones([4, 2]);

        Assert.Contains("4 samples; a probe of 5 folds", Assert.Throws<ArgumentException>(() => LinearProbe.Of(four, ScoreCases.Three(4))).Message, StringComparison.Ordinal);
    }
}
