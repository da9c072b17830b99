using Acclimate.Selection.Experience;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class ReflectionTests
{
    [Fact]
    public void Expect_WhereThePairDecides_SaysWhichMethodFits()
    {
        // "near" gains where domains are close, "far" where they are apart; neither is better on the whole.
        Reflection learnt = Reflection.Learn([.. Pairs(40).SelectMany(static pair => new[]
        {
            Some.Experience("near", 10 * (1 - pair.ADistance), pair, $"t{pair.SourceSamples}"),
            Some.Experience("far", 10 * (pair.ADistance - 1), pair, $"t{pair.SourceSamples}"),
        })]);

        Assert.True(learnt.Share > 0, $"q = {learnt.Share}");
        Assert.Equal(["near", "far"], learnt.Order(Some.Pair with { ADistance = 0.3 }, ["far", "near"]));
        Assert.Equal(["far", "near"], learnt.Order(Some.Pair with { ADistance = 1.7 }, ["near", "far"]));
    }

    [Fact]
    public void Order_AfterTheFirst_IsThatOfMeanGains()
    {
        // On the whole "near" and "far" gain nothing; here "far" would be the last by the pair, and "low" the last by the means.
        Reflection learnt = Reflection.Learn(NearOrFar(static (i, pair) => $"t{i}").Concat(Pairs(40).SelectMany(static pair => new[]
        {
            Some.Experience("steady", 3, pair, $"t{pair.SourceSamples}"),
            Some.Experience("low", -3, pair, $"t{pair.SourceSamples}"),
        })));
        PairStatistics near = Some.Pair with { ADistance = 0.1 };
        Assert.True(learnt.Expect(near, "far").Gain < learnt.Expect(near, "low").Gain);

        IReadOnlyList<string> order = learnt.Order(near, ["low", "far", "steady", "near"]);

        Assert.Equal(["near", "steady", "far", "low"], order);
        Assert.Empty(learnt.Order(near, []));
    }

    // Four groups of five pairs, at the corners of a square: whoever knows the group knows the gain, but the two next to it gain the opposite, so that no other group tells.
    [Fact]
    public void Learn_StatisticsThatOnlyTellTheGroups_AreHeededWithinOneGroupAndNotAcross()
    {
        Reflection across = Reflection.Learn(Corners(static group => $"domain {group}")), within = Reflection.Learn(Corners(static _ => "domain"));
        PairStatistics corner = Some.Pair with { ADistance = 0, MeanShift = 2 };

        Assert.Equal((0, "none"), (across.Share, across.Kind));
        Assert.Equal(0, across.Expect(corner, "a").Gain, 1e-9);

        // Corners are two deviations apart: at the least length, 0.5, their kernel is exp(-4 / (2·3·0.25)) = 0.07, and q = 0.9 expects 4.9 of 5.
        Assert.True(within.Share > 0, $"q = {within.Share}");
        Assert.InRange(within.Expect(corner, "a").Gain, -6, -3);

        static IEnumerable<Experience> Corners(Func<int, string> domain) =>
            from one in Enumerable.Range(0, 20)
            let right = one / 5 % 2
            let up = one / 10
            select Some.Experience("a", right == up ? 5 : -5, Some.Pair with { ADistance = (2 * right) + (0.001 * (one % 5)), MeanShift = 2 * up }, $"t{one}") with { Source = domain(one / 5) };
    }

    [Fact]
    public void Learn_StatisticsOfOneKindThatHoldAcrossGroups_AreTheOnesChosen()
    {
        Reflection learnt = Reflection.Learn(NearOrFar(static (i, _) => $"domain {i / 5}"));

        Assert.Equal("distance", learnt.Kind);
        Assert.Equal("near", learnt.Order(Some.Pair with { ADistance = 0.3 }, ["far", "near"])[0]);
    }

    [Fact]
    public void Learn_ExperiencesInAnyOrder_AreTheSame() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        static seed =>
        {
            Experience[] experiences = [.. NearOrFar(static (i, _) => $"domain {i / 5}").Take(31)], shuffled = [.. experiences];
            new Random(seed).Shuffle(shuffled);
            Reflection one = Reflection.Learn(experiences), other = Reflection.Learn(shuffled);
            Assert.Equal((one.Kind, one.Share, one.Length), (other.Kind, other.Share, other.Length));
            foreach (string method in (string[])["near", "far"])
            {
                // Sums in another order: rounding of numbers near ten, through systems of at most 16 with a condition below 1000.
                ExpectedGain first = one.Expect(Some.Pair, method), second = other.Expect(Some.Pair, method);
                Assert.Equal(first.Gain, second.Gain, 1e-9);
                Assert.Equal(first.Mean, second.Mean, 1e-9);
                Assert.Equal(first.Deviation, second.Deviation, 1e-6);
            }
        }).Check(Draws.Seeded.WithMaxTest(5));

    [Fact]
    public void Expect_WhereThePairTellsNothing_ShrinksToTheMethodsMean()
    {
        Random random = new(5);
        Reflection learnt = Reflection.Learn([.. Pairs(40).SelectMany(pair => new[]
        {
            Some.Experience("good", 5 + random.NextDouble() - 0.5, pair, $"t{pair.SourceSamples}"),
            Some.Experience("bad", -5 + random.NextDouble() - 0.5, pair, $"t{pair.SourceSamples}"),
        })]);

        // The means of 40 numbers with a deviation of 0.29 are within 0.2 of 5 (four standard errors); fitting noise may add no more than it has.
        foreach (PairStatistics pair in Pairs(10))
        {
            Assert.Equal(5, learnt.Expect(pair, "good").Gain, 0.7);
            Assert.Equal(-5, learnt.Expect(pair, "bad").Gain, 0.7);
        }
    }

    [Fact]
    public void Expect_OfAMethodThatNobodyTried_IsTheMeanAndWide()
    {
        Reflection learnt = Reflection.Learn([Some.Experience("a", 2), Some.Experience("b", 4)]);

        ExpectedGain unknown = learnt.Expect(Some.Pair, "c"), known = learnt.Expect(Some.Pair, "a");

        Assert.Equal(3, unknown.Gain, 1e-12);
        Assert.Equal(0, unknown.Pairs);
        Assert.Equal(1, known.Pairs);
        Assert.True(known.Deviation < unknown.Deviation);

        // τ² = 1, and with one pair each v is its least, 1e-6: means are hardly drawn.
        Assert.Equal((3, 2), (unknown.Mean, Math.Round(known.Mean, 5)));
    }

    [Fact]
    public void Learn_SeveralTimesOnOnePair_CountsItOnce()
    {
        Reflection once = Reflection.Learn([Some.Experience("a", 2), Some.Experience("b", 6)]);
        Reflection often = Reflection.Learn([Some.Experience("a", 1), Some.Experience("a", 3), Some.Experience("b", 6)]);
        Assert.Equal(once.Expect(Some.Pair, "a"), often.Expect(Some.Pair, "a"));
    }

    [Fact]
    public void Learn_WithoutAKnownGain_IsRefused() =>
        Assert.Throws<ArgumentException>(static () => Reflection.Learn([Some.Experience("a", null)]));

    /// <summary>"near" gains where domains are close, "far" where they are apart.</summary>
    private static IEnumerable<Experience> NearOrFar(Func<int, PairStatistics, string> target) => Pairs(40).SelectMany((pair, i) => new[]
    {
        Some.Experience("near", 10 * (1 - pair.ADistance), pair, target(i, pair)) with { Source = target(i, pair) },
        Some.Experience("far", 10 * (pair.ADistance - 1), pair, target(i, pair)) with { Source = target(i, pair) },
    });

    private static IEnumerable<PairStatistics> Pairs(int count) => Enumerable.Range(0, count).Select(i =>
    {
        Random random = new(100 + i);
        return Some.Pair with { SourceSamples = 500 + (10 * i), ADistance = 2 * random.NextDouble(), Confidence = random.NextDouble(), Mmd = 0.1 * random.NextDouble() };
    });
}
