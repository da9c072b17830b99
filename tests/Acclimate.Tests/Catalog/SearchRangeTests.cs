using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Tests.Catalog;

public sealed class SearchRangeTests
{
    [Theory]
    [InlineData("0..1", false, new[] { "0", "0.25", "0.5", "0.75", "1" })]
    [InlineData("0.01..100 log", false, new[] { "0.01", "0.1", "1", "10", "100" })]
    [InlineData("1e-5..0.1 log", false, new[] { "1E-05", "0.0001", "0.001", "0.01", "0.1" })]
    [InlineData("1..16 log", true, new[] { "1", "2", "4", "8", "16" })]
    [InlineData("1..3", true, new[] { "1", "2", "3" })]
    [InlineData("a|b", false, new[] { "a", "b" })]
    [InlineData("0|1|2|3|4|5|6|7|8", false, new[] { "0", "2", "4", "6", "8" })]
    public void Grid_OfFive_LiesEvenlyOnTheScaleWithBothEnds(string text, bool whole, string[] expected)
    {
        SearchRange range = SearchRange.Parse(text, whole);

        Assert.Equal(expected, range.Grid(5));
        Assert.Equal(text, range.ToString());
        Assert.Equal((0, 1), (range.Place(expected[0]), range.Place(expected[^1])));
        Assert.All(expected, value => Assert.True(range.Contains(value), value));
    }

    [Fact]
    public void Grid_OfOne_IsTheMiddle()
    {
        Assert.Equal(["1"], SearchRange.Parse("0.01..100 log").Grid(1));
        Assert.Equal(["b"], SearchRange.Parse("a|b|c").Grid(1));
        Assert.Throws<ArgumentOutOfRangeException>(static () => SearchRange.Parse("0..1").Grid(0));
    }

    [Theory]
    [InlineData("0.01..100 log", false, "10", 0.75)]
    [InlineData("0..10", false, "2.5", 0.25)]
    [InlineData("0|0.1|1", false, "0.10", 0.5)]
    [InlineData("0..10", false, "10.01", null)]
    [InlineData("0.01..100 log", false, "0", null)]
    [InlineData("1..10", true, "2.5", null)]
    [InlineData("a|b", false, "none", null)]
    [InlineData("0..1", false, "none", null)]
    public void Place_IsThatOnTheScale_OrNoneOutside(string text, bool whole, string value, double? expected)
    {
        SearchRange range = SearchRange.Parse(text, whole);

        Assert.Equal(expected is not null, range.Contains(value));
        Assert.Equal(expected ?? -1, range.Place(value) ?? -1, 1e-12);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fixed")]
    [InlineData("1")]
    [InlineData("1..")]
    [InlineData("1..x")]
    [InlineData("0..infinity")]
    [InlineData("0..1..2")]
    [InlineData("1..1")]
    [InlineData("2..1")]
    [InlineData("0..1 log")]
    [InlineData("-1..1 log")]
    [InlineData("0..1 logarithmic")]
    [InlineData("a|")]
    [InlineData("a|a")]
    public void Parse_Nonsense_IsRefusedWithItsText(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => SearchRange.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_HalvesWhereWholeNumbersAreWanted_AreRefused() => Assert.Throws<ArgumentException>(static () => SearchRange.Parse("0.5..3", whole: true));

    // 4,000 draws: the share of those below a point has a deviation of at most 0.5/√4000 = 0.008; five of them are allowed.
    [Theory]
    [InlineData("0..10", false, 2.5, 0.25)]
    [InlineData("0.01..100 log", false, 0.1, 0.25)]
    [InlineData("0.01..100 log", false, 10, 0.75)]
    [InlineData("1..3", true, 1.5, 1.0 / 3)]
    [InlineData("1..3", true, 2.5, 2.0 / 3)]
    [InlineData("0|1|2|3", false, 0.5, 0.25)]
    public void Draw_ManyTimes_GoesEvenlyOverTheScaleAndNeverOutside(string text, bool whole, double point, double share)
    {
        using Generator generator = new(1);
        SearchRange range = SearchRange.Parse(text, whole);

        string[] drawn = [.. Enumerable.Range(0, 4000).Select(_ => range.Draw(generator))];

        Assert.All(drawn, value => Assert.True(range.Contains(value), value));
        Assert.Equal(share, drawn.Average(value => double.Parse(value, CultureInfo.InvariantCulture) < point ? 1.0 : 0), 0.04);
    }

    [Fact]
    public void Draw_TheSameSeed_DrawsTheSame()
    {
        SearchRange range = SearchRange.Parse("0.01..100 log");
        using Generator one = new(7), two = new(7), other = new(8);

        string[] first = [.. Enumerable.Range(0, 5).Select(_ => range.Draw(one))];

        Assert.Equal(first, Enumerable.Range(0, 5).Select(_ => range.Draw(two)));
        Assert.NotEqual(first, Enumerable.Range(0, 5).Select(_ => range.Draw(other)));
    }
}
