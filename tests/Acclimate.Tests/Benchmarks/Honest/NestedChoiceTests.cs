using Acclimate.Benchmarks.Honest;

namespace Acclimate.Tests.Benchmarks.Honest;

public sealed class NestedChoiceTests
{
    [Fact]
    public void Choose_TakesWhatGainsMostElsewhereAmongTheSafe()
    {
        // On a: bold loses; on b: bold wins. What is chosen for b was measured on a, and the other way round.
        HonestCell[] cells =
        [
            Cell("a", false, bold: -4, careful: 1), Cell("a", true, bold: -4, careful: 0),
            Cell("b", false, bold: 9, careful: 1), Cell("b", true, bold: 5, careful: 0),
        ];

        IReadOnlyDictionary<string, string> chosen = NestedChoice.Choose(cells, SafetyBounds.WithMargin);

        Assert.Equal("bold", chosen["a"]);
        Assert.Equal("careful", chosen["b"]);
    }

    [Fact]
    public void Choose_WhereNoneIsSafe_TakesTheNearestToIt()
    {
        HonestCell[] cells =
        [
            Cell("a", false, bold: 6, careful: 0.2), Cell("a", true, bold: -30, careful: -3),
            Cell("b", false, bold: 6, careful: 0.2), Cell("b", true, bold: -30, careful: -3),
        ];

        Assert.Equal("careful", NestedChoice.Choose(cells, SafetyBounds.WithMargin)["a"]);
    }

    [Fact]
    public void Choose_WithOneSuite_IsRefused() =>
        Assert.Throws<ArgumentException>(static () => NestedChoice.Choose([Cell("a", false, 1, 1), Cell("a", true, 1, 1)], SafetyBounds.WithMargin));

    [Fact]
    public void Figures_CountWhatIsBelowTheSource()
    {
        HonestCell[] cells = [Cell("a", false, bold: 4, careful: 0), Cell("a", false, bold: -2, careful: 0), Cell("b", false, bold: 1, careful: 0), Cell("b", false, bold: 0, careful: 0)];

        HonestFigures bold = HonestFigures.Of(cells, static cell => cell.Gain("bold"));

        Assert.Equal(0.75, bold.Gain, 1e-12);
        Assert.Equal(-2, bold.Worst, 1e-12);
        Assert.Equal(0.25, bold.Below, 1e-12);

        // The pair of suite a has 4 and -2, that of b 1 and 0.
        Assert.Equal(0.5, bold.WorstPair, 1e-12);
        Assert.Equal(0, bold.PairsBelow);

        // The best candidate is 10 above the source throughout.
        Assert.Equal(0.075, bold.OracleShare, 1e-12);
    }

    [Fact]
    public void Tables_NameEveryRuleAndValidator()
    {
        HonestCell[] cells = [Cell("a", false, 1, 2), Cell("a", true, 1, 2), Cell("b", false, 3, 4), Cell("b", true, 3, 4)];
        string page = string.Join('\n', HonestTables.Markdown(cells, [("bold", "the bold rule")]));
        Assert.Contains("| the bold rule | 2 | +2.00 | 20 % | +1.00 | 0 % | +1.00 | 0 % | +1.00 | +3.00 |", page, StringComparison.Ordinal);
        Assert.Contains("| best by snd | 2 | +10.00 |", page, StringComparison.Ordinal);
        Assert.Contains("a: careful; b: careful", page, StringComparison.Ordinal);
    }

    private static HonestCell Cell(string suite, bool shifted, double bold, double careful) => new(
        "key",
        suite,
        "x>y",
        shifted,
        0,
        50,
        new Dictionary<string, double> { ["best"] = 60 },
        new Dictionary<string, double> { ["bold"] = 50 + bold, ["careful"] = 50 + careful },
        new Dictionary<string, string> { ["snd"] = "best" },
        1);
}
