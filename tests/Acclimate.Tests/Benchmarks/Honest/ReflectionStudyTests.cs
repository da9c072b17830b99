using Acclimate.Benchmarks.Honest;
using Acclimate.Selection.Experience;

namespace Acclimate.Tests.Benchmarks.Honest;

public sealed class ReflectionStudyTests
{
    // Which of two ways gains is a matter of how far the domains are apart; on the whole they gain alike, so that no order for all can know.
    [Fact]
    public void Of_AGainThatStatisticsTell_IsFoundAtOnceByTheLearntOrder()
    {
        HonestCell[] cells = [.. from suite in (string[])["a", "b", "c"] from i in Enumerable.Range(0, 12) select Cell(suite, i, i / 11.0)];

        IReadOnlyList<ReflectionFigures> found = ReflectionStudy.Of(cells);

        // 10 points where it is right, 0 where it is not; by chance 5.
        Assert.Equal([1, 2, 3, 5, 10], found.Select(static one => one.Tried));
        Assert.True(found[0].Learnt > 9, $"{found[0]}");
        Assert.InRange(found[0].Fixed, 3, 7);
        Assert.Equal(10, found[1].Learnt, 1e-12);
        Assert.Equal(10, found[1].Fixed, 1e-12);
    }

    [Fact]
    public void Of_OneSuite_SaysNothing() => Assert.Empty(ReflectionStudy.Of([Cell("a", 0, 0.5)]));

    [Theory]
    [InlineData("surf", "A>D", "surf A", "surf D")]
    [InlineData("amazon", "B>D", "amazon B", "amazon D")]
    [InlineData("digits", "M>U", "MNIST", "USPS")]
    [InlineData("digits", "USPS>MNIST", "USPS", "MNIST")]
    [InlineData("mnist-m", "MNIST>MNIST-M", "MNIST", "MNIST-M")]
    public void Domains_OfAPair_AreNamedTheSameWhereTheyAreTheSame(string suite, string pair, string source, string target) =>
        Assert.Equal((source, target), ReflectionStudy.Domains(suite, pair));

    // Four suites of pairs that hang together, of digits and MNIST-M two suites: what is left out when learning is what shares a domain.
    [Fact]
    public void Domains_OfAllPairs_HangTogetherAsFiveKindsOfData() =>
        Assert.Equal(5, DomainGroups.Of([.. HonestPairs.All.Select(static pair => ReflectionStudy.Domains(pair.Suite, pair.Name))]).Distinct().Count());

    private static HonestCell Cell(string suite, int pair, double distance) => new(
        "key",
        suite,
        $"{pair}",
        false,
        0,
        50,
        new Dictionary<string, double> { ["near"] = distance < 0.5 ? 60 : 50, ["far"] = distance < 0.5 ? 50 : 60 },
        new Dictionary<string, double>(),
        new Dictionary<string, string>(),
        1)
    {
        Statistics = new PairStatistics(100, 100, 10, 3, 2 * distance, 0.1, 0.5, 0.8, 0.7, 0.9, 0.2),
    };
}
