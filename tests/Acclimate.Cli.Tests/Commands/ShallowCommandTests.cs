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

    // Units at three corners; words of them that no training sample ever showed, each unit for one frame or more, the frames of one sequence not all side by side.
    [Fact]
    public void Predict_Lexicon_TellsWordsThatNeverOccurred()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run"), units = folder.In("units.csv"), frames = folder.In("frames.csv"), words = folder.In("words.csv"), found = folder.In("found.csv");
        File.WriteAllLines(units, ["x,y,unit", .. Enumerable.Range(0, 30).Select(static i => FormattableString.Invariant($"{(i % 3 == 1 ? 5 : 0) + (0.01 * i)},{(i % 3 == 2 ? 5 : 0) - (0.02 * i)},{"abc"[i % 3]}"))]);
        File.WriteAllLines(frames, ["x,y,sequence", "5,0,second", "0,0,first", "0.1,0,first", "0,5,second", "5,0.1,first", "5,0.2,first", "0,5,first", "0,0,third"]);
        File.WriteAllLines(words, ["word,units", "home,a b c", "away,b c", "back,c b a"]);
        Answer trained = Session.Run("train", units + "?label=unit", frames + "?label=none&ignore=sequence", "--method", "no-adaptation", "--classifier", "logistic", "--preprocess", "zscore-source", "--out", run);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        string[] command = ["predict", run, frames + "?label=sequence", "--lexicon", words];

        Answer plain = Session.Run(command), data = Session.Run([.. command, "--json"]), filed = Session.Run([.. command, "--out", found]);

        const string table = "sequence,word\nsecond,away\nfirst,home\nthird,\n";
        Assert.Equal(table, plain.Out.ReplaceLineEndings("\n"));
        Assert.Equal(table, File.ReadAllText(found));
        Assert.Contains("3 sequences of 8 frames, 1 of them too short", filed.Out, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(data.Out);
        Assert.Equal(["second", "first", "third"], document.RootElement.GetProperty("words").EnumerateArray().Select(static one => one.GetProperty("sequence").GetString()));
        Assert.Equal([2, 5, 1], document.RootElement.GetProperty("words").EnumerateArray().Select(static one => one.GetProperty("frames").GetInt32()));
        Answer unlabelled = Session.Run("predict", run, frames + "?label=none&ignore=sequence", "--lexicon", words), both = Session.Run([.. command, "--codes", found]);
        Assert.Equal((ExitCode.Failure, ExitCode.WrongUse), (unlabelled.ExitCode, both.ExitCode));
        Assert.Contains("which sequence each frame is of", unlabelled.Error, StringComparison.Ordinal);
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
