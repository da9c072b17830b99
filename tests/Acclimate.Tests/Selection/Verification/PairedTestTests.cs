using Acclimate.Metrics;
using Acclimate.Selection.Verification;

namespace Acclimate.Tests.Selection.Verification;

public sealed class PairedTestTests
{
    /// <summary>So many disagreements that those with a label are none of them to speak of.</summary>
    private const int Many = 1_000_000;

    // The sum over all outcomes of 40 labels is exact; the interval is made of two that cover 95 % each, and is taken at their corners.
    [Theory]
    [InlineData(0.3, 0.5)]
    [InlineData(0.5, 0.6)]
    [InlineData(0.75, 0.5)]
    [InlineData(0.75, 0.7)]
    [InlineData(0.75, 0.97)]
    [InlineData(1, 0.55)]
    [InlineData(1, 1)]
    public void Interval_EveryOutcomeOf40Labels_CoversTheTruthIn95Percent(double oneRight, double better)
    {
        double truth = 0.5 * oneRight * ((2 * better) - 1), covered = 0;
        for (int m = 0; m <= 40; m++)
        {
            for (int a = 0; a <= m; a++)
            {
                PairedTest test = new(a, m - a, 40 - m, Many, 2 * Many);
                if (test.Low - 1e-12 <= truth && truth <= test.High + 1e-12)
                    covered += Binomial.Mass(m, 40, oneRight) * Binomial.Mass(a, m, better);
            }
        }

        Assert.InRange(covered, 0.95, 1 + 1e-9);
    }

    // One label from each of 40 strata, of which the first so many have the adapted model right with α₁ and the source's with β₁, the others with α₂ and β₂, equally good together:
    // the exact chance that the test calls them different.
    [Theory]
    [InlineData(20, 0.5, 0.5)]
    [InlineData(20, 0.6, 0.4)]
    [InlineData(20, 0.9, 0.1)]
    [InlineData(20, 0.3, 0.1)]
    [InlineData(10, 0.6, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(25, 0.504, 0.493)]
    public void Decided_EquallyGoodModelsInStrataThatDiffer_ErrsInLessThanItsLevel(int first, double adapted, double source)
    {
        const int n = 40;
        double left = first * (adapted - source), shared = (1 - (left / (n - first))) / 2;
        double[,] chance = new double[n + 1, n + 1];
        chance[0, 0] = 1;
        for (int stratum = 0; stratum < n; stratum++)
        {
            (double a, double b) = stratum < first ? (adapted, source) : (shared, shared + (left / (n - first)));
            for (int i = stratum + 1; i >= 0; i--)
            {
                for (int j = stratum + 1 - i; j >= 0; j--)
                    chance[i, j] = (chance[i, j] * (1 - a - b)) + (i > 0 ? chance[i - 1, j] * a : 0) + (j > 0 ? chance[i, j - 1] * b : 0);
            }
        }

        double errs = 0, all = 0;
        for (int i = 0; i <= n; i++)
        {
            for (int j = 0; i + j <= n; j++)
            {
                all += chance[i, j];
                errs += i + j > 0 && new PairedTest(i, j, n - i - j, Many, Many).Decided ? chance[i, j] : 0;
            }
        }

        Assert.Equal(1, all, 1e-9);
        Assert.InRange(errs, 0, PairedTest.Level);
    }

    [Fact]
    public void Decided_AnyCounts_IsWhereTheIntervalLeavesOutZero()
    {
        for (int a = 0; a <= 14; a++)
        {
            for (int b = 0; b <= 14; b++)
            {
                PairedTest test = new(a, b, 5, Many, Many);
                Assert.Equal(test.Decided, test.Low > 0 || test.High < 0);
                Assert.InRange(test.Difference, test.Low, test.High);
                Assert.Equal(test.Decided, test.PValue <= 0.05);
            }
        }
    }

    [Fact]
    public void Counts_Exchanged_TurnTheSigns()
    {
        PairedTest one = new(13, 4, 6, 300, 1000), other = new(4, 13, 6, 300, 1000);

        Assert.Equal(one.PValue, other.PValue);
        Assert.Equal(one.Difference, -other.Difference, 1e-15);
        Assert.Equal(one.Low, -other.High, 1e-12);
        Assert.Equal(one.MoreLabels, other.MoreLabels);
    }

    [Fact]
    public void EveryDisagreementLabelled_IsCountedNotEstimated()
    {
        PairedTest test = new(9, 8, 3, 20, 200);

        Assert.True(test.Decided);
        Assert.Equal((1.0 / 200, 1.0 / 200, 1.0 / 200), (test.Low, test.Difference, test.High));
        Assert.Equal(0, test.MoreLabels);
    }

    [Fact]
    public void LeadThatTheRestCantOverturn_IsDecided()
    {
        Assert.True(new PairedTest(8, 4, 0, 15, 200).Decided);
        Assert.False(new PairedTest(8, 4, 0, 16, 200).Decided);
    }

    [Fact]
    public void NeitherLeads_NothingIsSaidOfMoreLabels()
    {
        PairedTest test = new(6, 6, 3, 100, 1000);

        Assert.Equal((0, 1.0, null), (test.Lead, test.PValue, test.MoreLabels));
        Assert.False(test.Decided);
    }

    // The formula's normal approximation is off by a few hundredths at some dozens of labels.
    [Theory]
    [InlineData(11, 9, 7)]
    [InlineData(14, 8, 8)]
    [InlineData(20, 13, 7)]
    [InlineData(9, 4, 0)]
    public void MoreLabels_Given_DecideAboutAsOftenAsPromised(int a, int b, int neither)
    {
        PairedTest test = new(a, b, neither, Many, Many);
        int labels = test.Labels + test.MoreLabels!.Value;

        LabelChances chances = LabelChances.Of(labels, 1, test.Difference, (double)(a + b) / test.Labels);

        Assert.InRange(chances.Decided, PairedTest.Power - 0.08, PairedTest.Power + 0.05);
    }

    [Fact]
    public void MoreLabels_OneLabel_AsksForSixOfOneMindAtLeast() => Assert.Equal(5, new PairedTest(1, 0, 0, Many, Many).MoreLabels);

    [Fact]
    public void MoreLabels_FewDisagreementsLeft_AsksForNoMoreThanThese() => Assert.Equal(10, new PairedTest(21, 20, 0, 51, 1000).MoreLabels);

    [Theory]
    [InlineData(0, 0, 0, 10, 100)]
    [InlineData(-1, 3, 0, 10, 100)]
    [InlineData(6, 3, 2, 10, 100)]
    [InlineData(6, 3, 0, 101, 100)]
    public void Counts_ThatDontGoTogether_AreRefused(int a, int b, int neither, int disagreements, int samples) =>
        Assert.Throws<ArgumentException>(() => new PairedTest(a, b, neither, disagreements, samples));
}
