using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Runs;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What a source sample counts in a network's loss.</summary>
public sealed class SourceWeightsTests
{
    private static readonly TrainerOptions Short = new() { Steps = 10, BatchSize = 16, Seed = 3 };

    public static TheoryData<string> Taking => [.. MethodCatalog.All.Where(static entry => entry.IsNetwork && Takes(entry)).Select(static entry => entry.About.Name)];

    [Theory]
    [MemberData(nameof(Taking))]
    public void Fit_MethodThatTakesWeights_LearnsByThem(string method)
    {
        double[] some = [.. Enumerable.Range(0, 60).Select(static i => i % 2 * 2.0)];
        using NetworkModel even = Fit(method, [.. Enumerable.Repeat(1.0, 60)]), weighed = Fit(method, some);

        Assert.False(SameBits(even, weighed), "the weights change nothing");
    }

    // Weights of 1 are none but for the order of a sum, in float32.
    [Fact]
    public void Fit_WeightsOfOne_AreNone()
    {
        using NetworkModel even = Fit("dan", [.. Enumerable.Repeat(1.0, 60)]), none = Fit("dan", null);

        Assert.All(even.Network.NamedState().Zip(none.Network.NamedState()), static pair =>
        {
            using TensorScope scope = TensorScope.Begin();
            Assert.True((pair.First.Value - pair.Second.Value).To(ScalarType.Float64).Abs().Max().ToDouble() < 1e-3, pair.First.Key);
        });
    }

    [Fact]
    public void Fit_WeightsThatDoNotFit_AreRefused()
    {
        Assert.Contains("3 weights", Assert.Throws<ArgumentException>(() => Fit("dan", [1, 1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("mcd", Assert.Throws<ArgumentException>(() => Fit("mcd", [.. Enumerable.Repeat(1.0, 60)])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kmn", "source-only", "target", "did you mean")]
    [InlineData("tradaboost", "source-only", "target", "is none")]
    [InlineData("kmm", "source-only", "", "no target")]
    [InlineData("kmm", "mcd", "target", "leave --weigh out")]
    [InlineData("kmm", "tca", "target", "--weigh")]
    public void Validate_WeighThatMakesNoSense_IsRefusedByName(string weigh, string method, string target, string said)
    {
        RunConfig config = new() { Source = "source", Target = target, Method = method, Weigh = weigh };

        Assert.Contains(said, Assert.Throws<ArgumentException>(config.Validate).Message, StringComparison.OrdinalIgnoreCase);
    }

    // A run that is cut short and goes on weighs its samples anew, to the same bits.
    [Fact]
    public void Run_WeighedAndResumed_SameBitsAsUninterrupted()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("acclimate-");
        try
        {
            RunConfig config = new()
            {
                Source = "generated:shift-source?count=120",
                Target = "generated:shift-target?count=100",
                Method = "source-only",
                Weigh = "kliep",
                Steps = 12,
                CheckpointSteps = 4,
                BatchSize = 16,
                Precision = "float32",
                Seed = 2,
            };
            RunFolder whole = new(Path.Combine(folder.FullName, "whole")), cut = new(Path.Combine(folder.FullName, "cut"));
            RunResult result = TransferRun.Start(config, whole);
            using CancellationTokenSource stop = new();
            Assert.ThrowsAny<OperationCanceledException>(() => TransferRun.Start(config, cut, progress => { if (progress.Step?.Step == 6) stop.Cancel(); }, stop.Token));

            TransferRun.Resume(cut);

            Assert.Contains(result.Certificate!.Notes, static note => note.Contains("120 source samples weigh", StringComparison.Ordinal));
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Model, "model.safetensors")), File.ReadAllBytes(Path.Combine(cut.Model, "model.safetensors")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool Takes(MethodEntry entry)
    {
        using Objective objective = (Objective)entry.Create();
        return objective.TakesSourceWeights;
    }

    private static NetworkModel Fit(string method, double[]? weights)
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1), known = Toy.Blobs("known", 6, 5, shift: 1);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        string[] classes = ["ant", "bee", "cat", .. objective.ExtraClasses];
        using Generator generator = new(Short.Seed);
        NetworkModel model = new(
            new ClassifierNetwork(new NetworkSpec(Networks.Suggest(source.SampleShape), source.SampleShape, classes.Length) { Bottleneck = objective.Bottleneck }, generator),
            classes, Preprocessing.None, new Provenance(method, MethodCatalog.OptionsOf(objective), "s", "t", Short.Seed, Short.Steps, "0", "0"));
        try
        {
            new Trainer(model.Network, objective, Short).Fit(
                source, target, Preprocessing.None, known: MethodCatalog.Find(method).About.Setting == LabelSetting.FewTargetLabels ? known : null, sourceWeights: weights);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static bool SameBits(NetworkModel one, NetworkModel two) =>
        one.Network.NamedState().Zip(two.Network.NamedState()).All(static pair => pair.First.Value.SameAs(pair.Second.Value));
}
