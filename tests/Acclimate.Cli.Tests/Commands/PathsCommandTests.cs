namespace Acclimate.Cli.Tests.Commands;

/// <summary>What is done at once: data sets merged, several tasks, two streams.</summary>
public sealed class PathsCommandTests
{
    private const string Clean = "generated:digits-clean?count=60";
    private const string Wild = "generated:digits-wild?count=50";

    [Fact]
    public void Train_Also_SaysWhatTheSourceIsMadeOf()
    {
        using TemporaryFolder folder = new();
        Answer answer = Session.Run("train", Clean, "--also", Wild, "--balance", "--method", "source-only", "--test", Wild, "--steps", "2", "--out", folder.In("run"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains($"{Clean} + {Wild}  10 classes, 120 labelled (60 + 60)", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Task_IsScoredAndItsModelEvaluatesAndPredicts()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");
        Answer trained = Session.Run("train", Clean, "--task", $"wild={Wild}", "--task-test", $"wild={Wild}&seed=9", "--steps", "2", "--out", run);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        Assert.Contains($"wild: {Wild}  10 classes, 50 labelled", trained.Out, StringComparison.Ordinal);
        Assert.Contains("Multi-task learning", trained.Out, StringComparison.Ordinal);
        Assert.Contains($"right on its test samples. Its model: {Path.Combine(run, "tasks", "wild")}", trained.Out, StringComparison.Ordinal);

        Answer scored = Session.Run("evaluate", Path.Combine(run, "tasks", "wild"), $"{Wild}&seed=9");
        Assert.True(scored.ExitCode == ExitCode.Success, scored.Error);
        Assert.Contains(scored.Out.Split(" right")[0], trained.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Success, Session.Run("predict", Path.Combine(run, "tasks", "wild"), Wild).ExitCode);
    }

    [Theory]
    [InlineData("--task", "wild", "--task wild: expected NAME=PATH, each name once")]
    [InlineData("--task-test", "wild=x", "--task-test wild=…: there is no such task; name tasks with --task NAME=PATH")]
    public void Train_TaskOfAnotherForm_IsWrongUse(string option, string value, string expected)
    {
        Answer answer = Session.Run("train", Clean, option, value);

        Assert.Equal(ExitCode.WrongUse, answer.ExitCode);
        Assert.Contains(expected, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_BeyondSharing_TrainsBothStreams()
    {
        using TemporaryFolder folder = new();
        Answer answer = Session.Run("train", Clean, Wild, "--method", "beyond-sharing", "--target-labelled", Wild, "--steps", "4", "--out", folder.In("run"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Beyond sharing weights (two streams)", answer.Out, StringComparison.Ordinal);
    }
}
