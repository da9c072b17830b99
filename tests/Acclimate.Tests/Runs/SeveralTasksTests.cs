using System.Globalization;
using System.Text;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

/// <summary>Runs over several data sets: merged into one source, or each a task of its own.</summary>
public sealed class SeveralTasksTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_SourcesThatBecomeOne_TrainsOnAllOfThemAndSaysSo()
    {
        RunConfig config = Config() with { Method = "source-only", Source = Table("one.csv", 60, 1), Also = [Table("two.csv", 30, 2)], Balance = true, Tasks = null };
        RunFolder run = new(Path.Combine(folder, "run"));
        RunFacts? facts = null;

        RunResult result = TransferRun.Start(config, run, progress => facts = progress.Facts ?? facts, TestContext.Current.CancellationToken);

        Assert.Equal([60, 60], facts!.Merged!);
        Assert.Equal(120, facts.SourceSamples);
        Assert.Equal($"{config.Source} + {config.Also[0]}", result.Source);
        Assert.Equal(config.Also, run.Open().Also!);
        using TransferModel model = TransferModel.Load(run.Model);
        Assert.Equal(result.Source, model.Provenance.Source);
    }

    [Fact]
    public void Start_ShallowMethod_TakesSourcesThatBecomeOne()
    {
        RunConfig config = new() { Method = "coral", Source = Table("one.csv", 40, 1), Also = [Table("two.csv", 30, 2)], Target = Table("target.csv", 30, 3) };
        RunFolder run = new(Path.Combine(folder, "run"));

        Assert.Equal(30, TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken).Honest!.Samples);
        Assert.Equal(config.Also, run.Open().Also!);
    }

    [Fact]
    public void Start_TwoTasks_EachHasAModelThatScoresAsTheResultSays()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        RunConfig config = Config();

        RunResult result = TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);

        TaskResult side = Assert.Single(result.Tasks!);
        Assert.Equal(("side", config.Tasks![0].Source), (side.Name, side.Source));
        Assert.Equal(["left", "right"], side.Classes);
        Assert.True(side.Honest!.Accuracy > 0.9, $"{side.Honest.Accuracy}");
        Assert.True(result.Honest!.Accuracy > 0.9, $"{result.Honest.Accuracy}");
        Assert.Equal(side.Honest, RunResult.Load(run.Result).Tasks![0].Honest);
        Assert.Equal(config.Tasks, run.Open().Tasks!);
        using TransferModel model = TransferModel.Load(run.TaskModel("side"));
        using Domain test = model.Open(config.Tasks[0].Test!);
        using Domain coded = test.WithLabels(test.Labels!.AlignTo(model.Classes));
        Assert.Equal(side.Honest.Accuracy, TransferRun.Evaluate(model, coded, TestContext.Current.CancellationToken).Score.Accuracy);
        Assert.Contains("\"task.side\":", File.ReadAllText(run.Metrics), StringComparison.Ordinal);
    }

    // Two domains: the task's features are scaled by its own mean, which the source's is not.
    [Fact]
    public void Start_EachDomainByItself_EveryModelScalesByItsOwnSamples()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(Config() with { BatchNorm = "per-domain" }, run, cancellation: TestContext.Current.CancellationToken);
        using TransferModel main = TransferModel.Load(run.Model), side = TransferModel.Load(run.TaskModel("side"));

        float[] ofMain = Means(main), ofSide = Means(side);
        Assert.All(ofMain.Zip(ofSide), static pair => Assert.InRange(pair.Second - pair.First, 4, 6));

        static float[] Means(TransferModel model) => [.. Assert.IsType<Standardise>(((NetworkModel)model).Preprocessing.Steps[0]).Mean];
    }

    [Fact]
    public void Resume_AfterACancel_SameModelsAsUninterrupted()
    {
        RunFolder whole = new(Path.Combine(folder, "whole")), parts = new(Path.Combine(folder, "parts"));
        TransferRun.Start(Config(), whole, cancellation: TestContext.Current.CancellationToken);

        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => TransferRun.Start(
            Config(), parts, progress => { if (progress.Step?.Step == 17) stop.Cancel(); }, stop.Token));
        TransferRun.Resume(parts, cancellation: TestContext.Current.CancellationToken);

        foreach (Func<RunFolder, string> model in (Func<RunFolder, string>[])[static run => run.Model, static run => run.TaskModel("side")])
            Assert.Equal(File.ReadAllBytes(Path.Combine(model(whole), "model.safetensors")), File.ReadAllBytes(Path.Combine(model(parts), "model.safetensors")));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(parts.Metrics));
    }

    [Fact]
    public void Start_WhatCannotBeATask_NamesBothFiles()
    {
        RunConfig config = Config();
        string wide = Path.Combine(folder, "wide.csv"), blank = Path.Combine(folder, "blank.csv");
        File.WriteAllText(wide, "a,b,label\n1,2,x\n2,3,y\n");
        File.WriteAllText(blank, "a,b,c,d,e,f\n1,2,3,4,5,6\n");

        Assert.Contains($"the task side: {blank} has no labels", Refused(blank, "shared"), StringComparison.Ordinal);
        Assert.Contains($"{wide} has 2 feature columns, the source has 6", Refused(wide, "shared"), StringComparison.Ordinal);
        Assert.StartsWith($"the task side: {wide} holds 2 features a sample, {config.Source} holds 6 features a sample.", Refused(wide, "per-domain"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "run")));

        string Refused(string source, string batchNorm) => Assert.Throws<DataException>(() => TransferRun.Start(
            config with { Tasks = [new TaskConfig { Name = "side", Source = source }], BatchNorm = batchNorm }, new RunFolder(Path.Combine(folder, "run")))).Message;
    }

    [Fact]
    public void Start_TestOfOtherClasses_SaysWhoseClassesAreExpected()
    {
        RunConfig config = Config();
        TaskConfig task = config.Tasks![0] with { Test = Table("kinds.csv", 30, 4) };

        string message = Assert.Throws<DataException>(() => TransferRun.Start(config with { Tasks = [task] }, new RunFolder(Path.Combine(folder, "run")))).Message;

        Assert.StartsWith($"{task.Test}: class 'ant' is not among the 2 classes expected: left, right", message, StringComparison.Ordinal);
        Assert.Contains(task.Source, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TasksAndSourcesThatCannotBe_AreRefused()
    {
        TaskConfig task = new() { Name = "side", Source = "side.csv" };
        Assert.Equal("two tasks are called 'side': give each a name of its own", Refused(Config() with { Tasks = [task, task with { Source = "other.csv" }] }));
        Assert.StartsWith("a task can't be called '../up'", Refused(Config() with { Tasks = [task with { Name = "../up" }] }), StringComparison.Ordinal);
        Assert.StartsWith("source-only learns the source's task alone", Refused(Config() with { Method = "source-only" }), StringComparison.Ordinal);
        Assert.StartsWith("multi-task learns other tasks beside the source's", Refused(Config() with { Tasks = null }), StringComparison.Ordinal);
        Assert.StartsWith("--balance is for sources that become one", Refused(Config() with { Balance = true }), StringComparison.Ordinal);

        static string Refused(RunConfig config) => Assert.Throws<ArgumentException>(config.Validate).Message;
    }

    private RunConfig Config() => new()
    {
        Source = Table("kinds-train.csv", 90, 1),
        Test = Table("kinds-test.csv", 60, 2),
        Method = "multi-task",
        Tasks = [new TaskConfig { Name = "side", Source = Table("side-train.csv", 90, 3, sides: true), Test = Table("side-test.csv", 60, 4, sides: true) }],
        Steps = 60,
        BatchSize = 16,
        CheckpointSteps = 10,
        Seed = 5,
    };

    /// <summary>A table of blobs with their kinds, or moved by 5 and with two classes that the kinds make up.</summary>
    private string Table(string name, int count, long seed, bool sides = false)
    {
        string path = Path.Combine(folder, name);
        using Domain domain = Toy.Blobs(name, count, seed, sides ? 5 : 0);
        using Tensor samples = domain.Read([.. Enumerable.Range(0, count)]);
        float[] values = samples.ToArray<float>();
        StringBuilder text = new("a,b,c,d,e,f,label\n");
        for (int i = 0; i < count; i++)
        {
            float[] row = values[(i * 6)..((i + 1) * 6)];
            string kind = domain.Labels!.Classes[domain.Labels.Indices[i]];
            text.AppendJoin(',', row.Select(static v => v.ToString("R", CultureInfo.InvariantCulture))).Append(',').Append(sides ? kind == "ant" ? "left" : "right" : kind).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
        return path;
    }
}
