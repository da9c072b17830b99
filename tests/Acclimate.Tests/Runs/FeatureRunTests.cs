using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

public sealed class FeatureRunTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Start_TwoTables_LeavesConfigModelAndResult()
    {
        RunConfig config = Config();
        RunFolder run = new(In("run"));
        List<RunProgress> heard = [];

        RunResult result = TransferRun.Start(config, run, heard.Add, Cancellation);

        Assert.Equal("float64", result.Precision);
        Assert.Equal(("svm", "zscore,l2", 0L), (result.Classifier, result.Preprocess, result.Steps));
        Assert.Null(result.Oracle);
        Assert.InRange(result.Certificate!.EigenResidual!.Value, 0, 1e-8);
        Assert.Equal(10, result.Certificate.Objective.Count);
        Assert.True(result.Honest!.Accuracy > 0.6);
        Assert.Equal(10, heard.Count(static progress => progress.Round is not null));
        Assert.Equal(result.Certificate.Objective, RunResult.Load(run.Result).Certificate!.Objective);
        Assert.DoesNotContain("learning_rate", File.ReadAllText(run.Config), StringComparison.Ordinal);
        Assert.Equal("svm", run.Open().Classifier);
        Assert.False(File.Exists(run.Metrics));

        using TransferModel model = TransferModel.Load(run.Model);
        using Domain target = model.Open(config.Target);
        Assert.Equal(result.Honest.Accuracy, TransferRun.Evaluate(model, target, Cancellation).Score.Accuracy);
        Assert.Equal(("zscore,l2", "svm"), (model.Provenance.Preprocess, model.Provenance.Classifier));
    }

    [Fact]
    public void Start_LabelsOfTheTarget_ChangeNoBit()
    {
        RunConfig config = Config();
        string plain = Table("plain.csv", 60, 2, 1, static _ => null), wrong = Table("wrong.csv", 60, 2, 1, static _ => "cat");

        byte[][] weights = [.. new[] { config.Target, plain, wrong }.Select((target, i) =>
        {
            RunFolder run = new(In($"run-{i}"));
            TransferRun.Start(config with { Target = target }, run, cancellation: Cancellation);
            return File.ReadAllBytes(Path.Combine(run.Model, "model.safetensors"));
        })];

        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(weights[0], weights[2]);
    }

    [Theory]
    [InlineData("bug", "cow", "elk")]
    [InlineData("0", "1", "2")]
    [InlineData("3", "7", "19")]
    public void Start_ClassesNamedOtherwise_SameFiguresUnderTheirNames(string first, string second, string third)
    {
        string[] names = [first, second, third];
        RunConfig config = Config();
        RunResult plain = TransferRun.Start(config, new RunFolder(In("plain")), cancellation: Cancellation);

        RunResult coded = TransferRun.Start(
            config with { Source = Table("s.csv", 90, 1, 0, i => names[i]), Target = Table("t.csv", 60, 2, 1, i => names[i]) }, new RunFolder(In("coded")),
            cancellation: Cancellation);

        Assert.Equal(names, coded.Classes);
        Assert.Equal(plain.Confusion!.SelectMany(static row => row), coded.Confusion!.SelectMany(static row => row));
    }

    [Fact]
    public void Resume_AfterACancel_FitsAnewToTheSameModel()
    {
        RunFolder whole = new(In("whole")), parts = new(In("parts"));
        TransferRun.Start(Config(), whole, cancellation: Cancellation);
        using CancellationTokenSource stop = new();

        Assert.Throws<OperationCanceledException>(() => TransferRun.Start(
            Config(), parts, progress => { if (progress.Round?.Round == 3) stop.Cancel(); }, stop.Token));
        Assert.False(File.Exists(parts.Result));
        TransferRun.Resume(parts, cancellation: Cancellation);

        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Model, "model.safetensors")), File.ReadAllBytes(Path.Combine(parts.Model, "model.safetensors")));
    }

    [Fact]
    public void Start_FewTargetLabels_AreAskedForAndUsed()
    {
        RunConfig config = Config() with { Method = "drs", Options = [] };
        string few = Table("few.csv", 9, 3, 1);

        Assert.Contains("--target-labels, or where others are with --target-labelled", Refused(config), StringComparison.Ordinal);
        string unlabelled = Table("unlabelled.csv", 9, 3, 1, static _ => null);
        Assert.Contains(
            "has no labels", Assert.Throws<DataException>(() => TransferRun.Start(config with { TargetLabelled = unlabelled }, new RunFolder(In("no")))).Message,
            StringComparison.Ordinal);

        RunResult result = TransferRun.Start(config with { TargetLabelled = few }, new RunFolder(In("run")), cancellation: Cancellation);

        Assert.Equal(60, result.Honest!.Samples);
        Assert.Contains("the few labels given", result.Protocol, StringComparison.Ordinal);
    }

    // The target has 60 samples, 20 of each class.
    [Theory]
    [InlineData("jda")]
    [InlineData("label-propagation")]
    [InlineData("target-only")]
    public void Start_LabelsOfTheTargetsOwn_AreLearntFromAndNotScored(string method)
    {
        RunConfig config = Config() with { Method = method, Options = [], TargetLabels = "3" };

        RunResult result = TransferRun.Start(config, new RunFolder(In("run")), cancellation: Cancellation);
        RunResult other = TransferRun.Start(config with { Seed = 1 }, new RunFolder(In("other")), cancellation: Cancellation);

        Assert.Equal((51, 51), (result.Honest!.Samples, other.Honest!.Samples));
        Assert.All(result.Confusion!, static row => Assert.Equal(17, row.Sum()));
        Assert.Contains("the few labels given", result.Protocol, StringComparison.Ordinal);
        Assert.Equal("3", RunConfig.Load(new RunFolder(In("run")).Config).TargetLabels);
        Assert.True(File.Exists(new RunFolder(In("run")).Report));
    }

    // The labels of the file are known, whatever the target says of its others.
    [Fact]
    public void Start_AFileOfLabels_OtherLabelsOfTheTargetChangeNoBit()
    {
        string labels = In("labels.csv"), few = "sample,note,label\nsample 2,,bee\nsample 5,sure,bee\nsample 7,,\nsample 1,,ant\n";
        File.WriteAllText(labels, few);
        RunConfig config = Config() with { TargetLabels = labels };
        string plain = Table("plain.csv", 60, 2, 1, static _ => null), wrong = Table("wrong.csv", 60, 2, 1, static _ => "cat");
        byte[][] models = [.. new[] { config.Target, plain, wrong }.Select((target, i) => Model(config with { Target = target }, $"run-{i}"))];
        File.WriteAllText(labels, few.Replace("sample 1,,ant", "sample 1,,cat", StringComparison.Ordinal));

        Assert.Equal(models[0], models[1]);
        Assert.Equal(models[0], models[2]);
        Assert.NotEqual(models[0], Model(config, "relabelled"));
        Assert.Equal(57, RunResult.Load(new RunFolder(In("run-0")).Result).Honest!.Samples);
        Assert.Null(RunResult.Load(new RunFolder(In("run-1")).Result).Honest);

        byte[] Model(RunConfig of, string name)
        {
            RunFolder run = new(In(name));
            TransferRun.Start(of, run, cancellation: Cancellation);
            return File.ReadAllBytes(Path.Combine(run.Model, "model.safetensors"));
        }
    }

    [Theory]
    [InlineData("sample,label\nsample 99,ant\n", "line 2: the target has no sample 'sample 99'")]
    [InlineData("sample,label\nsample 1,ant\nsample 1,bee\n", "line 3: 'sample 1' has a label already, on line 2")]
    [InlineData("sample,label\nsample 1,axt\n", "line 2: there is no class 'axt'")]
    [InlineData("sample,label\nsample 1,\n", "has no label to learn from")]
    [InlineData("sample,class\nsample 1,ant\n", "there is no column 'label'")]
    [InlineData("", "is empty")]
    public void Start_ADamagedFileOfLabels_IsRefusedWithItsLine(string text, string expected)
    {
        File.WriteAllText(In("labels.csv"), text);

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(Config() with { TargetLabels = In("labels.csv") }, new RunFolder(In("no")), cancellation: Cancellation));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("no")));
    }

    [Fact]
    public void Start_LabelsThatAreNotThere_AreAskedFor()
    {
        RunConfig config = Config();
        string few = Table("few.csv", 9, 3, 1);

        Assert.Contains("expected 1 label of each class or more", Refused(config with { TargetLabels = "0" }), StringComparison.Ordinal);
        Assert.Contains("only one of the two", Refused(config with { TargetLabels = "1", TargetLabelled = few }), StringComparison.Ordinal);
        Assert.Contains("no such file", Thrown(config with { TargetLabels = "nothing.csv" }), StringComparison.Ordinal);
        Assert.Contains("has 20 samples, fewer than 21", Thrown(config with { TargetLabels = "21" }), StringComparison.Ordinal);
        Assert.Contains("has none", Thrown(config with { TargetLabels = "1", Target = Table("plain.csv", 60, 2, 1, static _ => null) }), StringComparison.Ordinal);

        string Thrown(RunConfig of) => Assert.Throws<DataException>(() => TransferRun.Start(of, new RunFolder(In("no")), cancellation: Cancellation)).Message;
    }

    [Fact]
    public void Validate_WhatDoesNotGoWithTheMethod_IsRefusedByName()
    {
        Assert.Contains("--steps, --batch-size is for methods that train a network, and jda is not one", Refused(Config() with { Steps = 5, BatchSize = 2 }), StringComparison.Ordinal);
        Assert.Contains("--backbone", Refused(Config() with { Backbone = "mlp" }), StringComparison.Ordinal);
        Assert.Contains("--classifier, --preprocess is for shallow methods, and dan is not one", Refused(Config() with { Method = "dan", Options = [] }), StringComparison.Ordinal);
        Assert.Contains("no classifier 'smv'", Refused(Config() with { Classifier = "smv" }), StringComparison.Ordinal);
        Assert.Contains("no preprocessing step 'zcore'", Refused(Config() with { Preprocess = "zcore" }), StringComparison.Ordinal);
        Assert.Contains("dimensions is 0", Refused(Config() with { Options = new() { ["dimensions"] = "0" } }), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_Pictures_AreRowsOfPixels()
    {
        const string Source = "generated:digits-clean?count=120", Target = "generated:digits-wild?count=80";
        RunFolder run = new(In("run"));

        RunResult result = TransferRun.Start(
            new RunConfig { Source = Source, Target = Target, Method = "tca", Size = 8, Options = new() { ["dimensions"] = "10" } }, run, cancellation: Cancellation);

        using TransferModel model = TransferModel.Load(run.Model);
        using Domain target = model.Open(Target);
        Assert.Equal(result.Honest!.Accuracy, TransferRun.Evaluate(model, target, Cancellation).Score.Accuracy);
        Assert.Equal([3, 8, 8], model.InputShape);
    }

    [Fact]
    public void Start_Texts_KeepsTheWordsForTextsToCome()
    {
        Texts("books", "story plot");
        Texts("pans", "steel lid");
        RunFolder run = new(In("run"));

        RunResult result = TransferRun.Start(
            new RunConfig { Source = In("books"), Target = In("pans"), Method = "no-adaptation", Classifier = "logistic" }, run, cancellation: Cancellation);

        File.WriteAllText(In("new.txt"), "A GREAT thing &amp; lid\nan awful, awful thing\n");
        using TransferModel model = TransferModel.Load(run.Model);
        using Domain unseen = model.Open(In("new.txt"));
        Assert.Equal("tfidf", result.Preprocess);
        Assert.Equal(1, result.Honest!.Accuracy);
        Assert.Contains("lid", model.Vocabulary!.Words);
        Assert.Equal(["good", "bad"], model.Predict(unseen, Cancellation).Indices.Select(i => model.Classes[i]));
    }

    private static string Refused(RunConfig config) => Assert.Throws<ArgumentException>(config.Validate).Message;

    private void Texts(string name, string about)
    {
        Directory.CreateDirectory(In(name));
        File.WriteAllText(Path.Combine(In(name), "good"), string.Concat(Enumerable.Range(0, 8).Select(i => $"great {about.Split(' ')[i % 2]} thing\n")));
        File.WriteAllText(Path.Combine(In(name), "bad"), string.Concat(Enumerable.Range(0, 8).Select(i => $"awful {about.Split(' ')[i % 2]} thing\n")));
    }

    private RunConfig Config() => new()
    {
        Source = Table("source.csv", 90, 1, 0),
        Target = Table("target.csv", 60, 2, 1),
        Method = "jda",
        Classifier = "svm",
        Preprocess = "zscore,l2",
        Options = new() { ["dimensions"] = "4" },
    };

    private string In(string name) => Path.Combine(folder, name);

    /// <summary>A table, with a label column unless the names are none, and its source string.</summary>
    private string Table(string name, int count, long seed, float shift, Func<int, string?>? named = null) =>
        Tables.Named(In(name), count, seed, shift, named);
}
