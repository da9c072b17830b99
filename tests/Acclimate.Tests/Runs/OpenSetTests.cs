using System.Globalization;
using System.Text;
using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

/// <summary>Runs whose target has classes that the source lacks.</summary>
public sealed class OpenSetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Of_SmallExample_EqualsTheHandsFigures()
    {
        // ant 3 of 4, bee nowhere, cat 1 of 2, unknown 3 of 5.
        long[][] confusion = [[3, 0, 0, 1], [0, 0, 0, 0], [0, 1, 1, 0], [2, 0, 0, 3]];

        OpenSetScore score = OpenSetScore.Of(confusion, ["ant", "bee", "cat", "unknown"]);

        Assert.Equal((0.75 + 0.5 + 0.6) / 3, score.Os, 1e-15);
        Assert.Equal(0.625, score.OsStar!.Value, 1e-15);
        Assert.Equal(0.6, score.UnknownRecall!.Value, 1e-15);
        Assert.Equal(2 * 0.625 * 0.6 / 1.225, score.Hos!.Value, 1e-15);
    }

    [Fact]
    public void Of_NothingUnknownOrNothingRight_HasNoFalseFigures()
    {
        OpenSetScore without = OpenSetScore.Of([[1, 1], [0, 0]], ["ant", "unknown"]);
        OpenSetScore only = OpenSetScore.Of([[0, 0], [1, 1]], ["ant", "unknown"]);
        OpenSetScore wrong = OpenSetScore.Of([[0, 2], [3, 0]], ["ant", "unknown"]);

        Assert.Equal(new OpenSetScore(0.5, 0.5, null, null), without);
        Assert.Equal(new OpenSetScore(0.5, null, 0.5, null), only);
        Assert.Equal(new OpenSetScore(0, 0, 0, 0), wrong);
        Assert.Throws<ArgumentException>(() => OpenSetScore.Of([[1]], ["ant"]));
    }

    [Fact]
    public void Start_ClassMoreWithoutOpenSet_PointsAtTheOption()
    {
        RunFolder run = new(Path.Combine(folder, "run"));

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(Config("osbp") with { OpenSet = false }, run));

        Assert.Contains("class 'cat' is not among the 2 classes expected: ant, bee", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("--open-set", thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Path));
    }

    [Fact]
    public void Start_MethodWithoutAnUnknownClass_IsWrongOnEveryUnknownSample()
    {
        RunResult result = TransferRun.Start(Config("source-only"), new RunFolder(Path.Combine(folder, "run")), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["ant", "bee", "unknown"], result.Classes);
        Assert.Equal(20, result.Confusion![2].Sum());
        Assert.All(result.Confusion, static row => Assert.Equal(0, row[2]));
        Assert.True(result.Honest!.Accuracy <= 40 / 60.0);
        Assert.Equal(0, result.OpenSet!.UnknownRecall);
        Assert.Equal(0, result.OpenSet.Hos);
        Assert.Equal(result.OpenSet.Os, result.OpenSet.OsStar!.Value * 2 / 3, 1e-12);
    }

    [Fact]
    public void Start_Shallow_IsScoredAlike()
    {
        RunConfig config = new() { Source = Config("tca").Source, Target = Config("tca").Target, Method = "tca", OpenSet = true };

        RunResult result = TransferRun.Start(config, new RunFolder(Path.Combine(folder, "run")), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["ant", "bee", "unknown"], result.Classes);
        Assert.Equal(0, result.OpenSet!.UnknownRecall);
        Assert.Equal(60, result.Confusion!.Sum(static row => row.Sum()));
    }

    [Fact]
    public void Start_MethodWithAnUnknownClass_ModelScoresTheSame()
    {
        RunFolder run = new(Path.Combine(folder, "run"));

        RunResult result = TransferRun.Start(Config("osbp"), run, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["ant", "bee", "unknown"], result.Classes);
        Assert.Equal(OpenSetScore.Of(result.Confusion!, result.Classes), result.OpenSet);
        Assert.Equal(result.OpenSet, RunResult.Load(run.Result).OpenSet);
        Assert.True(run.Open().OpenSet);
        using TransferModel model = TransferModel.Load(run.Model);
        Assert.True(OpenSet.IsTold(model));
        using Domain target = model.Open(Config("osbp").Target);
        using Domain coded = target.WithLabels(OpenSet.Code(target.Labels!, model));
        Assert.Equal(result.Honest, TransferRun.Evaluate(model, coded, TestContext.Current.CancellationToken).Score);
    }

    [Fact]
    public void Start_UnknownClassInAClosedRun_HasItsNameAndNoOpenScore()
    {
        RunConfig config = Config("osbp") with { OpenSet = false, Target = Table("closed.csv", ["ant", "bee"], 60, 2) };

        RunResult result = TransferRun.Start(config, new RunFolder(Path.Combine(folder, "run")), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["ant", "bee", "unknown"], result.Classes);
        Assert.Equal(3, result.Confusion!.Count);
        Assert.Null(result.OpenSet);
    }

    [Theory]
    [InlineData("osbp", false)]
    [InlineData("osbp", true)]
    [InlineData("source-only", true)]
    public void Start_SourceClassCalledUnknown_IsRefused(string method, bool openSet)
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        RunConfig config = Config(method) with { OpenSet = openSet, Source = Table("odd.csv", ["ant", "unknown"], 60, 1), Target = Table("odder.csv", ["ant", "unknown"], 60, 1) };

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(config, run));

        Assert.Contains("odd.csv?label=kind has a class 'unknown', which is also the name of", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("another name", thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Path));
    }

    // A source with a class of that name is nothing odd where nothing is open: it is scored as any other.
    [Fact]
    public void Start_SourceClassCalledUnknownInAClosedRun_IsAClassAsAnyOther()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        string table = Table("odd.csv", ["ant", "unknown"], 60, 1);
        RunConfig config = Config("source-only") with { OpenSet = false, Source = table, Target = table };

        RunResult result = TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["ant", "unknown"], result.Classes);
        Assert.Null(result.OpenSet);
        using TransferModel model = TransferModel.Load(run.Model);
        Assert.False(OpenSet.IsTold(model));
        Assert.Contains("has a class 'unknown'", Assert.Throws<DataException>(() => OpenSet.Code(Labels.FromNames(["ant", "dog"]), model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_TargetClassCalledUnknown_CountsAsUnknown()
    {
        RunConfig config = Config("source-only") with { Target = Table("named.csv", ["ant", "bee", "unknown", "dog"], 80, 2) };

        RunResult result = TransferRun.Start(config, new RunFolder(Path.Combine(folder, "run")), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal([20L, 20L, 40L], result.Confusion!.Select(static row => row.Sum()));
    }

    [Fact]
    public void Start_NoClassInCommon_IsRefused()
    {
        RunConfig config = Config("osbp") with { Target = Table("numbers.csv", ["1", "2", "3"], 60, 2) };

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(config, new RunFolder(Path.Combine(folder, "run"))));

        Assert.Contains("The source has ant, bee; the labels are 1, 2, 3.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_KnownSamplesOfAnUnknownClass_AreRefused()
    {
        RunConfig config = Config("osbp") with { TargetLabelled = Table("known.csv", ["ant", "cat"], 6, 3) };

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(config, new RunFolder(Path.Combine(folder, "run"))));

        Assert.Contains("--target-labelled takes samples of the source's classes", thrown.Message, StringComparison.Ordinal);
    }

    private RunConfig Config(string method) => new()
    {
        Source = Table("source.csv", ["ant", "bee"], 60, 1),
        Target = Table("target.csv", ["ant", "bee", "cat"], 60, 2),
        Method = method,
        OpenSet = true,
        Steps = 20,
        BatchSize = 16,
        Seed = 5,
    };

    /// <summary>A table of three features around one centre a class, the classes in turn, and its source string.</summary>
    private string Table(string name, string[] classes, int count, long seed)
    {
        string path = Path.Combine(folder, name);
        using Generator generator = new(seed);
        using Tensor noise = Tensor.Normal([count, 3], generator);
        float[] values = noise.ToArray<float>();
        StringBuilder text = new("a,b,c,kind\n");
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < 3; j++)
                text.Append((values[(3 * i) + j] + (i % classes.Length == j ? 4 : 0)).ToString("R", CultureInfo.InvariantCulture)).Append(',');
            text.Append(classes[i % classes.Length]).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
        return path + "?label=kind";
    }
}
