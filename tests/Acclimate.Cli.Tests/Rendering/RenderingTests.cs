using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests.Rendering;

public sealed class RenderingTests
{
    [Fact]
    public void Box_WithoutTerminal_PlainLines()
    {
        using StringWriter output = new();
        new Box("Title").Row("one", "1").Row("three", "3", "+2").Write(new Screen(output, output, Live: false, Colour: false, 80));
        Assert.Equal("Title\n  one     1\n  three   3   +2\n", output.ToString());
    }

    [Fact]
    public void Box_OnAWideTerminal_Within80Columns()
    {
        using StringWriter output = new();
        new Box("Title").Row("one", new string('x', 60)).Write(new Screen(output, output, Live: true, Colour: false, 200));
        Assert.Contains("┌─", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void ProgressLine_WithoutTerminal_ALineForEachTenth()
    {
        using StringWriter output = new();
        using (ProgressLine line = new(new Screen(output, output, Live: false, Colour: false, 80), "work"))
        {
            for (int i = 1; i <= 1000; i++)
                line.Report(i, 1000, "loss 0.1", "steps");
        }

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.StartsWith("  work: 1000/1000, loss 0.1", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output.ToString());
    }

    [Fact]
    public void ProgressLine_OnATerminal_OneLineThatFits()
    {
        using StringWriter output = new();
        using (ProgressLine line = new(new Screen(output, output, Live: true, Colour: true, 60), "work"))
        {
            for (int i = 1; i <= 100; i++)
                line.Report(i, 100, new string('x', 80), "steps");
        }

        Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(output.ToString().TrimEnd('\n').Split('\r', StringSplitOptions.RemoveEmptyEntries), drawn => Assert.True(drawn.Replace("\e[K", string.Empty, StringComparison.Ordinal).Length < 60));
    }

    [Theory]
    [InlineData(0, "────────────────────")]
    [InlineData(50, "━━━━━━━━━━──────────")]
    [InlineData(100, "━━━━━━━━━━━━━━━━━━━━")]
    public void Bar_ReadsWithoutColour(long done, string bar) => Assert.Equal(bar, ProgressLine.Bar(done, 100));

    [Fact]
    public void Prose_LongText_BrokenUnderItsFirstLine()
    {
        using StringWriter output = new();
        Prose.Hang(output, "Label ", string.Join(' ', Enumerable.Repeat("words", 30)));
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.True(line.Length <= 80));
        Assert.All(lines.Skip(1), line => Assert.StartsWith("      words", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(4.2, "4 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(185, "3 min 5 s")]
    public void Duration_InWords(double seconds, string text) => Assert.Equal(text, Numbers.Duration(seconds));

    [Theory]
    [InlineData(1.966, "1.97")]
    [InlineData(-0.004, "0.00")]
    [InlineData(-0.006, "-0.01")]
    public void Fixed_TwoDecimals_NoSignOnNothing(double value, string text) => Assert.Equal(text, Numbers.Fixed(value));
}
