using System.Text;
using Acclimate.Data;
using Acclimate.Data.Images;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

public sealed class TransferRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_TwoTables_LeavesConfigMetricsModelAndResult()
    {
        RunConfig config = Config();
        RunFolder run = new(Path.Combine(folder, "run"));

        RunResult result = TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);

        Dictionary<string, string> none = [];
        Assert.Equal(Engine.HasBfloat16 ? "bf16" : "float32", result.Precision);
        Assert.Equal(config with { Threads = Engine.Threads, Precision = result.Precision, Options = none }, run.Open() with { Options = none });
        Assert.Equal(3, File.ReadLines(run.Metrics).Count(static line => line.Contains("learning_rate", StringComparison.Ordinal)));
        Assert.Equal(60, result.Honest!.Samples);
        Assert.InRange(result.Honest.Accuracy, result.Honest.Low, result.Honest.High);
        Assert.True(result.Oracle!.Accuracy >= result.Honest.Accuracy);
        Assert.Equal(60, result.Confusion!.Sum(static row => row.Sum()));
        Assert.Equal(result.Honest, RunResult.Load(run.Result).Honest);

        using TransferModel model = TransferModel.Load(run.Model);
        using Domain target = Domain.Open(config.Target, new DomainOptions { Encoder = null });
        Assert.Equal(result.Honest.Accuracy, TransferRun.Evaluate(model, target, TestContext.Current.CancellationToken).Score.Accuracy);
    }

    [Fact]
    public void Resume_AfterACancel_SameModelAndMetricsAsUninterrupted()
    {
        RunConfig config = Config();
        RunFolder whole = new(Path.Combine(folder, "whole"));
        RunFolder parts = new(Path.Combine(folder, "parts"));
        TransferRun.Start(config, whole, cancellation: TestContext.Current.CancellationToken);

        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => TransferRun.Start(
            config, parts, progress => { if (progress.Step?.Step == 17) stop.Cancel(); }, stop.Token));
        File.AppendAllText(parts.Metrics, "{\"step\": 2");
        TransferRun.Resume(parts, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Model, "model.safetensors")), File.ReadAllBytes(Path.Combine(parts.Model, "model.safetensors")));
        Assert.Equal(File.ReadAllText(whole.Metrics), File.ReadAllText(parts.Metrics));
    }

    /// <summary>Pictures move as bytes and are recoloured as numbers: the steps' order is the run's to get right.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Start_AugmentedPictures_Trains(int channels)
    {
        using Generator generator = new(1);
        foreach (string name in (string[])["source/ant", "source/bee", "target"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (int i = 0; i < 3; i++)
            {
                using TensorScope scope = TensorScope.Begin();
                Tensor picture = Tensor.Uniform([channels, 32, 32], generator, 0, 255).To(ScalarType.UInt8);
                File.WriteAllBytes(Path.Combine(folder, name, $"{i}.png"), ImageCodec.Encode(picture, ImageFormat.Png));
            }
        }

        RunConfig config = new() { Source = Path.Combine(folder, "source"), Target = Path.Combine(folder, "target"), Augment = true, Steps = 2, BatchSize = 4 };
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(config, run, cancellation: TestContext.Current.CancellationToken);

        // The model sees pictures as they are.
        using NetworkModel model = (NetworkModel)TransferModel.Load(run.Model);
        Assert.DoesNotContain(model.Preprocessing.Steps, static step => step.IsRandom);

        // And goes on to another training, with random steps of its own.
        TransferRun.Start(config with { Weights = run.Path }, new RunFolder(Path.Combine(folder, "again")), cancellation: TestContext.Current.CancellationToken);
    }

    /// <summary>photos/x/a and photos/x/b are one class, x: what was meant is photos/x, whatever the method.</summary>
    [Theory]
    [InlineData("source-only")]
    [InlineData("coral")]
    public void Start_SourceOfOneClass_IsRefusedBeforeAnythingIsWritten(string method)
    {
        using Generator generator = new(1);
        foreach (string name in (string[])["photos/x/a", "photos/x/b", "target"])
        {
            using TensorScope scope = TensorScope.Begin();
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.WriteAllBytes(Path.Combine(folder, name, "0.png"), ImageCodec.Encode(Tensor.Uniform([1, 8, 8], generator, 0, 255).To(ScalarType.UInt8), ImageFormat.Png));
        }

        RunFolder run = new(Path.Combine(folder, "run"));
        RunConfig pictures = new() { Source = Path.Combine(folder, "photos"), Target = Path.Combine(folder, "target"), Method = method };
        RunConfig rows = Config() with { Method = method, Steps = new RunConfig().Steps, BatchSize = new RunConfig().BatchSize, CheckpointSteps = null, Source = Tables.Write(Path.Combine(folder, "one.csv"), 12, 1, 0, static _ => 1) };

        DataException ofPictures = Assert.Throws<DataException>(() => TransferRun.Start(pictures, run)), ofRows = Assert.Throws<DataException>(() => TransferRun.Start(rows, run));

        Assert.Contains("has samples of one class, 'x'", ofPictures.Message, StringComparison.Ordinal);
        Assert.Contains("one folder a class", ofPictures.Message, StringComparison.Ordinal);
        Assert.Contains("has samples of one class, 'bee'", ofRows.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("folder a class", ofRows.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Path));
    }

    /// <summary>A pass has the steps that the loader makes of it: what doesn't fill a batch is left out, and a small source is one batch.</summary>
    [Theory]
    [InlineData(36, 10, 10)]
    [InlineData(64, 3, 3)]
    [InlineData(100, 2, 2)]
    [InlineData(200, 1.5, 5)]
    [InlineData(5, 0.2, 1)]
    public void Trainer_Epochs_AreThePassesOfTheLoader(int samples, double epochs, long steps)
    {
        using Domain domain = Toy.Blobs("source", samples, 1);

        Assert.Equal(steps, new RunConfig { Epochs = epochs, BatchSize = 64 }.Trainer(samples).Steps);
        Assert.Equal(steps, Math.Ceiling(epochs * new BatchLoader(domain, Preprocessing.None, 64, seed: 0).StepsPerEpoch));
    }

    [Fact]
    public void Start_HashCodes_ScoresRetrievalAndKeepsIt()
    {
        RunFolder run = new(Path.Combine(folder, "run")), plain = new(Path.Combine(folder, "plain"));

        RunResult result = TransferRun.Start(Config() with { Method = "dhn" }, run, cancellation: TestContext.Current.CancellationToken);

        Assert.InRange(result.Retrieval!.MeanAveragePrecision, 0.5, 1);
        Assert.Equal((result.Honest!.Samples, 64), (result.Retrieval.Queries, result.Retrieval.Bits));
        Assert.Equal(result.Retrieval, RunResult.Load(run.Result).Retrieval);
        Assert.Null(TransferRun.Start(Config(), plain, cancellation: TestContext.Current.CancellationToken).Retrieval);
        Assert.DoesNotContain("retrieval", File.ReadAllText(plain.Result), StringComparison.Ordinal);
    }

    [Fact]
    public void Resume_CompleteRun_GivesItsResult()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        RunResult first = TransferRun.Start(Config(), run, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(first.Honest, TransferRun.Resume(run, cancellation: TestContext.Current.CancellationToken).Honest);
    }

    [Fact]
    public void Start_FolderWithARun_IsNotOverwritten()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        run.Create(Config());

        Assert.Contains("--resume", Assert.Throws<IOException>(() => TransferRun.Start(Config(), run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnlabelledSource_LeavesNoFolder()
    {
        RunConfig config = Config();
        RunFolder run = new(Path.Combine(folder, "run"));
        File.WriteAllText(Path.Combine(folder, "plain.csv"), "a,b,c,d,e,f\n1,2,3,4,5,6\n");

        Assert.Throws<DataException>(() => TransferRun.Start(config with { Source = Path.Combine(folder, "plain.csv") }, run));

        Assert.False(Directory.Exists(run.Path));
    }

    // A table to predict on may lack a category, or have its columns in another order: the model knows the source's.
    [Fact]
    public void Open_TableWithOtherCategories_BecomesTheSourcesFeatures()
    {
        string source = Path.Combine(folder, "shops.csv");
        File.WriteAllText(source, "town,size,kind\n" + string.Concat(Enumerable.Range(0, 30).Select(static i => $"{(i % 2 == 0 ? "Rome" : "Oslo")},{i % 7},{(i % 2 == 0 ? "warm" : "cold")}\n")));
        string other = Path.Combine(folder, "new.csv");
        File.WriteAllText(other, "size,town\n3,Oslo\n4,Paris\n5,Rome\n");
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(
            new RunConfig { Source = source + "?label=kind", Target = source + "?label=kind", Method = "source-only", Steps = 60, BatchSize = 16 }, run,
            cancellation: TestContext.Current.CancellationToken);

        using TransferModel model = TransferModel.Load(run.Model);
        using Domain domain = model.Open(other);
        Predictions found = model.Predict(domain, TestContext.Current.CancellationToken);

        Assert.Equal([3], domain.SampleShape);
        Assert.Equal(1, domain.UnseenCategories);
        Assert.Equal("cold", found.Classes[found.Indices[0]]);
        Assert.Equal("warm", found.Classes[found.Indices[2]]);
    }

    [Fact]
    public void Open_OtherKindOfSamples_IsRefused()
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        TransferRun.Start(Config(), run, cancellation: TestContext.Current.CancellationToken);
        using TransferModel model = TransferModel.Load(run.Model);

        DataException thrown = Assert.Throws<DataException>(() => model.Open("generated:digits-clean?count=10"));

        Assert.Contains("holds pictures; this model takes rows of 6 features", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps: 30", "steps: many")]
    [InlineData("steps: 30", "stepz: 30")]
    [InlineData("format_version: 1", "format_version: 9")]
    public void Load_DamagedConfig_SaysWhere(string find, string replace)
    {
        RunFolder run = new(Path.Combine(folder, "run"));
        run.Create(Config());
        File.WriteAllText(run.Config, File.ReadAllText(run.Config).Replace(find, replace, StringComparison.Ordinal));

        Assert.Contains(run.Config, Assert.Throws<InvalidDataException>(() => TransferRun.Resume(run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_UnknownThings_AreNamed()
    {
        Assert.Throws<ArgumentException>(() => (Config() with { Method = "magic" }).Validate());
        Assert.Throws<ArgumentException>(() => (Config() with { Backbone = "magic" }).Validate());
        Assert.Throws<ArgumentException>(() => (Config() with { Steps = 0 }).Validate());
        Assert.Throws<ArgumentException>(() => (Config() with { Options = new() { ["kernels"] = "0.5" } }).Validate());
    }

    [Theory]
    [InlineData("source-only")]
    [InlineData("adabn")]
    [InlineData("tent")]
    [InlineData("shot")]
    public void Validate_LabelledTargetSamplesOfAMethodThatTakesNone_AreRefused(string method)
    {
        RunConfig config = Config() with { Method = method, TargetLabelled = "few.csv" };

        Assert.Contains($"{method} takes no target labels", Assert.Throws<ArgumentException>(config.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("domain-confusion")]
    [InlineData("label-efficient")]
    public void Validate_NoLabelledTargetSamplesOfAMethodThatNeedsThem_IsRefused(string method)
    {
        RunConfig config = Config() with { Method = method };

        Assert.Contains("--target-labelled", Assert.Throws<ArgumentException>(config.Validate).Message, StringComparison.Ordinal);
        (config with { TargetLabelled = "few.csv" }).Validate();
    }

    // Nine of the target's 60 labels are learnt from; what the target says of its other samples changes no bit, and what the nine say does.
    [Theory]
    [InlineData("dan")]
    [InlineData("mean-teacher")]
    public void Start_LabelsOfTheTargetsOwn_AreLearntFromAndNotScored(string method)
    {
        string labels = Path.Combine(folder, "labels.csv");
        string[] classes = ["ant", "bee", "cat"];
        RunConfig config = Config() with { Method = method, Steps = 10, TargetLabels = labels };
        string[] lines = File.ReadAllLines(Path.Combine(folder, "target.csv")), others = [.. lines.Select((line, i) => i <= 9 ? line : line[..line.LastIndexOf(',')] + ",ant")];
        File.WriteAllLines(Path.Combine(folder, "others.csv"), others);
        Write(static i => i % 3);

        byte[] right = Model(config, "right"), same = Model(config with { Target = Path.Combine(folder, "others.csv") + "?label=kind" }, "same");
        Write(static i => (i + 1) % 3);
        byte[] wrong = Model(config, "wrong");

        Assert.Equal(right, same);
        Assert.NotEqual(right, wrong);
        Assert.Equal(51, RunResult.Load(new RunFolder(Path.Combine(folder, "right")).Result).Honest!.Samples);

        void Write(Func<int, int> label) => File.WriteAllLines(labels, ["sample,label", .. Enumerable.Range(0, 9).Select(i => $"sample {i + 1},{classes[label(i)]}")]);

        byte[] Model(RunConfig of, string name)
        {
            RunFolder run = new(Path.Combine(folder, name));
            TransferRun.Start(of, run, cancellation: TestContext.Current.CancellationToken, report: false);
            return File.ReadAllBytes(Path.Combine(run.Model, "model.safetensors"));
        }
    }

    private RunConfig Config() => new()
    {
        Source = Table("source.csv", 90, 1, 0),
        Target = Table("target.csv", 60, 2, 1),
        Method = "dan",
        Steps = 30,
        BatchSize = 16,
        CheckpointSteps = 10,
        Seed = 5,
    };

    /// <summary>A table with a label column, and its source string.</summary>
    private string Table(string name, int count, long seed, double shift)
    {
        string path = Path.Combine(folder, name);
        using Domain domain = Toy.Blobs(name, count, seed, shift);
        using Tensor samples = domain.Read([.. Enumerable.Range(0, count)]);
        float[] values = samples.ToArray<float>();
        StringBuilder text = new("a,b,c,d,e,f,kind\n");
        for (int i = 0; i < count; i++)
            text.AppendJoin(',', values[(i * 6)..((i + 1) * 6)].Select(static v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture))).Append(',').Append(domain.Labels!.Classes[domain.Labels.Indices[i]]).Append('\n');
        File.WriteAllText(path, text.ToString());
        return path + "?label=kind";
    }
}
