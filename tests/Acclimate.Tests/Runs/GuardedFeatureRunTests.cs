using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Tests.Features;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

/// <summary>Shallow runs with the harm guard.</summary>
public sealed class GuardedFeatureRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_Guarded_LeavesAMixtureItsReportAndWhatToLabel()
    {
        RunFolder run = new(In("run"));
        List<RunProgress> heard = [];

        RunResult result = TransferRun.Start(Config(), run, heard.Add, Cancellation);

        GuardReport guard = result.Guard!;
        Assert.True(guard.Hedged);
        Assert.StartsWith("Hedged with the source's own model (weight 0.", guard.Verdict, StringComparison.Ordinal);
        Assert.Contains("not verified", guard.Verdict, StringComparison.Ordinal);
        Assert.Equal(1, guard.Weights.Sum(static one => one.Weight), 1e-9);
        Assert.Equal(6, guard.Evidence.Count);
        Assert.Contains(guard.Weights, static one => one.Candidate == "jda");
        Assert.InRange(guard.Agreement!.Value, 0.8, 1);
        Assert.Equal((60, 60), (guard.Source!.Samples, guard.Bare!.Samples));
        Assert.Contains(heard, static progress => progress is { Of: "guard", Round: not null });
        RunResult read = RunResult.Load(run.Result);
        Assert.Equal(guard.Verdict, read.Guard!.Verdict);
        Assert.Equal(guard.Weights, read.Guard.Weights);

        using MixtureModel model = (MixtureModel)TransferModel.Load(run.Model);
        Assert.Equal(["source-only", "self-training-z", "pool", "jda"], model.Members.Select(static member => member.Name));
        Assert.Equal(guard.Weights.Single(static one => one.Candidate == "jda").Weight, model.Weights["jda"], 1e-9);
        Assert.Equal(guard.Weights.Single(static one => one.Candidate == "self-training-z").Weight, model.Weights["self-training-z"], 1e-9);
        Assert.True(File.Exists(run.Draw));
        Assert.Equal(61, File.ReadAllLines(run.Predictions).Length);

        // The run's own samples get the hedge's own labels, and the saved model's agree with them as often as the report says, or more: it has seen these.
        using Domain target = model.Open(Config().Target);
        string[] own = [.. File.ReadAllLines(run.Predictions).Skip(1).Select(static line => line.Split(',')[1])];
        string[] saved = [.. model.Predict(target, Cancellation).Indices.Select(i => model.Classes[i])];
        Assert.InRange(own.Zip(saved, static (a, b) => a == b ? 1.0 : 0).Average(), guard.Agreement.Value - 0.1, 1);
        Assert.Equal(result.Honest!.Accuracy, own.Zip(target.Labels!.Indices, (name, i) => name == target.Labels.Classes[i] ? 1.0 : 0).Average(), 1e-12);
    }

    [Fact]
    public void Start_LabelsOfTheTarget_ChangeNoBit()
    {
        RunConfig config = Config();
        string[] targets = [config.Target, Table("plain.csv", 60, 2, 1, static _ => null), Table("wrong.csv", 60, 2, 1, static _ => "cat")];

        (byte[] Bits, string Report)[] found = [.. targets.Select((target, i) =>
        {
            RunFolder run = new(In($"run-{i}"));
            GuardReport guard = TransferRun.Start(config with { Target = target }, run, cancellation: Cancellation).Guard!;
            byte[] bits = [.. Directory.GetFiles(run.Model, "model.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
            return (bits, $"{guard.Verdict} {string.Join(' ', guard.Weights)} {string.Join(' ', guard.Evidence)} {guard.Agreement}");
        })];

        foreach ((byte[] bits, string report) in found)
        {
            Assert.Equal(found[0].Bits, bits);
            Assert.Equal(found[0].Report, report);
        }
    }

    [Fact]
    public void Resume_CancelledInTheGuard_ComesToTheSameBits()
    {
        RunFolder whole = new(In("whole")), parts = new(In("parts"));
        TransferRun.Start(Config(), whole, cancellation: Cancellation);
        using CancellationTokenSource stop = new();

        Assert.Throws<OperationCanceledException>(() => TransferRun.Start(
            Config(), parts, progress => { if (progress is { Of: "guard", Round.Round: 7 }) stop.Cancel(); }, stop.Token));
        Assert.False(File.Exists(parts.Result));
        Assert.False(Directory.Exists(parts.Model));
        TransferRun.Resume(parts, cancellation: Cancellation);

        Assert.Equal(File.ReadAllText(whole.Predictions), File.ReadAllText(parts.Predictions));
        Assert.Equal(Weights(whole), Weights(parts));

        static byte[] Weights(RunFolder run) => [.. Directory.GetFiles(run.Model, "model.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
    }

    [Fact]
    public void Start_WhereTheGuardDoesNotApply_SaysWhyAndReturnsTheBareMethod()
    {
        string few = Table("few.csv", 9, 3, 1), small = Table("small.csv", 12, 3, 1);
        (RunConfig Config, string Why)[] cases =
        [
            (Config() with { Method = "no-adaptation", Options = [] }, "no-adaptation is the source's own model"),
            (Config() with { Method = "drs", Options = [], TargetLabelled = few }, "knows labels of the target"),
            (Config() with { Target = small }, "a domain has 12 samples, and the checks need 20"),
            (Config() with { OpenSet = true }, "classes that the source lacks"),
        ];
        for (int i = 0; i < cases.Length; i++)
        {
            RunFolder run = new(In($"run-{i}"));
            RunResult result = TransferRun.Start(cases[i].Config, run, cancellation: Cancellation);

            Assert.False(result.Guard!.Hedged);
            Assert.Contains(cases[i].Why, result.Guard.Verdict, StringComparison.Ordinal);
            using TransferModel model = TransferModel.Load(run.Model);
            Assert.IsType<FeatureModel>(model);
        }
    }

    [Fact]
    public void Start_FeaturesThatDoNotVary_RunsOrSaysSo()
    {
        string source = In("flat-source.csv"), target = In("flat-target.csv");
        File.WriteAllLines(source, ["a,b,kind", .. Enumerable.Range(0, 40).Select(static i => $"1,2,{(i % 2 == 0 ? "ant" : "bee")}")]);
        File.WriteAllLines(target, ["a,b,kind", .. Enumerable.Range(0, 30).Select(static i => $"1,2,{(i % 2 == 0 ? "ant" : "bee")}")]);
        RunConfig config = new() { Source = source + "?label=kind", Target = target + "?label=kind", Method = "kmm", Guard = true };

        RunResult result = TransferRun.Start(config, new RunFolder(In("weighed")), cancellation: Cancellation);

        Assert.True(result.Guard!.Hedged);
        Assert.Contains(result.Guard.Notes, static note => note.StartsWith("jda-30 is left out", StringComparison.Ordinal));
        foreach (string method in (string[])["jda", "tca"])
        {
            RunFolder run = new(In(method));
            string message = Assert.Throws<TrainingException>(() => TransferRun.Start(config with { Method = method }, run, cancellation: Cancellation)).Message;
            Assert.Equal($"{method} has nothing to learn from: none of the 2 features varies, as the samples reach it after preprocessing", message);
            Assert.False(File.Exists(run.Result));
        }
    }

    // The pool's mean and the four models that are kept of it don't say the same of these: with the first pair they differ on one of 38 disagreements, with the second the lists do by three samples. What
    // is asked and tested must be of the kept ones.
    [Theory]
    [InlineData(120, 0.8, 0.2)]
    [InlineData(60, 0.5, 1)]
    public void Start_Guarded_ListsTheDisagreementsOfTheModelsThatAreKept(int count, double moved, double noise)
    {
        const int targets = 100;
        RunConfig config = Config() with { Source = Curved("curved-source.csv", count, 1, 0), Target = Curved("curved-target.csv", targets, 1001, moved) };
        RunFolder run = new(In("run"));
        TransferRun.Start(config, run, cancellation: Cancellation);
        ToLabel list = ToLabel.Load(run);

        // Labels of the adapted model's answers, and of the source's own: either is then kept.
        int[] adapted = Kept(static one => one.Adapted), source = Kept(static one => one.Source);

        Assert.Equal(Enumerable.Range(0, targets).Where(i => adapted[i] != source[i]), list.Order.Select(static one => one.Row).Order());
        Assert.All(list.Order, one => Assert.Equal((source[one.Row], adapted[one.Row]), (one.Source, one.Adapted)));

        int[] Kept(Func<Disagreement, int> label)
        {
            string file = In("labels.csv");
            File.WriteAllLines(file, ["sample,label", .. list.Order.Take(8).Select(one => $"{one.Sample},{list.Classes[label(one)]}")]);
            _ = Acclimate.Runs.Verification.Of(run, file);
            using TransferModel model = TransferModel.Load(run.Model);
            using Domain target = model.Open(config.Target);
            return [.. model.Predict(target, Cancellation).Indices];
        }

        // Three classes along curves that no line follows; points that fill a square evenly.
        string Curved(string name, int samples, int from, double by)
        {
            string path = In(name);
            File.WriteAllLines(path, ["a,b,c,d,kind", .. Enumerable.Range(from, samples).Select(i =>
            {
                double[] x = [.. ((double[])[2, 3, 5, 7, 11]).Select(prime => (4 * (i * Math.Sqrt(prime) % 1)) - 2)];
                int kind = (int)(Math.Abs(Math.Sin(2 * x[0]) + (x[1] * x[2]) + (noise * x[4])) % 3);
                return FormattableString.Invariant($"{x[0] + by:R},{x[1]:R},{x[2] * (1 + by):R},{x[3]:R},{((string[])["ant", "bee", "cat"])[kind]}");
            })]);
            return path + "?label=kind";
        }
    }

    [Fact]
    public void Start_SamplesToScoreOnApart_ScoresTheSavedModels()
    {
        RunConfig config = Config() with { Test = Table("test.csv", 40, 9, 1) };
        RunFolder run = new(In("run"));

        RunResult result = TransferRun.Start(config, run, cancellation: Cancellation);

        using TransferModel model = TransferModel.Load(run.Model);
        using Domain test = model.Open(config.Test!);
        Assert.Equal((40, 40, 40), (result.Honest!.Samples, result.Guard!.Source!.Samples, result.Guard.Bare!.Samples));
        Assert.Equal(result.Honest.Accuracy, TransferRun.Evaluate(model, test, Cancellation).Score.Accuracy);
    }

    // Two real pairs, one of them small: no figure of the study is to be met, but the source's own is not to be lost.
    [Theory]
    [InlineData("surf", "D>W")]
    [InlineData("amazon", "D>B")]
    public void Start_RealPair_IsNotBelowTheSource(string suite, string task)
    {
        (string source, string target) = RealPairs.Named(suite, task);
        RunConfig config = new() { Source = source, Target = target, Method = "coral", Classifier = "svm", Preprocess = suite == "surf" ? "rowsum,zscore" : "l2,zscore", Guard = true };

        RunResult result = TransferRun.Start(config, new RunFolder(In("run")), cancellation: Cancellation);

        Assert.True(result.Honest!.Accuracy > result.Guard!.Source!.Accuracy - 0.01, $"{result.Honest.Accuracy} beside {result.Guard.Source.Accuracy}: {result.Guard.Verdict}");
    }

    private RunConfig Config() => new()
    {
        Source = Table("source.csv", 90, 1, 0),
        Target = Table("target.csv", 60, 2, 1),
        Method = "jda",
        Classifier = "svm",
        Preprocess = "zscore",
        Options = new() { ["dimensions"] = "4", ["rounds"] = "3" },
        Guard = true,
    };

    private string In(string name) => Path.Combine(folder, name);

    /// <summary>A table, with a label column unless the names are none, and its source string.</summary>
    private string Table(string name, int count, long seed, float shift, Func<int, string?>? named = null) =>
        Tables.Named(In(name), count, seed, shift, named);
}
