using System.Text.Json;
using Acclimate.Classifiers;
using Acclimate.Data;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>The commands with methods that train no network.</summary>
public sealed class ShallowCommandTests
{
    private const string Source = "generated:digits-clean?count=100";
    private const string Target = "generated:digits-wild?count=100";

    [Fact]
    public void Train_ThenEvaluateAndPredict_AgreeOnTheModel()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run"), predictions = folder.In("predictions.csv");
        Answer trained = Session.Run(
            "train", Source, Target, "--method", "jda", "--classifier", "5nn", "--preprocess", "zscore,l2", "--size", "8", "--set", "dimensions=10", "--no-guard", "--out", run, "--json");
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        using JsonDocument result = JsonDocument.Parse(trained.Out);
        double accuracy = result.RootElement.GetProperty("honest").GetProperty("accuracy").GetDouble();
        Assert.Equal(10, result.RootElement.GetProperty("certificate").GetProperty("objective").GetArrayLength());

        using JsonDocument score = JsonDocument.Parse(Session.Run("evaluate", run, Target, "--json").Out);
        Assert.Equal(accuracy, score.RootElement.GetProperty("accuracy").GetDouble());
        Answer predicted = Session.Run("predict", run, Target, "--out", predictions);
        Assert.True(predicted.ExitCode == ExitCode.Success, predicted.Error);
        Assert.Equal(101, File.ReadAllLines(predictions).Length);
    }

    [Fact]
    public void Train_Verbose_ShowsTheCertificateAndEachClass()
    {
        using TemporaryFolder folder = new();
        string[] arguments = ["train", Source, Target, "--method", "jda", "--size", "8", "--set", "rounds=2", "--no-guard", "--out"];
        Answer loud = Session.Run([.. arguments, folder.In("loud"), "--verbose"]), plain = Session.Run([.. arguments, folder.In("plain")]);

        Assert.True(loud.ExitCode == ExitCode.Success, loud.Error);
        Assert.Contains("192 pixels (3×8×8), each a feature", loud.Out, StringComparison.Ordinal);
        Assert.Contains("jda: 2/2", loud.Out, StringComparison.Ordinal);
        foreach (string shown in (string[])["eigenpairs' residual", "constraint's error", "objective by round", "mostly mistaken for"])
        {
            Assert.Contains(shown, loud.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(shown, plain.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Train_Guarded_VerdictFiguresAndWhatToLabel()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");

        Answer answer = Session.Run("train", Source, Target, "--method", "tca", "--size", "8", "--set", "dimensions=10", "--out", run, "--verbose");

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Transfer Component Analysis, hedged: ", answer.Out, StringComparison.Ordinal);
        string flat = answer.Out.ReplaceLineEndings(" ");
        foreach (string shown in (string[])[
            "Beside it, scored alike: the source's own model ", "Hedged with the source's own model (weight 0.", " of 6 label-free checks prefer the adapted one", "The improvement is not verified",
            "The method asked for has ", $"acclimate verify {run}", "rev-fix", "What each model weighs", "predictions.csv · result.json", "guard: "])
            Assert.Contains(shown, flat, StringComparison.Ordinal);
        Assert.Equal(101, File.ReadAllLines(Path.Combine(run, "predictions.csv")).Length);
        using JsonDocument result = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "result.json")));
        double honest = result.RootElement.GetProperty("honest").GetProperty("accuracy").GetDouble();

        // The saved model stands for the hedge; the run's own figure is the hedge's.
        using JsonDocument again = JsonDocument.Parse(Session.Run("evaluate", run, Target, "--json").Out);
        Assert.InRange(again.RootElement.GetProperty("accuracy").GetDouble(), honest - 0.1, honest + 0.1);
    }

    [Fact]
    public void Train_WhatTheGuardDoesNotApplyTo_IsSaidInALine()
    {
        using TemporaryFolder folder = new();

        Answer answer = Session.Run("train", Source, Target, "--method", "no-adaptation", "--size", "8", "--out", folder.In("run"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Not hedged: no-adaptation is the source's own model.", answer.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.In("run"), "model", "model.safetensors")));
    }

    [Fact]
    public void Train_WhatDoesNotGoWithTheMethod_IsRefused()
    {
        using TemporaryFolder folder = new();
        Answer steps = Session.Run("train", Source, Target, "--method", "tca", "--steps", "5", "--out", folder.In("run"));
        Answer classifier = Session.Run("train", Source, Target, "--classifier", "svm", "--out", folder.In("run"));

        Assert.Contains("--steps is for methods that train a network, and tca is not one", steps.Error, StringComparison.Ordinal);
        Assert.Contains("--classifier is for shallow methods, and dan is not one", classifier.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("run")));
    }

    [Fact]
    public void Methods_Parts_ListsThemOn80Columns()
    {
        Answer answer = Session.Run("methods", "--classifiers", "--preprocess");

        Assert.Equal(ExitCode.Success, answer.ExitCode);
        Assert.All(ClassifierCatalog.All, entry => Assert.Contains($"  {entry.Name} ", answer.Out, StringComparison.Ordinal));
        Assert.All(PreprocessingRecipe.All, step => Assert.Contains($"  {step.Name} ", answer.Out, StringComparison.Ordinal));
        Assert.All(answer.Out.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Methods_OfAShallowOne_HasAnExample() =>
        Assert.Contains("--method jda --preprocess zscore", Session.Run("methods", "jda").Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
}
