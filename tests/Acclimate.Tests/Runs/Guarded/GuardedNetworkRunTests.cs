using Acclimate.Data;
using Acclimate.Deep.Statistics;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Tests.Runs.Guarded;

public sealed class GuardedNetworkRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_Guarded_ReturnsAMixtureAndSaysWhy()
    {
        RunConfig config = Config();
        RunFolder run = Run("run");
        List<string?> trained = [];

        RunResult result = TransferRun.Start(config, run, progress => { if (progress.Step is not null) trained.Add(progress.Of); }, TestContext.Current.CancellationToken);

        using MixtureModel model = Assert.IsType<MixtureModel>(TransferModel.Load(run.Model));
        Assert.Equal(["source-only", "dan-20", "dan"], model.Members.Select(static member => member.Name));
        GuardReport guard = result.Guard!;
        Assert.True(guard.Hedged);
        Assert.Equal(model.Weights, guard.Weights.ToDictionary(static one => one.Candidate, static one => one.Weight));
        Assert.Equal(["knn", "silhouette", "rev-fix", "rev-raw"], guard.Evidence.Select(static one => one.Validator));
        Assert.Contains("the samples' own features", Assert.Single(guard.Notes), StringComparison.Ordinal);
        Assert.Contains("Not verified", guard.Verdict, StringComparison.Ordinal);
        Assert.Equal(60, result.Honest!.Samples);
        using Domain target = Domain.Open(config.Target);
        Assert.Equal(result.Honest.Accuracy, TransferRun.Evaluate(model, target, TestContext.Current.CancellationToken).Score.Accuracy);
        Assert.Equal(TransferRun.Evaluate(model.Members[0].Model, target, TestContext.Current.CancellationToken).Score, guard.Source);
        Assert.Equal(TransferRun.Evaluate(model.Members[2].Model, target, TestContext.Current.CancellationToken).Score, guard.Bare);
        Assert.Equal([.. Enumerable.Repeat("source-only", 30), .. Enumerable.Repeat("dan", 30)], trained);
        Assert.Equal(60, ToLabel.Load(run).Samples);
        Assert.False(Directory.Exists(Path.Combine(run.Path, "kept")));
        Assert.Equal(guard.Verdict, RunResult.Load(run.Result).Guard!.Verdict);
    }

    // The guard adds networks; it changes none of them.
    [Fact]
    public void Start_Guarded_TrainsEachNetworkToTheBitsOfItsBareRun()
    {
        RunFolder hedged = Run("hedged"), dan = Run("dan"), source = Run("source");
        TransferRun.Start(Config(), hedged, cancellation: TestContext.Current.CancellationToken);
        TransferRun.Start(Config() with { Guard = false }, dan, cancellation: TestContext.Current.CancellationToken);
        TransferRun.Start(Config() with { Guard = false, Method = "source-only" }, source, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Weights(dan.Model), Weights(Path.Combine(hedged.Model, "members", "dan")));
        Assert.Equal(Weights(source.Model), Weights(Path.Combine(hedged.Model, "members", "source-only")));
        Assert.Equal(File.ReadAllText(dan.Metrics), File.ReadAllText(hedged.Metrics));
    }

    // Stopped in the source's training, at a step that is kept of the method's, and behind it.
    [Theory]
    [InlineData("source-only", 17)]
    [InlineData("dan", 20)]
    [InlineData("dan", 23)]
    public void Resume_AfterACancel_SameModelAsUninterrupted(string of, int step)
    {
        RunFolder whole = Run("whole"), parts = Run("parts");
        TransferRun.Start(Config(), whole, cancellation: TestContext.Current.CancellationToken);

        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => TransferRun.Start(
            Config(), parts, progress => { if (progress.Of == of && progress.Step?.Step == step) stop.Cancel(); }, stop.Token));
        Assert.False(File.Exists(parts.Result));

        // As if it had been killed between its checkpoint and what is kept of it.
        if (step == 20)
            Directory.Delete(Path.Combine(parts.Path, "kept"), recursive: true);
        TransferRun.Resume(parts, cancellation: TestContext.Current.CancellationToken);

        foreach (string member in (string[])["source-only", "dan-20", "dan"])
            Assert.Equal(Weights(Path.Combine(whole.Model, "members", member)), Weights(Path.Combine(parts.Model, "members", member)));
        Assert.Equal(File.ReadAllText(Path.Combine(whole.Model, "model.json")), File.ReadAllText(Path.Combine(parts.Model, "model.json")));
        Assert.Equal(File.ReadAllText(whole.Draw), File.ReadAllText(parts.Draw));
    }

    [Fact]
    public void Start_OtherTargetLabels_ChangeFiguresAndNothingElse()
    {
        RunFolder one = Run("one"), other = Run("other"), none = Run("none");
        RunResult honest = TransferRun.Start(Config(), one, cancellation: TestContext.Current.CancellationToken);
        RunResult wrong = TransferRun.Start(
            Config() with { Target = Tables.Write(Path.Combine(folder, "target.csv"), 60, 2, 1.5, static kind => (kind + 1) % 3) }, other, cancellation: TestContext.Current.CancellationToken);
        RunResult blind = TransferRun.Start(
            Config() with { Target = Path.Combine(folder, "target.csv") + "?label=none&ignore=kind" }, none, cancellation: TestContext.Current.CancellationToken);

        Assert.NotEqual(honest.Honest!.Accuracy, wrong.Honest!.Accuracy);
        Assert.Null(blind.Honest);
        foreach ((RunResult result, RunFolder run) in ((RunResult, RunFolder)[])[(wrong, other), (blind, none)])
        {
            Assert.Equal(honest.Guard!.Weights, result.Guard!.Weights);
            Assert.Equal(honest.Guard.Evidence, result.Guard.Evidence);
            Assert.Equal(Weights(Path.Combine(one.Model, "members", "dan")), Weights(Path.Combine(run.Model, "members", "dan")));
            Assert.Equal(ToLabel.Load(one).Order, ToLabel.Load(run).Order);
        }
    }

    [Fact]
    public void Start_SmallPictures_AreJudgedByTheirPixels()
    {
        RunConfig config = new() { Source = "generated:digits-clean?count=60", Target = "generated:digits-wild?count=60", Method = "dann", Steps = 2, BatchSize = 8, Guard = true };
        RunFolder run = Run("run");

        RunResult result = TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);

        Assert.Contains("pixels", Assert.Single(result.Guard!.Notes), StringComparison.Ordinal);
        ToLabel list = ToLabel.Load(run);
        Assert.Equal(list.Listed, Directory.GetFiles(run.ToLabel, "*.png").Length);
    }

    [Theory]
    [InlineData("source-only", "is the source's own model")]
    [InlineData("fine-tune", "does not adapt")]
    [InlineData("osbp", "other classes")]
    [InlineData("pada", "other classes")]
    [InlineData("dhn", "hash codes")]
    public void Start_WhereTheGuardCantApply_IsBareAndSaysSo(string method, string why)
    {
        RunFolder run = Run("run");

        RunResult result = TransferRun.Start(Config() with { Method = method, Steps = 4 }, run, cancellation: TestContext.Current.CancellationToken);

        Assert.False(result.Guard!.Hedged);
        Assert.StartsWith("Not hedged: ", result.Guard.Verdict, StringComparison.Ordinal);
        Assert.Contains(why, result.Guard.Verdict, StringComparison.Ordinal);
        using NetworkModel model = Assert.IsType<NetworkModel>(TransferModel.Load(run.Model));
        Assert.False(Directory.Exists(run.ToLabel));
    }

    [Fact]
    public void Start_FewSamples_IsBareAndSaysSo()
    {
        RunConfig config = Config() with { Target = Tables.Write(Path.Combine(folder, "few.csv"), 19, 2, 1.5), Steps = 4 };

        Assert.Contains("19 samples", TransferRun.Start(config, Run("run"), cancellation: TestContext.Current.CancellationToken).Guard!.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void WhyNot_LabelsTasksAndOpenSets_AreNamed()
    {
        Assert.Null(GuardedNetworkRun.WhyNot(Config()));
        Assert.Contains("knows labels", GuardedNetworkRun.WhyNot(Config() with { TargetLabelled = "few.csv" }), StringComparison.Ordinal);
        Assert.Contains("no target", GuardedNetworkRun.WhyNot(Config() with { Target = string.Empty }), StringComparison.Ordinal);
        Assert.Contains("source lacks", GuardedNetworkRun.WhyNot(Config() with { OpenSet = true }), StringComparison.Ordinal);
        Assert.Contains("several tasks", GuardedNetworkRun.WhyNot(Config() with { Tasks = [new TaskConfig { Name = "one", Source = "x" }] }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2000, 100, new long[] { 1800, 1900 })]
    [InlineData(2000, 937, new long[] { 1874 })]
    [InlineData(30, 10, new long[] { 20 })]
    [InlineData(20, 10, new long[] { })]
    [InlineData(5, 100, new long[] { })]
    public void KeptSteps_OfARun_AreTheLastCheckpointsOfItsLaterHalf(long steps, long every, long[] expected)
    {
        using DeepAdaptationNetwork objective = new();
        Assert.Equal(expected, GuardedNetworkRun.KeptSteps(objective, new TrainerOptions { Steps = steps, CheckpointSteps = every }, 1000));
    }

    [Fact]
    public void KeptSteps_MethodsOfStagesAndOfALastAct_KeepWhatIsTheirs()
    {
        TrainerOptions options = new() { Steps = 100, CheckpointSteps = 10 };
        using Acclimate.Deep.Objective shot = new RunConfig { Method = "shot", Options = { ["pretraining"] = "0.85" } }.Objective(), adabn = new RunConfig { Method = "adabn" }.Objective();

        Assert.Equal([90], GuardedNetworkRun.KeptSteps(shot, options, 1000));
        Assert.Empty(GuardedNetworkRun.KeptSteps(adabn, options, 1000));
    }

    private RunFolder Run(string name) => new(Path.Combine(folder, name));

    private static byte[] Weights(string model) => File.ReadAllBytes(Path.Combine(model, "model.safetensors"));

    private RunConfig Config() => new()
    {
        Source = Tables.Write(Path.Combine(folder, "source.csv"), 90, 1, 0),
        Target = Tables.Write(Path.Combine(folder, "target.csv"), 60, 2, 1.5),
        Method = "dan",
        Steps = 30,
        BatchSize = 16,
        CheckpointSteps = 10,
        Seed = 5,
        Guard = true,
    };
}
