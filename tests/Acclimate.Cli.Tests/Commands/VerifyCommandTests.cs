using System.Text.Json;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>A hedged run's labels, from the list to the kept model.</summary>
public sealed class VerifyCommandTests
{
    [Fact]
    public void Verify_ListedThenLabelled_KeepsTheModelThatLeads()
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        ToLabel list = ToLabel.Load(new RunFolder(run));
        string table = Path.Combine(run, "to-label", "labels.csv");

        Answer listed = Session.Run("verify", run);
        Assert.True(listed.ExitCode == ExitCode.Success, listed.Error);
        Assert.StartsWith("The source's own model and the adapted one disagree on ", listed.Out, StringComparison.Ordinal);
        Assert.Contains(table, listed.Out, StringComparison.Ordinal);

        string[] lines = File.ReadAllLines(table);
        for (int i = 1; i <= 7; i++)
            lines[i] += list.Classes[list.Order[i - 1].Source];
        File.WriteAllLines(table, lines);
        Answer verified = Session.Run("verify", run);
        Assert.True(verified.ExitCode == ExitCode.Success, verified.Error);
        Assert.StartsWith("Decided: the source's own model is right more often.", verified.Out, StringComparison.Ordinal);
        Assert.Contains("in place of the hedge of both", verified.Out, StringComparison.Ordinal);
        Assert.All(verified.Out.Split('\n'), static line => Assert.True(line.Length <= 100 || line.Contains(Path.GetTempPath(), StringComparison.Ordinal), line));
        Assert.Equal(1, MixtureModel.WeightsOf(Path.Combine(run, "model"))!["source-only"]);
        Assert.Equal(ExitCode.Success, Session.Run("predict", run, "generated:digits-wild?count=10").ExitCode);

        Answer merged = Session.Run("merge", run, "--out", folder.In("merged"));
        Assert.Equal(ExitCode.WrongUse, merged.ExitCode);
        Assert.Contains("several models", merged.Error, StringComparison.Ordinal);

        using JsonDocument data = JsonDocument.Parse(Session.Run("verify", run, "--labels", table, "--json").Out);
        Assert.Equal(7, data.RootElement.GetProperty("test").GetProperty("source").GetInt32());
    }

    [Fact]
    public void Verify_More_ListsFurtherSamples()
    {
        using TemporaryFolder folder = new();
        string run = Trained(folder);
        int listed = ToLabel.Load(new RunFolder(run)).Listed, all = ToLabel.Load(new RunFolder(run)).Order.Count;
        Assert.True(all > listed, $"{all} disagreements are too few for this test");

        Answer more = Session.Run("verify", run, "--more", "1", "--json");

        Assert.True(more.ExitCode == ExitCode.Success, more.Error);
        using JsonDocument data = JsonDocument.Parse(more.Out);
        Assert.Equal(listed + 1, data.RootElement.GetProperty("listed").GetInt32());
        Assert.True(File.Exists(Path.Combine(run, "to-label", "041.png")));
    }

    [Fact]
    public void Verify_Table_SaysHowManyLabelsDecide()
    {
        Answer answer = Session.Run("verify", "--table");
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("40 labels", answer.Out, StringComparison.Ordinal);
        Assert.All(answer.Out.Split('\n'), static line => Assert.True(line.Length <= 85, line));

        // 20 % disagreement, 5 points, 40 labels.
        Assert.Contains("97 / 42", answer.Out, StringComparison.Ordinal);
        using JsonDocument data = JsonDocument.Parse(Session.Run("verify", "--table", "--json").Out);
        Assert.True(data.RootElement.GetArrayLength() > 10);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify", "--labels", "x.csv")]
    [InlineData("verify", "RUN", "--table")]
    [InlineData("verify", "RUN", "--more", "0")]
    [InlineData("verify", "RUN", "--more", "3", "--labels", "x.csv")]
    public void Verify_WrongUse_ExitsWith2(params string[] arguments)
    {
        using TemporaryFolder folder = new();
        string run = arguments.Contains("RUN") ? Trained(folder) : string.Empty;

        Assert.Equal(ExitCode.WrongUse, Session.Run([.. arguments.Select(word => word == "RUN" ? run : word)]).ExitCode);
    }

    [Fact]
    public void Verify_NoHedgedRunOrNoTable_SaysWhatToDo()
    {
        using TemporaryFolder folder = new();
        Answer none = Session.Run("verify", folder.In("nothing"));
        Assert.Equal(ExitCode.Failure, none.ExitCode);
        Assert.Contains("holds no run", none.Error, StringComparison.Ordinal);

        Answer table = Session.Run("verify", Trained(folder), "--labels", folder.In("nothing.csv"));
        Assert.Equal(ExitCode.Failure, table.ExitCode);
        Assert.Contains("nothing.csv", table.Error, StringComparison.Ordinal);
    }

    /// <summary>A hedged run of few steps, whose networks agree on little.</summary>
    private static string Trained(TemporaryFolder folder)
    {
        string path = folder.In("run");
        RunConfig config = new() { Source = "generated:digits-clean?count=100", Target = "generated:digits-wild?count=200", Method = "dann", Steps = 4, BatchSize = 8, LearningRate = 0.05, Guard = true };
        TransferRun.Start(config, new RunFolder(path));
        return path;
    }
}
