namespace Acclimate.Torch.Tests.Optimizers;

public sealed class LearningRatesTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 0.1)]
    [InlineData(10, 0.05)]
    [InlineData(25, 0.025)]
    public void Steps_AtAStep_HasDroppedAsOftenAsItShould(long step, double expected) =>
        Assert.Equal(expected, LearningRates.Steps(0.1, step, 10, 0.5), 15);

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(3, 1.0)]
    [InlineData(4, 1.0)]
    [InlineData(9, 0.55)]
    [InlineData(14, 0.1)]
    [InlineData(50, 0.1)]
    public void Cosine_WithWarmUp_RisesAndFalls(long step, double expected) =>
        Assert.Equal(expected, LearningRates.Cosine(1, step, 15, 4, 0.1), 12);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    public void Cosine_OfAShortRun_IsFinite(long total, long warmUp)
    {
        for (long step = 0; step < total + 2; step++)
            Assert.InRange(LearningRates.Cosine(1, step, total, warmUp), 0, 1);
    }

    [Fact]
    public void Inverse_AndAnnealed_FollowTheirFormulas()
    {
        Assert.Equal(0.01 * Math.Pow(1 + (0.002 * 500), -0.75), LearningRates.Inverse(0.01, 500, 0.002), 15);
        Assert.Equal(0.01, LearningRates.Inverse(0.01, 0));
        Assert.Equal(0.01 / Math.Pow(6, 0.75), LearningRates.Annealed(0.01, 0.5), 15);
        Assert.Equal(0.01, LearningRates.Annealed(0.01, 0));
    }

    [Fact]
    public void Arguments_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRates.Steps(1, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRates.Steps(1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRates.Cosine(1, 0, 3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRates.Inverse(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRates.Annealed(1, double.NaN));
    }
}
