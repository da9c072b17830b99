using System.Text.Json;
using Acclimate.Cli.Commands;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>The command from end to end, on pictures made into rows, with one method.</summary>
public sealed class AutoCommandTests
{
    private const string Source = "generated:digits-clean?count=60", Target = "generated:digits-wild?count=60";

    [Fact]
    public void Auto_OneMethod_ReadsVerdictFirstWithinEightyColumns()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");

        Answer answer = Session.Run("auto", Source, Target, "--budget", "10m", "--methods", "label-propagation", "--size", "12", "--out", run);

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Auto, hedged: ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Beside it, scored alike: the source's own model ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Tried 9 in ", answer.Out, StringComparison.Ordinal);
        Assert.Contains("label-propagation: ", answer.Out, StringComparison.Ordinal);
        Assert.Contains(" left", answer.Out, StringComparison.Ordinal);
        Assert.True(answer.Out.IndexOf("Auto, hedged", StringComparison.Ordinal) < answer.Out.IndexOf("Tried 9", StringComparison.Ordinal));
        string said = answer.Out[answer.Out.IndexOf("Tried 9", StringComparison.Ordinal)..answer.Out.IndexOf(run + "/ ", StringComparison.Ordinal)];
        Assert.All(said.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));

        Answer again = Session.Run("auto", "--resume", run, "--json", "--quiet");
        using JsonDocument json = JsonDocument.Parse(again.Out);
        Assert.Equal("label-propagation", json.RootElement.GetProperty("auto").GetProperty("trials")[0].GetProperty("method").GetString());
        Assert.Equal(string.Empty, again.Error);
    }

    [Fact]
    public void Auto_Interrupted_ExitsWith130AndTheModelIsThere()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");
        using CancellationTokenSource source = new();
        using StopsAt output = new("label-propagation: ", source);
        using StringWriter error = new();

        int code = CommandLine.Run(
            ["auto", Source, Target, "--methods", "label-propagation", "--size", "12", "--out", run], new Screen(output, error, Live: false, Colour: false, 80), source.Token);

        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains($"acclimate auto --resume {run}", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("best so far", output.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "model", "model.json")));
        Assert.Equal(ExitCode.Success, Session.Run("auto", "--resume", run).ExitCode);
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("1.5h", 5400)]
    public void Seconds_ATime_IsRead(string text, double seconds) => Assert.Equal(seconds, AutoCommand.Seconds(text));

    [Theory]
    [InlineData("10")]
    [InlineData("m")]
    [InlineData("-3m")]
    [InlineData("0s")]
    [InlineData("")]
    [InlineData("1d")]
    public void Seconds_NoTime_SaysWhatIsExpected(string text) =>
        Assert.Contains("10m", Assert.Throws<UsageException>(() => AutoCommand.Seconds(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Auto_WrongUse_IsRefused()
    {
        Assert.Equal(ExitCode.WrongUse, Session.Run("auto", Source).ExitCode);
        Assert.Equal(ExitCode.WrongUse, Session.Run("auto", Source, Target, "--resume", "run").ExitCode);
        Answer unknown = Session.Run("auto", Source, Target, "--methods", "jad");
        Assert.Equal(ExitCode.Failure, unknown.ExitCode);
        Assert.Contains("jda", unknown.Error, StringComparison.Ordinal);
    }

    /// <summary>Cancels when a line with a text is written.</summary>
    private sealed class StopsAt(string text, CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
                source.Cancel();
        }
    }
}
