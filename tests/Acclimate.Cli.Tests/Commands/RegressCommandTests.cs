using System.Text.Json;

namespace Acclimate.Cli.Tests.Commands;

public sealed class RegressCommandTests
{
    private static readonly string[] Shift = ["regress", "generated:shift-source?count=80", "generated:shift-target?count=60", "--target-column", "y"];

    [Fact]
    public void Regress_ThenPredict_WritesNumbers()
    {
        using TemporaryFolder folder = new();
        string run = Path.Combine(folder.Path, "run");

        Answer made = Session.Run([.. Shift, "--out", run]);
        Answer said = Session.Run("predict", run, "generated:shift-target?count=3"), data = Session.Run("predict", run, "generated:shift-target?count=3", "--json");

        Assert.True(made.ExitCode == ExitCode.Success, made.Error);
        Assert.Contains("RMSE", made.Out, StringComparison.Ordinal);
        Assert.Equal(4, said.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("sample,y", said.Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(data.Out);
        Assert.Equal(3, document.RootElement.GetProperty("predictions").GetArrayLength());
        Answer evaluated = Session.Run("evaluate", run, "generated:shift-target?count=3");
        Assert.Equal(ExitCode.WrongUse, evaluated.ExitCode);
        Assert.Contains("regress --test", evaluated.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jda", "transfers numbers")]
    [InlineData("kmn", "did you mean 'kmm'")]
    [InlineData("tradaboost", "--target-labelled")]
    public void Regress_MethodThatCanNot_IsRefused(string method, string said)
    {
        using TemporaryFolder folder = new();
        string run = Path.Combine(folder.Path, "run");

        Answer answer = Session.Run([.. Shift, "--method", method, "--out", run]);

        Assert.NotEqual(ExitCode.Success, answer.ExitCode);
        Assert.Contains(said, answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run));
    }

    [Fact]
    public void Benchmark_Regression_IsATableOfTheMethodsAsked()
    {
        using TemporaryFolder folder = new();

        Answer answer = Session.Run("benchmark", "regression", "--tasks", "generated", "--methods", "kmm", "--seeds", "0,1", "--out", folder.Path);

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("| no-adaptation |", answer.Out, StringComparison.Ordinal);
        Assert.Contains("| kmm |", answer.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("| coral |", answer.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUse, Session.Run("benchmark", "regression", "--steps", "5", "--out", folder.Path).ExitCode);
        Assert.Equal(ExitCode.WrongUse, Session.Run("benchmark", "regression", "--tasks", "generatde", "--out", folder.Path).ExitCode);
    }
}
