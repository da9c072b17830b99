using System.Text.Json;
using Acclimate.Cli.Rendering;
using Acclimate.Runs;

namespace Acclimate.Cli.Tests.Commands;

/// <summary>The main job from end to end, on few samples and steps.</summary>
public sealed class TrainCommandTests
{
    private const string Source = "generated:digits-clean?count=100";
    private const string Target = "generated:digits-wild?count=100";

    [Fact]
    public void Train_LabelsOfTheTargetsOwn_AreToldOfAndNotScored()
    {
        using TemporaryFolder folder = new();
        const string Source = "generated:digits-clean?count=60&seed=1", Target = "generated:digits-wild?count=60&seed=2";
        Answer answer = Session.Run("train", Source, Target, "--method", "coral", "--set", "similarity=true", "--size", "8", "--target-labels", "2", "--out", folder.In("run"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("2 of each class, drawn by the seed and not scored", answer.Out, StringComparison.Ordinal);
        Assert.Contains("the target's labels that were given to learn from are not scored", answer.Out, StringComparison.Ordinal);
        Assert.Contains("can't learn from labels of the target", answer.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, Session.Run("train", Source, Target, "--target-labels", "0").ExitCode);
    }

    [Fact]
    public void Train_SeveralSourcesWithoutATarget_GeneralisesAndIsScoredOnATest()
    {
        using TemporaryFolder folder = new();
        const string One = "generated:digits-clean?count=60&seed=1", Two = "generated:digits-wild?count=60&seed=2", Test = "generated:digits-wild?count=40&seed=3";
        Answer alone = Session.Run("train", One, "--method", "group-dro", "--steps", "3", "--out", folder.In("no"));
        Assert.Equal(ExitCode.Failure, alone.ExitCode);
        Assert.Contains("group-dro learns from several sources: name the others with --also", alone.Error, StringComparison.Ordinal);

        Answer answer = Session.Run("train", One, "--also", Two, "--balance", "--method", "group-dro", "--test", Test, "--size", "16", "--backbone", "lenet", "--steps", "3", "--out", folder.In("run"));

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("right on the test samples", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ThenEvaluateAndPredict_AgreeOnTheModel()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run"), predictions = folder.In("predictions.csv");
        Answer trained = Session.Run("train", Source, Target, "--no-guard", "--steps", "5", "--out", run, "--json");
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        using JsonDocument result = JsonDocument.Parse(trained.Out);
        double accuracy = result.RootElement.GetProperty("honest").GetProperty("accuracy").GetDouble();

        using JsonDocument score = JsonDocument.Parse(Session.Run("evaluate", run, Target, "--json").Out);
        Assert.Equal(accuracy, score.RootElement.GetProperty("accuracy").GetDouble());
        Assert.Equal(100, score.RootElement.GetProperty("samples").GetInt32());

        Answer predicted = Session.Run("predict", Path.Combine(run, "model"), Target, "--out", predictions);
        Assert.True(predicted.ExitCode == ExitCode.Success, predicted.Error);
        string[] lines = File.ReadAllLines(predictions);
        Assert.Equal("sample,class,confidence", lines[0]);
        Assert.Equal(101, lines.Length);
    }

    [Fact]
    public void Train_HashCodes_PrintsRetrievalAndPredictWritesThem()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run"), plain = folder.In("plain"), codes = folder.In("codes.csv");
        Answer trained = Session.Run("train", Source, Target, "--method", "dhn", "--set", "bits=12", "--steps", "3", "--out", run);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        Assert.Contains("Retrieval by 12-bit codes: mean average precision", trained.Out, StringComparison.Ordinal);
        Assert.Contains("(100 labelled target samples against the source's 100)", trained.Out, StringComparison.Ordinal);

        Answer predicted = Session.Run("predict", run, Target, "--codes", codes, "--out", folder.In("predictions.csv"));
        Assert.True(predicted.ExitCode == ExitCode.Success, predicted.Error);
        string[] lines = File.ReadAllLines(codes);
        Assert.Equal("sample,code", lines[0]);
        Assert.Equal(101, lines.Length);
        Assert.All(lines[1..], static line => Assert.Matches(",[01]{12}$", line));

        Assert.Equal(ExitCode.Success, Session.Run("train", Source, Target, "--steps", "1", "--method", "source-only", "--out", plain).ExitCode);
        Answer refused = Session.Run("predict", plain, Target, "--codes", codes);
        Assert.Equal(ExitCode.WrongUse, refused.ExitCode);
        Assert.Contains("--method dhn", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Interrupted_ExitsWith130AndGoesOnToTheSameWeights()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run"), whole = folder.In("whole");
        using CancellationTokenSource source = new();
        using StopsAtProgress output = new(source);
        using StringWriter error = new();
        int code = CommandLine.Run(
            ["train", Source, Target, "--no-guard", "--steps", "20", "--out", run], new Screen(output, error, Live: false, Colour: false, 80), source.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.Contains($"acclimate train --resume {run}", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "result.json")));

        Answer resumed = Session.Run("train", "--resume", run);
        Assert.True(resumed.ExitCode == ExitCode.Success, resumed.Error);
        Assert.Equal(ExitCode.Success, Session.Run("train", Source, Target, "--no-guard", "--steps", "20", "--out", whole).ExitCode);
        Assert.Equal(Weights(whole), Weights(run));
    }

    [Fact]
    public void Train_Hedged_ShowsBothNetworksAndWhatToLabel()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");

        Answer answer = Session.Run("train", Source, Target, "--steps", "10", "--out", run);

        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Guard   the source's own network comes first", answer.Out, StringComparison.Ordinal);
        Assert.True(answer.Out.IndexOf("  source-only: 10/10", StringComparison.Ordinal) < answer.Out.IndexOf("  dan: 10/10", StringComparison.Ordinal), answer.Out);
        Assert.Contains("  source-only: 10/10", answer.Out, StringComparison.Ordinal);
        Assert.Contains("Hedged with the source's own network", answer.Out, StringComparison.Ordinal);
        Assert.Contains("acclimate verify", answer.Out, StringComparison.Ordinal);
        using JsonDocument score = JsonDocument.Parse(Session.Run("evaluate", run, Target, "--json").Out);
        Assert.Equal(RunResult.Load(Path.Combine(run, "result.json")).Honest!.Accuracy, score.RootElement.GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void Train_IntoAFolderThatHoldsARun_Refused()
    {
        using TemporaryFolder folder = new();
        string run = folder.In("run");
        Assert.Equal(ExitCode.Success, Session.Run("train", Source, Target, "--no-guard", "--steps", "1", "--out", run).ExitCode);
        Answer again = Session.Run("train", Source, Target, "--no-guard", "--steps", "1", "--out", run);
        Assert.Equal(ExitCode.Failure, again.ExitCode);
        Assert.Contains("--resume", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_UnknownOptionOfTheMethod_NamesTheKnown()
    {
        using TemporaryFolder folder = new();
        Answer answer = Session.Run("train", Source, Target, "--set", "lamda=1", "--out", folder.In("run"));
        Assert.Equal(ExitCode.Failure, answer.ExitCode);
        Assert.Contains("lambda", answer.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.In("run")));
    }

    [Fact]
    public void Inspect_TwoDomains_VerdictFirst()
    {
        Answer answer = Session.Run("inspect", Source, Target);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.StartsWith("The domains differ.", answer.Out, StringComparison.Ordinal);
        Assert.Contains("acclimate train", answer.Out, StringComparison.Ordinal);
        Assert.StartsWith("No difference was found", Session.Run("inspect", Source, Source).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Demo_FewSteps_TableAndFolder()
    {
        using TemporaryFolder folder = new();
        string demo = folder.In("demo");
        Answer answer = Session.Run("demo", "--steps", "2", "--seeds", "1", "--out", demo);
        Assert.True(answer.ExitCode == ExitCode.Success, answer.Error);
        Assert.Contains("Accuracy on the target", answer.Out, StringComparison.Ordinal);
        Assert.Contains("DAN (MK-MMD)", answer.Out, StringComparison.Ordinal);
        Assert.Contains(demo, answer.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(demo, "demo.json")));
        Assert.True(File.Exists(Path.Combine(demo, "dan-0", "model", "model.safetensors")));
    }

    // The target has a class that the source lacks: the message says how to score that, and both commands then do.
    [Fact]
    public void TrainAndEvaluate_OpenSet_ScoreTheRestAsUnknown()
    {
        using TemporaryFolder folder = new();
        string source = Table(folder.In("source.csv"), ["ant", "bee"]), target = Table(folder.In("target.csv"), ["ant", "bee", "cat"]);
        string open = folder.In("open"), closed = folder.In("closed");
        string[] train = ["train", source, target, "--steps", "5", "--batch-size", "8", "--method"];

        Answer refused = Session.Run([.. train, "osbp", "--out", open]);
        Assert.Equal(ExitCode.Failure, refused.ExitCode);
        Assert.Contains("--open-set", refused.Error, StringComparison.Ordinal);
        Answer trained = Session.Run([.. train, "osbp", "--out", open, "--open-set"]);
        Assert.True(trained.ExitCode == ExitCode.Success, trained.Error);
        string line = trained.Out.Split('\n').Single(static l => l.StartsWith("Open set: OS ", StringComparison.Ordinal));
        Answer evaluated = Session.Run("evaluate", open, target);
        Assert.True(evaluated.ExitCode == ExitCode.Success, evaluated.Error);
        Assert.Contains(line, evaluated.Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Success, Session.Run([.. train, "source-only", "--out", closed, "--open-set"]).ExitCode);
        Answer strange = Session.Run("evaluate", closed, target);
        Assert.Equal(ExitCode.Failure, strange.ExitCode);
        Assert.Contains("--open-set", strange.Error, StringComparison.Ordinal);
        using JsonDocument score = JsonDocument.Parse(Session.Run("evaluate", closed, target, "--open-set", "--json").Out);
        Assert.Equal(3, score.RootElement.GetProperty("classes").GetArrayLength());
        Assert.Equal(0, score.RootElement.GetProperty("open_set").GetProperty("unknown_recall").GetDouble());
        Assert.Equal(10, score.RootElement.GetProperty("confusion")[2].EnumerateArray().Sum(static n => n.GetInt64()));
    }

    /// <summary>A table of 30 rows, whose classes take turns, and its source string.</summary>
    private static string Table(string path, string[] classes)
    {
        File.WriteAllLines(path, ["a,b,kind", .. Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"{i % 7 * 0.1},{i % classes.Length},{classes[i % classes.Length]}"))]);
        return path + "?label=kind";
    }

    private static byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(run, "model", "model.safetensors"));

    /// <summary>Ctrl-C at the first line of progress.</summary>
    private sealed class StopsAtProgress(CancellationTokenSource source) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains("/20", StringComparison.Ordinal) == true)
                source.Cancel();
        }
    }
}
