using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Tests.Runs.Auto;

public sealed class AutoNetworkRunTests : IDisposable
{
    private const long Steps = 20;

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_Networks_MixesTheSourcesWithThoseThatChecksPrefer()
    {
        RunFolder run = Run("run");
        List<string?> trained = [];

        RunResult result = AutoRun.Start(Config(), run, Steps, progress: progress => { if (progress.Step is not null) trained.Add(progress.Of); }, cancellation: Cancellation);

        Assert.Equal(["source-only", "mcc", "dan"], trained.Distinct());
        Assert.Equal(3 * Steps, trained.Count);
        AutoReport auto = result.Auto!;
        Assert.Equal(["mcc", "dan"], auto.Trials.Select(static trial => trial.Name));
        Assert.All(auto.Trials, static trial => Assert.Equal(4, trial.Evidence.Count));
        string[] parts = [.. auto.Trials.Where(static trial => trial.Outcome == TrialOutcome.Admitted).Select(static trial => trial.Name)];
        using MixtureModel model = Assert.IsType<MixtureModel>(TransferModel.Load(run.Model));
        Assert.Equal(["source-only", .. parts.Length > 0 ? parts : ["mcc", "dan"]], model.Members.Select(static member => member.Name));
        Assert.Equal(model.Weights, result.Guard!.Weights.ToDictionary(static one => one.Candidate, static one => one.Weight));
        Assert.Equal((60, 60), (result.Honest!.Samples, result.Guard.Source!.Samples));
        Assert.Equal(Steps, result.Steps);
        Assert.Equal(60, ToLabel.Load(run).Samples);
        Assert.Contains("What was tried", File.ReadAllText(run.Report), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_InterruptedInTheSecondObjective_ReturnsTheFirstAndGoesOnToTheSameModel()
    {
        RunFolder whole = Run("whole"), parts = Run("parts");
        AutoRun.Start(Config(), whole, Steps, cancellation: Cancellation, report: false);
        using CancellationTokenSource stop = new();

        RunResult first = AutoRun.Start(Config(), parts, Steps, progress: progress => { if (progress is { Of: "dan", Step.Step: 7 }) stop.Cancel(); }, cancellation: stop.Token, report: false);
        Assert.True(first.Auto!.Interrupted);
        Assert.Equal(TrialOutcome.OutOfTime, first.Auto.Trials[1].Outcome);
        using (MixtureModel model = Assert.IsType<MixtureModel>(TransferModel.Load(parts.Model)))
            Assert.Equal(["source-only", "mcc"], model.Members.Select(static member => member.Name));
        List<(string?, long)> trained = [];
        RunResult second = AutoRun.Resume(parts, progress: progress => { if (progress.Step is { } step) trained.Add((progress.Of, step.Step)); }, cancellation: Cancellation, report: false);

        Assert.False(second.Auto!.Interrupted);
        Assert.Equal(("dan", 8), trained[0]);
        Assert.Equal(Weights(whole), Weights(parts));
    }

    [Fact]
    public void Start_TimeLeft_TrainsTheBestWithOptionsFromTheirRanges()
    {
        RunFolder run = Run("run");

        RunResult result = AutoRun.Start(Config() with { Auto = new AutoOptions { Methods = ["dan", "mcc"], Draws = 2 } }, run, Steps, cancellation: Cancellation, report: false);

        IReadOnlyList<AutoTrial> trials = result.Auto!.Trials;
        Assert.Equal(["mcc", "dan"], trials.Take(2).Select(static trial => trial.Name));
        Assert.Equal(["dan-draw-1", "dan-draw-2", "mcc-draw-1", "mcc-draw-2"], trials.Skip(2).Select(static trial => trial.Name).Order(StringComparer.Ordinal));
        Assert.All(trials.Skip(2), static trial => Assert.NotEmpty(trial.Options));
        Assert.All(trials, static trial => Assert.Equal((4, trial.Method), (trial.Evidence.Count, trial.Family)));
        using NetworkModel drawn = Assert.IsType<NetworkModel>(TransferModel.Load(run.Candidate("mcc-draw-1").Model));
        AutoTrial one = trials.Single(static trial => trial.Name == "mcc-draw-1");
        Assert.All(one.Options, option => Assert.Equal(option.Value, drawn.Provenance.Options[option.Key]));
    }

    [Fact]
    public void Start_NoStepsGiven_TakesWhatTheTimeAllowsButNoFewerThanTheFloor()
    {
        RunFolder run = Run("run");

        RunResult result = AutoRun.Start(Config() with { Auto = new AutoOptions { Methods = ["dan"], Budget = 0.01 } }, run, cancellation: Cancellation, report: false);

        Assert.Equal((200, 200), (result.Steps, run.Open().Steps));
        Assert.Equal(TrialOutcome.OutOfTime, Assert.Single(result.Auto!.Trials).Outcome);
        Assert.False(result.Guard!.Hedged);
        using TransferModel model = TransferModel.Load(run.Model);
        Assert.IsType<NetworkModel>(model);
    }

    private RunFolder Run(string name) => new(Path.Combine(folder, name));

    private RunConfig Config() => new()
    {
        Source = Tables.Write(Path.Combine(folder, "source.csv"), 90, 1, 0),
        Target = Tables.Write(Path.Combine(folder, "target.csv"), 60, 2, 1.5),
        BatchSize = 16,
        Precision = "float32",
        Auto = new AutoOptions { Methods = ["dan", "mcc"], Draws = 0 },
    };

    private static byte[] Weights(RunFolder run) => [.. Directory.GetFiles(run.Model, "model.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes)];
}
