using System.Globalization;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Tests.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Runs;

/// <summary>A run that starts from another run's model: what it takes over of it.</summary>
public sealed class WeightsOfARunTests : IDisposable
{
    private readonly TemporaryFolder files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public void Start_TheSameClasses_KeepsTheClassifier()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));

        LoadedWeights loaded = Run("second", Table("second", ["ant", "bee", "cat"], shift: 5), "first")!;

        Assert.True(loaded.Head);
        Assert.Null(loaded.OtherClasses);
    }

    [Fact]
    public void Start_AsManyOtherClasses_StartsANewClassifierAndNamesTheOld()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));

        LoadedWeights loaded = Run("second", Table("second", ["ant", "bee", "dog"]), "first")!;

        Assert.False(loaded.Head);
        Assert.Equal(["ant", "bee", "cat"], loaded.OtherClasses!);
    }

    [Fact]
    public void Load_TheSameClassesInAnotherOrder_PutsTheClassifierIntoIt()
    {
        using TensorScope scope = TensorScope.Begin();
        Run("first", Table("first", ["ant", "bee", "cat"]));
        using TransferModel model = TransferModel.Load(new RunFolder(files["first"]).Model);
        ClassifierNetwork trained = ((NetworkModel)model).Network;
        using Generator generator = new(9);
        using ClassifierNetwork network = new(trained.Spec, generator);

        LoadedWeights loaded = PretrainedWeights.Load(network, PretrainedWeights.Find(files["first"]), ["cat", "ant", "bee"]);

        Assert.True(loaded.Head);
        Assert.Equal(["ant", "bee", "cat"], loaded.OtherClasses!);
        Tensor input = Tensor.Normal([4, 2], generator);
        network.Eval();
        Tensor theirs = trained.Forward(input), ours = network.Forward(input);
        Assert.Equal(theirs.Select(1, 0).ToArray<float>(), ours.Select(1, 1).ToArray<float>());
        Assert.Equal(theirs.Select(1, 1).ToArray<float>(), ours.Select(1, 2).ToArray<float>());
        Assert.Equal(theirs.Select(1, 2).ToArray<float>(), ours.Select(1, 0).ToArray<float>());
    }

    /// <summary>A file from elsewhere names no classes: as many are taken for the same.</summary>
    [Fact]
    public void Load_AFileThatNamesNoClasses_GoesByTheirNumber()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));
        string bare = files["bare.safetensors"];
        File.Copy(PretrainedWeights.Find(files["first"]), bare);
        using Generator generator = new(9);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [2], 3), generator);

        Assert.True(PretrainedWeights.Load(network, bare, ["x", "y", "z"]).Head);
    }

    /// <summary>The second table is far from the first: scaled by its own statistics it would look the same.</summary>
    [Fact]
    public void Start_RowsOfFeatures_AreScaledAsTheFirstRunsWere()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));
        Run("second", Table("second", ["ant", "bee", "cat"], shift: 50), "first");
        using TransferModel first = TransferModel.Load(new RunFolder(files["first"]).Model), second = TransferModel.Load(new RunFolder(files["second"]).Model);

        (Preprocessing one, Preprocessing other) = (((NetworkModel)first).Preprocessing, ((NetworkModel)second).Preprocessing);
        using Domain domain = first.Open(files["second.csv"] + "?label=class");
        using Tensor found = Rows(domain, other), wanted = Rows(domain, one);
        Assert.True(wanted.SameAs(found));
        using Tensor least = found.Min();
        Assert.True(least.ToDouble() > 5);
    }

    /// <summary>A category's column is the first run's column, though the second table lacks a category.</summary>
    [Fact]
    public void Start_CategoriesOfATable_BecomeTheColumnsTheyWere()
    {
        File.WriteAllLines(files["first.csv"], ["colour,size,class", "blue,1,ant", "green,2,bee", "red,3,ant", "blue,2,bee"]);
        File.WriteAllLines(files["second.csv"], ["colour,size,class", "red,1,ant", "green,2,bee", "red,3,ant", "green,5,bee"]);
        Run("first", files["first.csv"] + "?label=class");
        Run("second", files["second.csv"] + "?label=class", "first");
        using TransferModel first = TransferModel.Load(new RunFolder(files["first"]).Model), second = TransferModel.Load(new RunFolder(files["second"]).Model);

        Assert.Equal(first.Encoder!.FeatureNames, second.Encoder!.FeatureNames);
        Assert.Equal(first.InputShape, second.InputShape);
    }

    [Fact]
    public void Start_SamplesOfAnotherKind_AreRefusedWithBothNamed()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));
        RunConfig pictures = Config("generated:digits-wild?count=12") with { Weights = files["first"] };

        DataException thrown = Assert.Throws<DataException>(() => TransferRun.Start(pictures, new RunFolder(files["second"])));

        Assert.Contains("the model in", thrown.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(files["second"]));
    }

    [Fact]
    public void Start_FromABottleneckLikeItsOwn_TakesAllOver()
    {
        Bottlenecked("first", "ddc", 256);

        LoadedWeights loaded = Bottlenecked("second", "ddc", 256, "first");

        Assert.True(loaded.Head);
        Assert.Null(loaded.OtherBottleneck);
        using TransferModel model = TransferModel.Load(new RunFolder(files["first"]).Model);
        ClassifierNetwork trained = ((NetworkModel)model).Network;
        using Generator generator = new(9);
        using ClassifierNetwork network = new(trained.Spec, generator);
        PretrainedWeights.Load(network, PretrainedWeights.Find(files["first"]), ["ant", "bee", "cat"]);
        Assert.All(trained.NamedState().Zip(network.NamedState()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Key));
    }

    /// <summary>256 are also the backbone's features: the classifier's shape alone would not tell that it learnt on others.</summary>
    [Theory]
    [InlineData("ddc", 256, "source-only", 0)]
    [InlineData("ddc", 256, "ddc", 32)]
    [InlineData("ddc", 256, "cmd", 256)]
    [InlineData("dhn", 16, "dan", 0)]
    public void Start_FromAnotherBottleneck_DropsItAndTheClassifierOnIt(string from, int width, string to, int other)
    {
        Bottlenecked("first", from, width);

        LoadedWeights loaded = Bottlenecked("second", to, other, "first");

        Assert.False(loaded.Head);
        Assert.Equal(width, loaded.OtherBottleneck);
    }

    /// <summary>The other way round there is a new layer below the classifier, which knows nothing of it.</summary>
    [Fact]
    public void Start_ABottleneckFromNone_StartsANewClassifier()
    {
        Run("first", Table("first", ["ant", "bee", "cat"]));

        LoadedWeights loaded = Bottlenecked("second", "ddc", 256, "first");

        Assert.False(loaded.Head);
        Assert.Null(loaded.OtherBottleneck);
    }

    private LoadedWeights Bottlenecked(string name, string method, int width, string? from = null)
    {
        LoadedWeights? loaded = null;
        RunConfig config = Config(Table(name, ["ant", "bee", "cat"])) with
        {
            Method = method,
            Target = Table("target", ["ant", "bee", "cat"], shift: 1),
            Options = width == 0 ? [] : new() { [method == "dhn" ? "bits" : "width"] = width.ToString(CultureInfo.InvariantCulture) },
            Weights = from is null ? null : files[from],
        };
        TransferRun.Start(config, new RunFolder(files[name]), progress => loaded = progress.Facts?.Network?.Weights ?? loaded);
        return loaded!;
    }

    private static Tensor Rows(Domain domain, Preprocessing preprocessing)
    {
        using Batch batch = BatchLoader.InOrder(domain, preprocessing, 64).Single();
        return batch.Inputs.Clone();
    }

    private static RunConfig Config(string source) => new() { Source = source, Method = "source-only", Steps = 3, BatchSize = 4, Precision = "float32", CheckpointSteps = 3 };

    /// <summary>Trains a few steps; what was taken over of the weights.</summary>
    private LoadedWeights? Run(string name, string source, string? from = null)
    {
        LoadedWeights? loaded = null;
        TransferRun.Start(Config(source) with { Weights = from is null ? null : files[from] }, new RunFolder(files[name]), progress => loaded = progress.Facts?.Network?.Weights ?? loaded);
        return loaded;
    }

    private string Table(string name, string[] classes, double shift = 0)
    {
        IEnumerable<string> lines = Enumerable.Range(0, 24).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Sin(i * 1.7) + (i % 3) + shift:F4},{Math.Cos(i * i * 0.9) + shift:F4},{classes[i % 3]}"));
        File.WriteAllLines(files[name + ".csv"], ["x,y,class", .. lines]);
        return files[name + ".csv"] + "?label=class";
    }
}
