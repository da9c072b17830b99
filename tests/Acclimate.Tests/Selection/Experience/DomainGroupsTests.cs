using Acclimate.Selection.Experience;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class DomainGroupsTests
{
    [Fact]
    public void Of_PairsThatShareADomainThroughOthers_AreOneGroup() =>
        Assert.Equal([0, 1, 0, 0, 2, 1], DomainGroups.Of([("a", "b"), ("x", "y"), ("c", "d"), ("b", "c"), ("z", "z"), ("y", "x")]));

    [Fact]
    public void Of_ASingleGroup_IsEachPairForItself() => Assert.Equal([0, 1, 2], DomainGroups.Of([("a", "b"), ("b", "a"), ("c", "a")]));

    [Fact]
    public void Of_NoPair_IsNoGroup() => Assert.Empty(DomainGroups.Of([]));

    // The reference spreads each pair's least place to whatever it touches, until nothing changes.
    [Fact]
    public void Of_AnyPairs_AreThoseThatCanBeReached() => Prop.ForAll(
        ArbMap.Default.ArbFor<(byte Source, byte Target)[]>(),
        static drawn =>
        {
            (string, string)[] pairs = [.. drawn.Select(static pair => ($"{pair.Source % 20}", $"{pair.Target % 20}"))];
            int[] reached = [.. Enumerable.Range(0, pairs.Length)];
            for (int round = 0; round < pairs.Length; round++)
            {
                for (int i = 0; i < pairs.Length; i++)
                {
                    for (int j = 0; j < pairs.Length; j++)
                    {
                        bool touch = pairs[i].Item1 == pairs[j].Item1 || pairs[i].Item1 == pairs[j].Item2 || pairs[i].Item2 == pairs[j].Item1 || pairs[i].Item2 == pairs[j].Item2;
                        reached[i] = touch ? Math.Min(reached[i], reached[j]) : reached[i];
                    }
                }
            }

            int[] found = DomainGroups.Of(pairs), distinct = [.. reached.Distinct()];
            Assert.Equal(distinct.Length > 1 ? reached.Select(place => Array.IndexOf(distinct, place)) : Enumerable.Range(0, pairs.Length), found);
        }).Check(Draws.Seeded);
}
