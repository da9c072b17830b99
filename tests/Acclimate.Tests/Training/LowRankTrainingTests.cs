using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What low-rank adaptation keeps, whatever the method.</summary>
public sealed class LowRankTrainingTests : IDisposable
{
    private static readonly Preprocessing Pictures = new([new RandomCrop(2), new ToFloat(), new Normalise([0.5], [0.5])]);
    private static readonly TrainerOptions Short = new() { Steps = 8, BatchSize = 8, Seed = 3, CheckpointSteps = 3, LearningRate = 0.05 };
    private static readonly string[] OfBatchNorm = ["adabn", "tent"];

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public static TheoryData<string> Few => ["source-only", "dann", "dan"];

    public static TheoryData<string> All =>
        [.. MethodCatalog.All.Where(static entry => !entry.IsShallow && !OfBatchNorm.Contains(entry.About.Name)).Select(static entry => entry.About.Name)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(All))]
    public void Fit_AnyMethod_KeepsTheBase(string method)
    {
        using Domain source = Toy.Blobs("source", 40, 1), target = Toy.Blobs("target", 40, 2, shift: 1);
        using NetworkModel before = Model(method, source), model = Model(method, source);
        Fit(method, model, source, target, Short with { Steps = 4 });

        HashSet<string> moved = [.. Changed(before, model)];
        Assert.DoesNotContain(moved, static name => !IsLearnt(name));
        Assert.Contains(moved, static name => name.EndsWith("lora_B", StringComparison.Ordinal));
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
            Assert.DoesNotContain(moved, static name => name.StartsWith("backbone.conv1.", StringComparison.Ordinal));
            Assert.Contains("backbone.conv2.0.lora_A", moved);
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
        Assert.Contains("--lora", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_ThenLoad_IsTheSameNetworkAndItsBaseStaysFixed()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.Save(folder);
        using NetworkModel loaded = (NetworkModel)TransferModel.Load(folder);

        Assert.Equal(model.Network.Spec.LowRank, loaded.Network.Spec.LowRank);
        Assert.Empty(Changed(model, loaded));
        Assert.Equal(model.Predict(source).Probabilities, loaded.Predict(source).Probabilities);
        Assert.Equal(model.Network.TrainableParameterCount, loaded.Network.TrainableParameterCount);
    }

    [Fact]
    public void SaveAdapter_HoldsWhatWasLearntAndNothingElse()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string path = In("adapter.safetensors");
        model.SaveAdapter(path);

        using TensorFile file = Safetensors.Read(path);
        Assert.Equal(
            ((string[])["conv1.0", "conv2.0", "fc1.1"]).SelectMany(static layer => (string[])[$"backbone.{layer}.lora_A", $"backbone.{layer}.lora_B"]).Concat(["head.bias", "head.weight"]),
            file.Tensors.Keys.Order(StringComparer.Ordinal));
        Dictionary<string, Tensor> state = model.Network.NamedState().ToDictionary();
        Assert.All(file.Tensors, pair => Assert.True(pair.Value.SameAs(state[pair.Key]), pair.Key));
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

    [Fact]
    public void LoadAdapter_TensorsThatDoNotFit_AreNamedWithTheirShapes()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string adapter = In("adapter.safetensors"), weights = Weights(source, seed: 1);
        model.SaveAdapter(adapter);
        using TensorFile file = Safetensors.Read(adapter);

        Write(file.Tensors.Where(static pair => pair.Key != "backbone.conv1.0.lora_B"));
        Assert.Contains("missing: backbone.conv1.0.lora_B", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors.Select(static pair => pair.Key == "backbone.fc1.1.lora_A" ? KeyValuePair.Create(pair.Key, Tensor.Zeros([7, 7])) : pair));
        Assert.Contains("backbone.fc1.1.lora_A (found [7, 7], expected [2, 768])", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors.Append(KeyValuePair.Create("backbone.conv1.0.weight", Tensor.Zeros([1]))));
        Assert.Contains("backbone.conv1.0.weight, which is the weights' own", Refused(adapter, weights), StringComparison.Ordinal);

        void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors) => Safetensors.Write(adapter, tensors, file.Metadata);
    }

    [Fact]
    public void Load_WeightsWithLowRankMatrices_IsRefusedWithWhatToDo()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.Save(folder);
        using Generator generator = new(1);
        using ClassifierNetwork plain = new(model.Network.Spec with { LowRank = null }, generator);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => PretrainedWeights.Load(plain, In("model.safetensors")));
        Assert.Contains("lora_A", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("acclimate merge", thrown.Message, StringComparison.Ordinal);
    }

    // Three layers, float32: each sums at most 800 products in another order, √800 · 6·10⁻⁸ · 3 ≈ 5·10⁻⁶ of a probability.
    [Fact]
    public void Merged_IsAPlainModelThatSaysTheSame()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source), merged = model.Merged();
        merged.Save(folder);
        using NetworkModel loaded = (NetworkModel)TransferModel.Load(folder);

        Assert.False(File.Exists(In(NetworkModel.AdapterFile)));
        Assert.Null(loaded.Network.Spec.LowRank);
        Assert.Equal(model.Predict(source).Probabilities.SelectMany(static p => p), loaded.Predict(source).Probabilities.SelectMany(static p => p), static (a, b) => Math.Abs(a - b) <= 1e-5);
        Assert.Throws<InvalidOperationException>(loaded.Merged);
        Assert.Throws<InvalidOperationException>(() => loaded.SaveAdapter(In("none")));
    }

    private static string Refused(string adapter, string weights) => Assert.Throws<InvalidDataException>(() => NetworkModel.LoadAdapter(adapter, weights)).Message;

    private static bool IsLearnt(string name) => LowRankLayer.IsAddition(name) || !name.StartsWith("backbone.", StringComparison.Ordinal);

    private static IEnumerable<string> Changed(NetworkModel one, NetworkModel other) => Tests.Deep.Fitting.Changed(one.Network.NamedState(), other.Network.NamedState());

    private static (Domain Source, Domain Target) Domains() => (Toy.Bands("source", 24, 1), Toy.Bands("target", 24, 2, brightness: 0.6));

    private static NetworkModel Model(string method, Domain source, long seed = 1)
    {
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        using Generator generator = new(seed);
        string[] classes = ["ant", "bee", "cat", .. objective.ExtraClasses];
        NetworkSpec spec = new(Networks.Suggest(source.SampleShape), source.SampleShape, classes.Length) { Bottleneck = objective.Bottleneck, LowRank = new LowRank(2, 4) };
        return new NetworkModel(
            new ClassifierNetwork(spec, generator), classes, source.SampleShape.Count == 3 ? Pictures : Preprocessing.None,
            new Provenance(method, new Dictionary<string, string>(), "s", "t", seed, 8, "0", "0"));
    }

    private static NetworkModel Trained(Domain source)
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

    private string In(string name) => Path.Combine(folder, name);

    /// <summary>A file of the weights that a network of <see cref="Model"/> starts from.</summary>
    private string Weights(Domain source, long seed)
    {
        string path = In($"{source.Name}-{seed}.safetensors");
        using NetworkModel model = Model("source-only", source, seed);
        Safetensors.Write(path, model.Network.NamedState().Where(static pair => !LowRankLayer.IsAddition(pair.Key)));
        return path;
    }
}
