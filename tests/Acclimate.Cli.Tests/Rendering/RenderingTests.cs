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

    [Fact]
    public void ProgressLine_Quiet_SaysNothing()
    {
        using StringWriter output = new();
        using (ProgressLine line = new(new Screen(output, output, Live: true, Colour: true, 80) { Quiet = true }, "work"))
            line.Report(1, 2, "figures", "steps");
        Assert.Empty(output.ToString());
    }

    [Fact]
    public void ProgressLine_OnItsWay_SaysRateAndTimeLeft()
    {
        using StringWriter output = new();
        using (ProgressLine line = new(new Screen(output, output, Live: false, Colour: false, 80), "work"))
        {
            line.Report(1, 20, string.Empty, "steps");
            Thread.Sleep(20);
            line.Report(10, 20, string.Empty, "steps");
            line.Report(20, 20, string.Empty, "steps");
        }

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^  work: 10/20, [0-9.]+ steps/s, [0-9]+ s left$", lines[0]);
        Assert.Matches(@"^  work: 20/20, [0-9.]+ steps/s$", lines[1]);
    }

    /// <summary>What a terminal would show: the table under the line, each drawn in its place, and the prompt below both.</summary>
    [Fact]
    public void ProgressLine_OnATerminal_DrawsTheTableInPlace()
    {
        using StringWriter output = new();
        TermsTable terms = new();
        using (ProgressLine line = new(new Screen(output, output, Live: true, Colour: true, 80), "dan"))
        {
            for (int step = 1; step <= 40; step++)
            {
                Dictionary<string, double> values = step < 5 ? new() { ["task"] = 1.0 / step } : new() { ["task"] = 1.0 / step, ["mmd.fc"] = 0.5 };
                terms.Add(new Training.StepReport(step, 40, values, new Dictionary<string, double> { ["task"] = 1 }, 0.01) { Stage = "adapt" });
                line.Report(step, 40, "loss", "steps", terms.Lines);
            }
        }

        string[] shown = Terminal.Show(output.ToString());
        Assert.StartsWith("  dan                 ━━━━━━━━━━━━━━━━━━━━ 40/40  loss", shown[0], StringComparison.Ordinal);
        Assert.Matches(@"^  term +now +mean +weight +course$", shown[1]);
        Assert.Matches(@"^  task +0\.025 +0\.\d+ +1 +█[▁▂▃▄▅▆▇█]+▁$", shown[2]);
        Assert.Matches(@"^  mmd\.fc +0\.5 +0\.5 +▁+$", shown[3]);
        Assert.Equal("  learning rate 0.01 · stage adapt", shown[4]);
        Assert.Equal(string.Empty, shown[5]);
        Assert.Equal(6, shown.Length);
        Assert.All(shown, static line => Assert.True(line.Length < 80, line));
    }

    [Fact]
    public void TermsTable_ManyTermsAndBadNumbers_StaysATable()
    {
        TermsTable terms = new();
        for (int step = 1; step <= 3; step++)
            terms.Add(new Training.StepReport(step, 3, Enumerable.Range(0, 12).ToDictionary(static i => $"term-{i}", static i => i == 0 ? double.NaN : 1e-30 * i), new Dictionary<string, double>(), 1));
        IReadOnlyList<string> lines = terms.Lines();
        Assert.Equal(10, lines.Count);
        Assert.Contains("4 further terms", lines[^1], StringComparison.Ordinal);
        Assert.Contains("!!!", lines[1], StringComparison.Ordinal);
        Assert.Empty(new TermsTable().Lines());
    }

    [Fact]
    public void TermsTable_Validators_ShowWhichWayTheyWent()
    {
        TermsTable terms = new();
        terms.Add(new Training.StepReport(1, 3, new Dictionary<string, double> { ["task"] = 1 }, new Dictionary<string, double>(), 1));
        terms.Add(new Dictionary<string, double> { ["mi"] = 0.5, ["bnm"] = 2 });
        terms.Add(new Dictionary<string, double> { ["mi"] = 0.75, ["bnm"] = 1 });
        Assert.Equal("  without labels, more is better: mi 0.75 ▲ · bnm 1 ▼", terms.Lines()[^2]);
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

    [Fact]
    public void Prose_PercentSign_StaysWithItsNumber()
    {
        using StringWriter output = new();
        Prose.Hang(output, string.Empty, new string('x', 76) + " 4.9 % of it");
        Assert.Equal($"{new string('x', 76)}\n4.9 % of it\n", output.ToString());
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
