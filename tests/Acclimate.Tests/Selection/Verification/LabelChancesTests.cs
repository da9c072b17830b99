using Acclimate.Generated;
using Acclimate.Selection.Verification;

namespace Acclimate.Tests.Selection.Verification;

public sealed class LabelChancesTests
{
    // 20,000 draws: a share's standard error is at most 0.0035, and four of these are allowed.
    [Theory]
    [InlineData(40, 0.3, 0.05, 0.75)]
    [InlineData(20, 0.2, 0.1, 0.9)]
    [InlineData(10, 0.1, 0.03, 1)]
    public void Of_Labels_ComesToWhatDrawsShow(int labels, double rate, double difference, double oneRight)
    {
        const int draws = 20_000;
        RandomStream random = new(5, labels);
        double q = (1 + (difference / (rate * oneRight))) / 2;
        (int right, int wrong, int decided) = (0, 0, 0);
        for (int i = 0; i < draws; i++)
        {
            (int better, int worse) = (0, 0);
            for (int k = 0; k < labels; k++)
            {
                bool one = random.Chance((float)oneRight), isBetter = random.Chance((float)q);
                (better, worse) = (better + (one && isBetter ? 1 : 0), worse + (one && !isBetter ? 1 : 0));
            }

            right += better > worse ? 1 : 0;
            wrong += better < worse ? 1 : 0;
            decided += better > worse && PairedTest.IsDecided(better, worse) ? 1 : 0;
        }

        LabelChances found = LabelChances.Of(labels, rate, difference, oneRight);

        Assert.Equal((double)right / draws, found.Right, 0.014);
        Assert.Equal((double)wrong / draws, found.Wrong, 0.014);
        Assert.Equal((double)decided / draws, found.Decided, 0.014);
    }

    // The bar of 90 % with 40 labels: wherever the models differ by a fifth of their disagreements or more.
    [Fact]
    public void Of_40Labels_PointToTheBetterModelIn90PercentWhereItIsBetterOnAFifthOfTheDisagreements()
    {
        int cells = 0;
        for (double rate = 0.04; rate < 0.7; rate += 0.02)
        {
            for (double difference = Math.Max(0.03, rate / 5); difference <= rate * LabelChances.UsualOneRight; difference += 0.01)
            {
                Assert.True(LabelChances.Of(40, rate, difference).Right >= 0.9, $"{rate} {difference}");
                cells++;
            }
        }

        Assert.True(cells > 300);
    }

    [Fact]
    public void Of_EqualModels_DecidesForEitherInNoMoreThanFivePercent()
    {
        foreach (int labels in (int[])[10, 40, 100])
            Assert.InRange(2 * LabelChances.Of(labels, 0.3, 0).Decided, 0, 0.05);
    }

    [Fact]
    public void Of_AnyLabels_RightWrongAndTieMakeAll()
    {
        LabelChances one = LabelChances.Of(1, 0.4, 0.2, 0.5);

        // q = ½ (1 + 0.2/(0.4 · 0.5)) = 1.
        Assert.Equal((0.5, 0.0, 0.0), (one.Right, one.Wrong, one.Decided));
    }

    [Theory]
    [InlineData(0, 0.2, 0.1, 0.75)]
    [InlineData(40, 0, 0.1, 0.75)]
    [InlineData(40, 0.2, 0.16, 0.75)]
    [InlineData(40, 0.2, -0.1, 0.75)]
    [InlineData(40, 0.2, 0.1, 0)]
    public void Of_NumbersOutOfRange_AreRefused(int labels, double rate, double difference, double oneRight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelChances.Of(labels, rate, difference, oneRight));
}
