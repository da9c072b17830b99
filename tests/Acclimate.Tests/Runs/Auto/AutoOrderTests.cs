using Acclimate.Catalog;
using Acclimate.Runs;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Planning;

namespace Acclimate.Tests.Runs.Auto;

public sealed class AutoOrderTests
{
    private const string Target = "photos/phone?take=5";

    private static readonly PairStatistics Pair = Statistics(0) with { TargetSamples = 101 };

    private static IReadOnlyList<MethodEntry> Wanted => new AutoOptions().Wanted(shallow: true);

    [Fact]
    public void Of_NoExperience_IsTheBuiltInOrder()
    {
        string[] order = Names([]);

        Assert.Equal(["balanced-self-training", "label-propagation", "jda"], order[..3]);
        Assert.Equal(Wanted.Select(static method => method.About.Name).Order(StringComparer.Ordinal), order.Order(StringComparer.Ordinal));
        Assert.True(Array.IndexOf(order, "tca") < Array.IndexOf(order, "scl") && Array.IndexOf(order, "scl") < Array.IndexOf(order, "coral"));
        Assert.DoesNotContain("pca", order);
        Assert.DoesNotContain("drs", order);
        string[] deep = [.. AutoOrder.Of(new AutoOptions().Wanted(shallow: false), Target, Pair, [], []).Methods.Select(static one => one.Method.About.Name)];
        Assert.Equal("dsan", deep[0]);
        Assert.DoesNotContain("osbp", deep);
        Assert.DoesNotContain("shot", deep);
    }

    [Fact]
    public void Of_GainsOfThreePairs_GoFirstOrLast()
    {
        Experience[] known = [.. Enumerable.Range(0, 3).SelectMany(static i => (Experience[])[Gain("coral", i, 9), Gain("jda", i, -9)])];

        AutoOrder order = AutoOrder.Of(Wanted, Target, Pair, known, []);
        string[] names = [.. order.Methods.Select(static one => one.Method.About.Name)];

        Assert.Equal("coral", names[0]);
        Assert.Equal("jda", names[^1]);
        Assert.Equal(["balanced-self-training", "label-propagation", "bda"], names[1..4]);
        Assert.Contains("experience of 3 pairs", order.Methods[0].Why, StringComparison.Ordinal);
        Assert.Equal(Names([]), Names([Gain("coral", 0, 9), Gain("coral", 1, 9)]));
        Assert.Equal(Names([]), Names([.. known.Select(static one => one with { Gain = null })]));
    }

    // On pairs as near as this one "tca" gained most, and nothing on the whole.
    [Fact]
    public void Of_WhatFitsThePairMost_GoesFirstAndTheOthersByTheirMeans()
    {
        Experience[] known =
        [
            .. Enumerable.Range(0, 9).SelectMany(static i => (Experience[])[Gain("tca", i, 20 - (5 * i)), Gain("coral", i, 3), Gain("gfk", i, 2), Gain("jda", i, -9)]),
        ];

        AutoOrder order = AutoOrder.Of(Wanted, Target, Pair, known, []);
        string[] names = [.. order.Methods.Select(static one => one.Method.About.Name)];

        Assert.Equal(["tca", "coral", "gfk"], names[..3]);
        Assert.Equal("jda", names[^1]);
        Assert.Matches(@"^experience of 9 pairs: \+1\d\.\d points expected here$", order.Methods[0].Why);
        Assert.Matches(@"^experience of 9 pairs: \+[23]\.\d points on average$", order.Methods[1].Why);
    }

    [Fact]
    public void Of_AReasonThatThePairGives_GoesBeforeTheBuiltInOrderAndBehindExperience()
    {
        Experience[] known = [.. Enumerable.Range(0, 3).Select(static i => Gain("coral", i, 9))];

        AutoOrder order = AutoOrder.Of(Wanted, Target, Pair, known, [new PlannedMethod("ccsl", [], "matches each class by as much as the target has of it")]);

        Assert.Equal(["coral", "ccsl", "balanced-self-training"], order.Methods.Take(3).Select(static one => one.Method.About.Name));
        Assert.Equal("planned: matches each class by as much as the target has of it", order.Methods[1].Why);
    }

    // Gains on a target are its labels' own words: neither under its name, whatever source or preprocessing, nor from it as a source, nor under other names.
    [Fact]
    public void Of_ExperienceOfThisTarget_ChangesNothing()
    {
        Experience[] own =
        [
            .. Enumerable.Range(0, 3).Select(static i => Gain("coral", i, 9) with { Target = "phone" }),
            .. Enumerable.Range(3, 3).Select(static i => Gain("coral", i, 9) with { Source = "phone" }),
            .. Enumerable.Range(6, 3).Select(static i => Gain("coral", i, 9) with { Source = "studio + phone" }),
            Gain("coral", 10, 9) with { Statistics = Pair },
        ];

        AutoOrder order = AutoOrder.Of(Wanted, Target, Pair, own, []), plain = AutoOrder.Of(Wanted, Target, Pair, [], []);

        Assert.Equal(plain.Methods, order.Methods);
        Assert.EndsWith("its labels would speak from it", order.Words, StringComparison.Ordinal);
        Assert.Equal("coral", AutoOrder.Of(Wanted, "photos/tablet", Statistics(11), own, []).Methods[0].Method.About.Name);
    }

    // One pair that was prepared in three ways is one.
    [Fact]
    public void Of_OnePairInSeveralWays_IsNotSeveralPairs()
    {
        Experience[] known = [.. Enumerable.Range(0, 3).Select(static i => Gain("coral", i, 9) with { Source = "amazon.mat", Target = "webcam.mat" })];

        Assert.Equal(Names([]), Names(known));
    }

    private static string[] Names(Experience[] experiences) => [.. AutoOrder.Of(Wanted, Target, Pair, experiences, []).Methods.Select(static one => one.Method.About.Name)];

    private static Experience Gain(string method, int pair, double gain) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Source = $"source-{pair}",
        Target = $"target-{pair}",
        Statistics = Statistics(pair),
        Method = method,
        Gain = gain,
        Acclimate = "0.1.0",
    };

    private static PairStatistics Statistics(int pair) => new(100 + pair, 100, 10, 3, 1 + (0.1 * pair), 0.1, 0.5, 0.8, 0.7, 0.9, 0.2);
}
