using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>Training on what frozen stages gave is training as it would have been without that.</summary>
public sealed class FrozenFrontTests : IDisposable
{
    private static readonly Preprocessing Pictures = new([new ToFloat(), new Normalise([0.5], [0.5])]);

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public FrozenFrontTests() => Environment.SetEnvironmentVariable("ACCLIMATE_FRONTS", folder);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("ACCLIMATE_FRONTS", null);
        Directory.Delete(folder, recursive: true);
    }

    public static TheoryData<string, string, FrontCache> Runs => new()
    {
        { "source-only", "all", FrontCache.Memory },
        { "source-only", "1", FrontCache.Disk },
        { "dan", "conv1", FrontCache.Memory },
        { "dann", "2", FrontCache.Disk },
        { "adda", "1", FrontCache.Memory },
        { "shot", "2", FrontCache.Memory },
        { "mcd", "1", FrontCache.Memory },
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void Fit_WithAndWithout_TheSameNetwork(string method, string freeze, FrontCache cache)
    {
        TrainerOptions options = new() { Steps = 12, BatchSize = 8, FineTuning = new FineTuning { Freeze = freeze }, Cache = FrontCache.Off };
        using ClassifierNetwork without = Fit(method, options), with = Fit(method, options with { Cache = cache }, cached: true);

        // A sample's outputs of the front differ in the last bits where another batch size takes another order of sums: 1e-7 of values of order 1, which
        // a dozen steps at a rate of 0.01 hardly enlarge.
        Dictionary<string, Tensor> other = without.NamedState().ToDictionary();
        foreach ((string name, Tensor tensor) in with.NamedState())
        {
            using TensorScope scope = TensorScope.Begin();
            double largest = (tensor.To(ScalarType.Float64) - other[name].To(ScalarType.Float64)).Abs().Max().ToDouble();
            Assert.True(largest <= 1e-4, $"{name}: {largest}");
        }
    }

    [Theory]
    [InlineData(FrontCache.Memory)]
    [InlineData(FrontCache.Disk)]
    public void Fit_CancelledAndResumed_SameBits(FrontCache cache)
    {
        string checkpoint = Path.Combine(folder, "run", "checkpoint.safetensors");
        TrainerOptions options = new() { Steps = 12, BatchSize = 8, CheckpointSteps = 5, FineTuning = new FineTuning { Freeze = "1" }, Cache = cache };
        using ClassifierNetwork whole = Fit("dann", options);
        using (CancellationTokenSource stop = new())
        {
            Assert.Throws<OperationCanceledException>(() => Fit("dann", options, checkpoint, report => { if (report.Step == 7) stop.Cancel(); }, cancellation: stop.Token));
        }

        // What the resumed run starts from comes from the checkpoint: its own first values are other ones.
        using ClassifierNetwork resumed = Fit("dann", options, checkpoint, firstValues: 9);

        Assert.All(whole.NamedState().Zip(resumed.NamedState()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Key));
    }

    [Fact]
    public void Fit_OnDiskTwice_ComputesOnceAndAgainForOtherWeights()
    {
        TrainerOptions options = new() { Steps = 2, BatchSize = 8, FineTuning = new FineTuning { Freeze = "2" }, Cache = FrontCache.Disk };
        Fit("source-only", options, cached: true).Dispose();
        Assert.Single(Directory.GetFiles(folder));
        Fit("source-only", options, cached: false).Dispose();
        Fit("source-only", options, cached: true, firstValues: 9).Dispose();
        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Fit("dan", options, cached: true).Dispose();
        Assert.Equal(3, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void Fit_ADamagedFile_IsRefusedByName()
    {
        TrainerOptions options = new() { Steps = 2, BatchSize = 8, FineTuning = new FineTuning { Freeze = "2" }, Cache = FrontCache.Disk };
        Fit("source-only", options).Dispose();
        string file = Directory.GetFiles(folder).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^8]);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => Fit("source-only", options));

        Assert.Contains(file, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_RandomPreprocessingOrMethodOnSamples_ComputesEachStep()
    {
        TrainerOptions options = new() { Steps = 2, BatchSize = 8, FineTuning = new FineTuning { Freeze = "1" }, Cache = FrontCache.Memory };
        Fit("source-only", options, cached: false, preprocessing: new Preprocessing([new RandomCrop(2), .. Pictures.Steps])).Dispose();
        Fit("self-training", options, cached: false).Dispose();
        Fit("source-only", options with { FineTuning = FineTuning.Whole }, cached: false).Dispose();
    }

    private static ClassifierNetwork Fit(
        string method, TrainerOptions options, string? checkpoint = null, Action<StepReport>? progress = null, bool? cached = null, long firstValues = 1,
        Preprocessing? preprocessing = null, CancellationToken cancellation = default)
    {
        using Domain source = Toy.Bands("source", 24, 1), target = Toy.Bands("target", 20, 2, brightness: 0.6);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        using Generator generator = new(firstValues);
        ClassifierNetwork network = new(new NetworkSpec("lenet", [1, 28, 28], 3), generator);
        try
        {
            bool told = false;
            new Trainer(network, objective, options).Fit(
                source, target, preprocessing ?? Pictures, checkpoint, progress,
                atCheckpoint: _ => Assert.Equal(0, network.FirstStage), caching: _ => told = true, cancellation: cancellation);
            if (cached is { } expected)
                Assert.Equal(expected, told);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
