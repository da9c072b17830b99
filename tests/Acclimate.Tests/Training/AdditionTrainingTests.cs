using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What holds for all that learns beside weights, whatever the method.</summary>
public abstract class AdditionTrainingTests : IDisposable
{
    private static readonly Preprocessing Pictures = new([new RandomCrop(2), new ToFloat(), new Normalise([0.5], [0.5])]);
    private static readonly TrainerOptions Short = new() { Steps = 8, BatchSize = 8, Seed = 3, CheckpointSteps = 3, LearningRate = 0.05 };
    private static readonly string[] OfBatchNorm = ["adabn", "tent"];

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public static TheoryData<string> Few => ["source-only", "dann", "dan"];

    public static TheoryData<string> All =>
        [.. MethodCatalog.All.Where(static entry => entry.IsNetwork && !OfBatchNorm.Contains(entry.About.Name)).Select(static entry => entry.About.Name)];

    /// <summary>What learns.</summary>
    private protected abstract Addition Kind { get; }

    /// <summary>An ending of the names of what moves even in a few steps.</summary>
    private protected abstract string Moving { get; }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Fit_AnyMethod_KeepsTheBase(string method)
    {
        using Domain source = Toy.Blobs("source", 40, 1), target = Toy.Blobs("target", 40, 2, shift: 1);
        using NetworkModel before = Model(method, source), model = Model(method, source);
        Fit(method, model, source, target, Short with { Steps = 4 });

        HashSet<string> moved = [.. Changed(before, model)];
        Assert.DoesNotContain(moved, static name => !IsLearnt(name));
        Assert.Contains(moved, name => name.EndsWith(Moving, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Fit_Pictures_MovesTheAdditionsAndTheClassifierAlone(string method)
    {
        (Domain source, Domain target) = Domains();
        using (source)
        using (target)
        {
            using NetworkModel before = Model(method, source), model = Model(method, source);
            Fit(method, model, source, target, Short);

            Assert.Equal(before.Network.NamedState().Select(static pair => pair.Key).Where(IsLearnt).Order(), Changed(before, model).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Fit_WithAFrozenStage_KeepsThatStagesAdditionsToo(string method)
    {
        (Domain source, Domain target) = Domains();
        using (source)
        using (target)
        {
            using NetworkModel before = Model(method, source), model = Model(method, source);
            Fit(method, model, source, target, Short with { FineTuning = new FineTuning { Freeze = "conv1" } });

            string[] moved = [.. Changed(before, model)];
            Assert.DoesNotContain(moved, static name => name.StartsWith("backbone.conv1", StringComparison.Ordinal));
            Assert.Contains(moved, name => name.StartsWith("backbone.conv2", StringComparison.Ordinal) && name.EndsWith(Moving, StringComparison.Ordinal));
            Assert.True(model.Network.TrainableParameterCount < model.Network.ParameterCount / 4, "the end of a run lets go of the frozen stage, not of the base");
        }
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Fit_CancelledAndResumed_SameBitsAsUninterrupted(string method)
    {
        (Domain source, Domain target) = Domains();
        using (source)
        using (target)
        {
            using NetworkModel whole = Model(method, source);
            Fit(method, whole, source, target, Short);
            string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
            using CancellationTokenSource stop = new();
            using NetworkModel stopped = Model(method, source), resumed = Model(method, source, seed: 9);
            Assert.Throws<OperationCanceledException>(() => Fit(method, stopped, source, target, Short, checkpoint, report => { if (report.Step == 5) stop.Cancel(); }, stop.Token));

            // Another base and other additions, which the checkpoint overwrites.
            Fit(method, resumed, source, target, Short, checkpoint);

            Assert.Empty(Changed(whole, resumed));
        }
    }

    [Theory]
    [MemberData(nameof(Few))]
    public void Fit_HalfPrecision_StaysFiniteAndKeepsTheBase(string method)
    {
        (Domain source, Domain target) = Domains();
        using (source)
        using (target)
        {
            using NetworkModel before = Model(method, source), model = Model(method, source);
            Fit(method, model, source, target, Short with { Precision = ScalarType.BFloat16 });

            Assert.Equal(before.Network.NamedState().Select(static pair => pair.Key).Where(IsLearnt).Order(), Changed(before, model).Order());
            Assert.All(model.Network.NamedState(), static pair =>
            {
                using Tensor finite = pair.Value.IsFinite();
                Assert.True(finite.All(), pair.Key);
            });
        }
    }

    [Theory]
    [InlineData("adabn")]
    [InlineData("tent")]
    public void Fit_MethodThatAdaptsBatchNorm_IsRefused(string method)
    {
        using Domain source = Toy.Blobs("source", 40, 1);
        using NetworkModel model = Model(method, source);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Fit(method, model, source, source, Short));
        Assert.Contains($"{method} adapts batch norm", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("(--lora, --adapters)", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_ThenLoad_IsTheSameNetworkAndItsBaseStaysFixed()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.Save(folder);
        using NetworkModel loaded = (NetworkModel)TransferModel.Load(folder);

        Assert.Equal(Kind, loaded.Network.Spec.Addition);
        Assert.Empty(Changed(model, loaded));
        Assert.Equal(model.Predict(source).Probabilities, loaded.Predict(source).Probabilities);
        Assert.Equal(model.Network.TrainableParameterCount, loaded.Network.TrainableParameterCount);
    }

    [Fact]
    public void LoadAdapter_OnItsWeights_IsTheModel()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.SaveAdapter(In("adapter.safetensors"));
        string weights = Weights(source, seed: 1);

        using NetworkModel loaded = NetworkModel.LoadAdapter(In("adapter.safetensors"), weights);

        Assert.Empty(Changed(model, loaded));
        Assert.Equal(model.Classes, loaded.Classes);
        Assert.Equal(model.Provenance.Method, loaded.Provenance.Method);
        Assert.Equal(model.Predict(source).Probabilities, loaded.Predict(source).Probabilities);
    }

    [Fact]
    public void LoadAdapter_OnOtherWeights_IsRefused()
    {
        using Domain source = Toy.Bands("source", 24, 1), wider = Toy.Blobs("wider", 24, 1);
        using NetworkModel model = Trained(source);
        string adapter = In("adapter.safetensors");
        model.SaveAdapter(adapter);

        string others = Refused(adapter, Weights(source, seed: 2));
        Assert.Contains("other values", others, StringComparison.Ordinal);
        Assert.Contains("SHA-256", others, StringComparison.Ordinal);

        string another = Refused(adapter, Weights(wider, seed: 1));
        Assert.Contains("does not hold the weights of a lenet", another, StringComparison.Ordinal);
        Assert.Contains("conv1.0.weight", another, StringComparison.Ordinal);

        Assert.Contains("is no adapter", Refused(Weights(source, seed: 1), Weights(source, seed: 1)), StringComparison.Ordinal);
    }

    private protected static string Refused(string adapter, string weights) => Assert.Throws<InvalidDataException>(() => NetworkModel.LoadAdapter(adapter, weights)).Message;

    private static bool IsLearnt(string name) => Addition.IsPart(name) || !name.StartsWith("backbone.", StringComparison.Ordinal);

    private protected static IEnumerable<string> Changed(NetworkModel one, NetworkModel other) => Tests.Deep.Fitting.Changed(one.Network.NamedState(), other.Network.NamedState());

    private static (Domain Source, Domain Target) Domains() => (Toy.Bands("source", 24, 1), Toy.Bands("target", 24, 2, brightness: 0.6));

    private protected NetworkModel Model(string method, Domain source, long seed = 1)
    {
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        using Generator generator = new(seed);
        string[] classes = ["ant", "bee", "cat", .. objective.ExtraClasses];
        NetworkSpec spec = new NetworkSpec(Networks.Suggest(source.SampleShape), source.SampleShape, classes.Length) { Bottleneck = objective.Bottleneck }.With(Kind);
        return new NetworkModel(
            new ClassifierNetwork(spec, generator), classes, source.SampleShape.Count == 3 ? Pictures : Preprocessing.None,
            new Provenance(method, new Dictionary<string, string>(), "s", "t", seed, 8, "0", "0"));
    }

    private protected NetworkModel Trained(Domain source)
    {
        NetworkModel model = Model("source-only", source);
        Fit("source-only", model, source, source, Short);
        return model;
    }

    private static void Fit(
        string method, NetworkModel model, Domain source, Domain target, TrainerOptions options, string? checkpoint = null, Action<StepReport>? progress = null,
        CancellationToken cancellation = default)
    {
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        using Domain? few = MethodCatalog.Find(method).About.Setting == LabelSetting.FewTargetLabels ? target.Take([.. Enumerable.Range(0, 6)]) : null;
        new Trainer(model.Network, objective, options).Fit(
            source, target, source.SampleShape.Count == 3 ? Pictures : Preprocessing.None, checkpoint, progress, known: few, cancellation: cancellation);
    }

    private protected string In(string name) => Path.Combine(folder, name);

    /// <summary>A file of the weights that a network of <see cref="Model"/> starts from.</summary>
    private protected string Weights(Domain source, long seed)
    {
        string path = In($"{source.Name}-{seed}.safetensors");
        using NetworkModel model = Model("source-only", source, seed);
        Safetensors.Write(path, model.Network.NamedState().Where(static pair => !Addition.IsPart(pair.Key)));
        return path;
    }
}
