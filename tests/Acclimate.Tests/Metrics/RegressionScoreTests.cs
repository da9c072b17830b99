using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Tests.Metrics;

public sealed class RegressionScoreTests
{
    [Fact]
    public void Of_KnownErrors_AreTheFormulas()
    {
        // Errors 1, −1, 2, 0 around values of mean 2.5 and squared spread 5.
        RegressionScore score = RegressionScore.Of([2, 1, 5, 4], [1, 2, 3, 4]);

        Assert.Equal(Math.Sqrt(1.5), score.Rmse.Value, 1e-12);
        Assert.Equal(1, score.Mae.Value, 1e-12);
        Assert.Equal(1 - (6.0 / 5), score.R2.Value, 1e-12);
        Assert.Equal(4, score.Samples);
        Assert.InRange(score.Rmse.Value, score.Rmse.Low, score.Rmse.High);
        Assert.Equal(0, RegressionScore.Of([2.5, 2.5], [2, 3]).R2.Value, 1e-12);
        Assert.True(double.IsNaN(RegressionScore.Of([1, 2], [3, 3]).R2.Value));
        Assert.Equal(score, RegressionScore.Of([2, 1, 5, 4], [1, 2, 3, 4]));
    }

    // The percentile bootstrap of 60 squares of normal errors covers somewhat less than its 95 %; 200 trials tell shares to ±2 %. Below 85 % or always would be a fault.
    [Fact]
    public void Of_ManyTrials_IntervalsHoldTheTruthAboutAsOftenAsTheySay()
    {
        int held = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            using Generator generator = new(trial);
            using Tensor drawn = Tensor.Normal([60], generator, ScalarType.Float64);
            RegressionScore score = RegressionScore.Of(drawn.ToArray<double>(), new double[60], trial);
            held += score.Rmse.Low <= 1 && score.Rmse.High >= 1 ? 1 : 0;
        }

        Assert.InRange(held, 170, 199);
    }

    [Fact]
    public void Of_NotAsMany_IsRefused() =>
        Assert.Contains("2 predictions were given for 1", Assert.Throws<ArgumentException>(() => RegressionScore.Of([1, 2], [1])).Message, StringComparison.Ordinal);
}
