using Acclimate.Data;
using Acclimate.Reports;
using Acclimate.Runs;
using Acclimate.Selection.Experience;
using Acclimate.Training;

namespace Acclimate.Tests.Runs.Auto;

/// <summary>Runs that choose by themselves, of rows, with more time than they need: what they come to does not depend on it then.</summary>
public sealed class AutoRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_SomeMethods_LeavesOneModelAndSaysWhatWasTried()
    {
        RunFolder run = Run("run");
        List<AutoProgress> heard = [];

        RunResult result = AutoRun.Start(Config(), run, progress: progress => { if (progress.Auto is { } auto) heard.Add(auto); }, cancellation: Cancellation);

        AutoReport auto = result.Auto!;
        Assert.False(auto.Interrupted);
        Assert.Equal(["label-propagation", "coral"], auto.Trials.Take(2).Select(static trial => trial.Name));
        Assert.Equal(18, auto.Trials.Count);
        Assert.All(auto.Trials.Where(static trial => trial.IsJudged), static trial => Assert.Equal(6, trial.Evidence.Count));
        Assert.All(auto.Trials.Skip(2), static trial => Assert.Contains("-draw-", trial.Name, StringComparison.Ordinal));
        Assert.Equal("propagation", auto.Trials[0].Family);
        Assert.Equal(2 * auto.Trials.Count, heard.Count);

        // Those that were admitted have a part, by the rule of families; the others have none.
        GuardReport guard = result.Guard!;
        Assert.Equal(1, guard.Weights.Sum(static one => one.Weight), 1e-9);
        Assert.Equal(
            auto.Trials.Where(static trial => trial.Outcome == TrialOutcome.Admitted).Select(static trial => trial.Name),
            guard.Weights.Skip(20).Select(static one => one.Candidate));
        Assert.Equal((60, 60), (result.Honest!.Samples, guard.Source!.Samples));
        Assert.StartsWith("Domain adaptation, labels in the source alone. ", auto.Plan, StringComparison.Ordinal);

        // What was tried is kept as experience, with its gain, since the target came with labels for scoring; what an earlier stretch tried is not kept again.
        IReadOnlyList<Experience> taught = Experience.OfTrials(result, DateTimeOffset.UnixEpoch);
        AutoTrial[] judged = [.. auto.Trials.Where(static trial => trial.IsJudged)];
        Assert.Equal(judged.Select(static trial => (trial.Method, trial.Gain, 6)), taught.Select(static one => (one.Method, one.Gain, one.Validators.Count)));
        Assert.All(taught, static one => Assert.NotNull(one.Gain));
        Assert.Equal(judged.Length - 1, Experience.OfTrials(result, DateTimeOffset.UnixEpoch, judged.Min(static trial => trial.At)).Count);

        using MixtureModel model = Assert.IsType<MixtureModel>(TransferModel.Load(run.Model));
        Assert.Equal(["source-only", "self-training-z", "pool"], model.Members.Select(static member => member.Name));
        Assert.Equal(60, ToLabel.Load(run).Samples);
        Assert.Equal(61, File.ReadAllLines(run.Predictions).Length);
        string page = File.ReadAllText(run.Report);
        Assert.Contains("What was tried", page, StringComparison.Ordinal);
        Assert.Contains("acclimate auto ", page, StringComparison.Ordinal);
        Assert.Contains("--methods coral,label-propagation", page, StringComparison.Ordinal);
        Assert.Equal(auto.Verdict, RunResult.Load(run.Result).Auto!.Verdict);

        // Its time is over: there is nothing to go on with, by either command.
        Assert.Equal(auto.Seconds, AutoRun.Resume(run, cancellation: Cancellation).Auto!.Seconds);
        Assert.Equal(auto.Seconds, TransferRun.Resume(run, cancellation: Cancellation).Auto!.Seconds);
    }

    [Fact]
    public void Start_RightWrongAndNoTargetLabels_ChooseTheSame()
    {
        string table = Path.Combine(folder, "wrong.csv");
        string[] targets = [Config().Target, Tables.Write(table, 60, 2, 1.5, static kind => (kind + 1) % 3), table + "?label=none&ignore=kind"];

        (byte[] Bits, string Chosen, double? Accuracy)[] found = [.. targets.Select((target, i) =>
        {
            RunFolder run = Run($"run-{i}");
            RunResult result = AutoRun.Start(Config() with { Target = target }, run, cancellation: Cancellation, report: false);
            return (Weights(run), Chosen(result), result.Honest?.Accuracy);
        })];

        Assert.NotEqual(found[0].Accuracy, found[1].Accuracy);
        Assert.Null(found[2].Accuracy);
        foreach ((byte[] bits, string chosen, _) in found)
        {
            Assert.Equal(found[0].Chosen, chosen);
            Assert.Equal(found[0].Bits, bits);
        }
    }

    [Fact]
    public void Start_Interrupted_ReturnsTheBestSoFarAndGoesOnToTheSameChoice()
    {
        RunFolder whole = Run("whole"), parts = Run("parts");
        string chosen = Chosen(AutoRun.Start(Config(), whole, cancellation: Cancellation, report: false));
        using CancellationTokenSource stop = new();

        RunResult first = AutoRun.Start(Config(), parts, progress: progress => { if (progress.Auto is { Done.Name: "coral" }) stop.Cancel(); }, cancellation: stop.Token, report: false);
        Assert.True(first.Auto!.Interrupted);
        Assert.Contains("best so far", first.Auto.Verdict, StringComparison.Ordinal);
        Assert.Equal(2, first.Auto.Trials.Count(static trial => trial.IsJudged));
        Assert.All(first.Auto.Trials.Skip(2), static trial => Assert.Equal(TrialOutcome.OutOfTime, trial.Outcome));
        using (TransferModel model = TransferModel.Load(parts.Model))
            Assert.IsType<MixtureModel>(model);
        List<string> begun = [];
        RunResult second = AutoRun.Resume(parts, progress: progress => { if (progress.Auto is { Done: null } auto) begun.Add(auto.Trying); }, cancellation: Cancellation, report: false);

        Assert.False(second.Auto!.Interrupted);
        Assert.DoesNotContain("coral", begun);
        Assert.Equal(16, begun.Count);
        Assert.Equal(chosen, Chosen(second));
        Assert.Equal(Weights(whole), Weights(parts));
        Assert.Equal(File.ReadAllText(whole.Predictions), File.ReadAllText(parts.Predictions));
    }

    [Fact]
    public void Resume_KilledBetweenTwoTrials_FitsNothingTwice()
    {
        RunFolder whole = Run("whole"), parts = Run("parts");
        string chosen = Chosen(AutoRun.Start(Config(), whole, cancellation: Cancellation, report: false));

        Assert.Throws<InvalidTimeZoneException>(() => AutoRun.Start(
            Config(), parts, progress: static progress => { if (progress.Auto is { Trying: "coral", Done: null }) throw new InvalidTimeZoneException(); }, cancellation: Cancellation));
        Assert.False(File.Exists(parts.Result));
        Assert.Contains("not finished", Assert.Throws<InvalidDataException>(() => HtmlReport.Write(parts)).Message, StringComparison.Ordinal);
        List<string> begun = [];
        RunResult second = AutoRun.Resume(parts, progress: progress => { if (progress.Auto is { Done: null } auto) begun.Add(auto.Trying); }, cancellation: Cancellation, report: false);

        Assert.DoesNotContain("label-propagation", begun);
        Assert.Equal("coral", begun[0]);
        Assert.Equal(chosen, Chosen(second));
        Assert.Equal(Weights(whole), Weights(parts));
    }

    // The pool is finished whatever the time, and is an answer.
    [Fact]
    public void Start_HardlyAnyTime_ReturnsThePool_AndMoreTimeGoesOn()
    {
        RunFolder run = Run("run");

        RunResult result = AutoRun.Start(Config() with { Auto = Config().Auto! with { Budget = 0.001 } }, run, cancellation: Cancellation, report: false);

        Assert.False(result.Auto!.Interrupted);
        Assert.All(result.Auto.Trials, static trial => Assert.Equal(TrialOutcome.OutOfTime, trial.Outcome));
        Assert.True(result.Guard!.Hedged);
        Assert.Equal(20, result.Guard.Weights.Count);
        RunResult more = AutoRun.Resume(run, 600, cancellation: Cancellation, report: false);
        Assert.Equal(18, more.Auto!.Trials.Count(static trial => trial.IsJudged));
    }

    [Fact]
    public void Start_WhatCantBe_IsRefusedBeforeAnythingIsWritten()
    {
        RunConfig config = Config();
        (RunConfig Config, string Why)[] cases =
        [
            (config with { Auto = null }, "it is missing"),
            (config with { Auto = new AutoOptions { Budget = 0 } }, "the budget is 0 seconds"),
            (config with { Auto = new AutoOptions { Methods = ["jad"] } }, "jda"),
            (config with { Auto = new AutoOptions { Methods = ["drs"] } }, "auto can't try drs"),
            (config with { Auto = new AutoOptions { Methods = ["no-adaptation"] } }, "it does not adapt"),
            (config with { Auto = new AutoOptions { Methods = ["osbp"] } }, "other classes"),
            (config with { Auto = new AutoOptions { Methods = ["jda", "dan"] } }, "methods of one kind"),
            (config with { Auto = new AutoOptions { Methods = ["jda"], Exclude = ["jda"] } }, "nothing is left to try"),
            (config with { Target = string.Empty }, "none is given"),
            (config with { OpenSet = true }, "with the source's classes"),
        ];
        foreach ((RunConfig wrong, string why) in cases)
            Assert.Contains(why, Assert.Throws<ArgumentException>(() => AutoRun.Start(wrong, Run("run"), cancellation: Cancellation)).Message, StringComparison.Ordinal);
        Assert.Contains("the checks need 20", Assert.Throws<DataException>(() => AutoRun.Start(
            config with { Target = Tables.Write(Path.Combine(folder, "few.csv"), 9, 2, 1.5) }, Run("run"), cancellation: Cancellation)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TransferRun.Start(config, Run("run"), cancellation: Cancellation));
        Assert.False(Directory.Exists(Run("run").Path));
    }

    // Each domain brought to mean 0 has lost the shift that weights are to undo; with a method that maps features among them, the usual steps are for it.
    [Theory]
    [InlineData("nn-weighting", null, "zscore-source")]
    [InlineData("nn-weighting", "zscore", "zscore")]
    [InlineData("nn-weighting,coral", null, "zscore")]
    public void Start_MethodsThatWeighNamed_GetBothDomainsStandardisedByTheSource(string methods, string? preprocess, string expected)
    {
        RunConfig config = Config() with { Preprocess = preprocess, Auto = new AutoOptions { Methods = methods.Split(',') } };

        RunResult result = AutoRun.Start(config, Run("run"), cancellation: Cancellation, report: false);

        Assert.Equal(expected, result.Preprocess);
        Assert.Equal(methods.Split(',').Order(), result.Auto!.Trials.Where(static trial => trial.Name == trial.Method).Select(static trial => trial.Name).Order());
    }

    [Fact]
    public void Start_ExperienceOfThisTarget_IsNotHeeded()
    {
        RunFolder first = Run("first"), second = Run("second");
        Experience[] own = [.. Experience.OfTrials(AutoRun.Start(Config(), first, cancellation: Cancellation, report: false), DateTimeOffset.UnixEpoch).SelectMany(
            static (one, i) => Enumerable.Range(0, 3).Select(other => one with { Source = $"other-{other}.csv", Gain = one.Method == "coral" ? 50 : -50 }))];

        RunResult result = AutoRun.Start(Config(), second, experiences: own, cancellation: Cancellation, report: false);

        Assert.Equal("label-propagation", result.Auto!.Trials[0].Name);
        Assert.Contains("its labels would speak from it", result.Auto.Order, StringComparison.Ordinal);
    }

    private RunFolder Run(string name) => new(Path.Combine(folder, name));

    private RunConfig Config() => new()
    {
        Source = Tables.Write(Path.Combine(folder, "source.csv"), 90, 1, 0),
        Target = Tables.Write(Path.Combine(folder, "target.csv"), 60, 2, 1.5),
        Auto = new AutoOptions { Methods = ["coral", "label-propagation"] },
    };

    private static string Chosen(RunResult result) =>
        string.Join('\n', [.. result.Auto!.Trials.Select(static trial => $"{trial.Name} {trial.Outcome} {string.Join(' ', trial.Evidence)}"), .. result.Guard!.Weights.Select(static one => one.ToString()), result.Guard.Verdict]);

    private static byte[] Weights(RunFolder run) => [.. Directory.GetFiles(run.Model, "model.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
}
