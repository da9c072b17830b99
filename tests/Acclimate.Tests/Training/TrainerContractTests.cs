using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What every deep method of the catalogue must keep, whatever it computes.</summary>
public sealed class TrainerContractTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    private static readonly TrainerOptions Short = new() { Steps = 12, BatchSize = 16, Seed = 3, CheckpointSteps = 5 };

    public static TheoryData<string> Methods => [.. MethodCatalog.All.Where(static entry => entry.IsNetwork).Select(static entry => entry.About.Name)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_Features_LearnsTheSource(string method)
    {
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 90, 2, shift: 0.5);
        using NetworkModel model = Fit(method, source, target, Short with { Steps = 60 });

        Predictions predictions = model.Predict(source);

        double accuracy = predictions.Indices.Zip(source.Labels!.Indices, static (a, b) => a == b ? 1.0 : 0).Average();
        Assert.True(accuracy > 0.9, $"accuracy on the source {accuracy}");
        Assert.All(predictions.Probabilities, static row => Assert.Equal(1, row.Sum(), 1e-5));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_SameSeed_SameBits(string method)
    {
        using Domain source = Toy.Bands("source", 48, 1);
        using Domain target = Toy.Bands("target", 40, 2, brightness: 0.6);
        using NetworkModel one = Fit(method, source, target, Short);
        using NetworkModel two = Fit(method, source, target, Short);
        using NetworkModel other = Fit(method, source, target, Short with { Seed = 4 });

        Assert.True(SameBits(one, two));
        Assert.False(SameBits(one, other));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_TargetLabels_AreNeverSeen(string method)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using Domain unlabelled = target.Unlabelled();
        using Domain wrong = target.WithLabels(new Labels(["ant", "bee", "cat"], [.. target.Labels!.Indices.Select(static i => (i + 1) % 3)]));
        using NetworkModel with = Fit(method, source, target, Short);
        using NetworkModel without = Fit(method, source, unlabelled, Short);
        using NetworkModel lied = Fit(method, source, wrong, Short);

        Assert.True(SameBits(with, without));
        Assert.True(SameBits(with, lied));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Save_ThenLoad_PredictsTheSame(string method)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using NetworkModel model = Fit(method, source, target, Short);

        model.Save(folder);
        using NetworkModel loaded = (NetworkModel)TransferModel.Load(folder);

        Assert.Equal(model.Predict(target).Probabilities, loaded.Predict(target).Probabilities);
        Assert.Equal(model.Classes, loaded.Classes);
        Assert.Equal(method, loaded.Provenance.Method);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_CancelledAndResumed_SameBitsAsUninterrupted(string method)
    {
        using Domain source = Toy.Bands("source", 48, 1);
        using Domain target = Toy.Bands("target", 40, 2, brightness: 0.6);
        using NetworkModel whole = Fit(method, source, target, Short);
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");

        foreach (int stopAt in (int[])[3, 7, 12])
        {
            using CancellationTokenSource stop = new();
            File.Delete(checkpoint);
            try
            {
                Fit(method, source, target, Short, checkpoint, report => { if (report.Step == stopAt) stop.Cancel(); }, stop.Token).Dispose();
            }
            catch (OperationCanceledException)
            {
            }

            using NetworkModel resumed = Fit(method, source, target, Short, checkpoint);
            Assert.True(SameBits(whole, resumed), $"stopped at step {stopAt}");
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_FewerSamplesThanABatchAndUnequalSizes_Trains(string method)
    {
        foreach (int few in (int[])[1, 2, 3, 5])
            FitsWith(method, few);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_PerDomainBatchNormAndHalfPrecision_StaysFinite(string method)
    {
        using Domain source = Toy.Bands("source", 48, 1);
        using Domain target = Toy.Bands("target", 40, 2, brightness: 0.6);
        using NetworkModel model = Fit(method, source, target, Short with { JointBatch = false, Precision = ScalarType.BFloat16 });

        AssertFinite(model);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_ClassMissingInTheSourceBatch_StaysFinite(string method)
    {
        using Domain all = Toy.Blobs("source", 60, 1);
        using Domain source = all.Take([.. Enumerable.Range(0, 60).Where(static i => i % 3 == 0 || i == 1 || i == 2)]);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using NetworkModel model = Fit(method, source, target, Short with { BatchSize = 4 });

        AssertFinite(model);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_KnownTargetLabels_AreLearntFrom(string method)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using Domain known = target.Take([.. Enumerable.Range(0, 9)]);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        Assert.SkipUnless(objective.Stages.Any(static stage => stage.UsesTarget), $"{method} doesn't look at the target");
        Assert.SkipWhen(MethodCatalog.Find(method).About.Setting == LabelSetting.SourceFree, $"{method} takes no target labels");
        using Domain wrong = known.WithLabels(new Labels(["ant", "bee", "cat"], [.. known.Labels!.Indices.Select(static i => (i + 1) % 3)]));
        using NetworkModel right = Fit(method, source, target, Short, known: known);
        using NetworkModel other = Fit(method, source, target, Short, known: wrong);

        Assert.False(SameBits(right, other));
    }

    /// <summary>At a rate far too high parameters leave float32's range within a few steps, and whatever a method computes of them then meets what is no number.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_Diverges_StopsWithStepAndTerm(string method)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);

        AssertNamesStepAndTerm(Assert.Throws<TrainingException>(() => Fit(method, source, target, Short with { LearningRate = 1e12 })));
    }

    /// <summary>The same in the last stage, which a run that diverges in the first never sees: there it is the network that is spoilt from outside.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_NetworkIsNoNumberInTheLastStage_StopsWithStepAndTerm(string method)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        long begun = new Schedule(objective.Stages, Short.Steps).LastStage + 1;

        AssertNamesStepAndTerm(Assert.Throws<TrainingException>(() => Fit(method, source, target, Short, after: (network, report) =>
        {
            if (report.Step != begun)
                return;
            using TensorScope scope = TensorScope.Begin();
            using NoGrad noGrad = NoGrad.Begin();
            Tensor first = network.Backbone.NamedParameters().First().Value;
            first.CopyInPlace(Tensor.Full(first.Shape, double.NaN));
        })));
    }

    private static void AssertNamesStepAndTerm(TrainingException thrown) =>
        Assert.Matches("'.+'.* became .+ at step [0-9]+ of [0-9]+; the run stopped", thrown.Message);

    private static void AssertFinite(NetworkModel model) => Assert.All(model.Network.NamedState(), static pair =>
    {
        using Tensor finite = pair.Value.IsFinite();
        Assert.True(finite.All(), pair.Key);
    });

    private static void FitsWith(string method, int few)
    {
        using Domain source = Toy.Blobs("source", 30, 1);
        using Domain target = Toy.Blobs("target", few, 2);

        using NetworkModel model = Fit(method, source, target, Short with { BatchSize = 64 });

        Assert.Equal(30, model.Predict(source).Indices.Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_UnlabelledSource_IsRefusedByName(string method)
    {
        using Domain source = Toy.Blobs("studio", 30, 1);
        using Domain unlabelled = source.Unlabelled();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Fit(method, unlabelled, source, Short));

        Assert.Contains("studio has no labels", thrown.Message, StringComparison.Ordinal);
    }

    private static NetworkModel Fit(
        string method, Domain source, Domain target, TrainerOptions options, string? checkpoint = null,
        Action<StepReport>? progress = null, CancellationToken cancellation = default, Domain? known = null,
        Action<ClassifierNetwork, StepReport>? after = null)
    {
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        string[] classes = ["ant", "bee", "cat", .. objective.ExtraClasses];
        using Generator generator = new(options.Seed);
        bool pictures = source.SampleShape.Count == 3;
        Preprocessing preprocessing = pictures
            ? new Preprocessing([new RandomCrop(2), new ToFloat(), new Normalise([0.5], [0.5])])
            : Preprocessing.None;
        NetworkModel model = new(
            new ClassifierNetwork(new NetworkSpec(Networks.Suggest(source.SampleShape), source.SampleShape, classes.Length) { Bottleneck = objective.Bottleneck }, generator),
            classes, preprocessing, new Provenance(method, MethodCatalog.OptionsOf(objective), "s", "t", options.Seed, options.Steps, "0", "0"));
        try
        {
            using Domain? few = known is null && MethodCatalog.Find(method).About.Setting == LabelSetting.FewTargetLabels ? Known(source) : null;
            new Trainer(model.Network, objective, options).Fit(
                source, target, preprocessing, checkpoint, progress + (Action<StepReport>)(report => after?.Invoke(model.Network, report)), known: known ?? few, cancellation: cancellation);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A few labelled samples of the target's domain, of the source's kind.</summary>
    private static Domain Known(Domain source) =>
        source.SampleShape.Count == 3 ? Toy.Bands("known", 6, 5, brightness: 0.6) : Toy.Blobs("known", 6, 5, shift: 1);

    private static bool SameBits(NetworkModel one, NetworkModel two) =>
        one.Network.NamedState().Zip(two.Network.NamedState()).All(static pair => pair.First.Value.SameAs(pair.Second.Value));
}
