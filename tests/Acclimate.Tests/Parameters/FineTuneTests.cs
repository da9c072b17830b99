using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Data;
using Acclimate.Tests.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class FineTuneTests
{
    private static readonly TrainerOptions Short = new() { Steps = 10, BatchSize = 16, Seed = 3 };

    [Fact]
    public void Fit_HeadAlone_LeavesTheBackboneAndItsStatistics()
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using FineTune method = new() { HeadShare = 1 };
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), before = network.Copy();
        List<long> learning = [];

        new Trainer(network, method, Short).Fit(source, source, Preprocessing.None, progress: _ => learning.Add(network.TrainableParameterCount));

        Assert.Equal(["head.weight", "head.bias"], Fitting.Changed(before.NamedState(), network.NamedState()));
        Assert.All(learning, count => Assert.Equal(network.Head.ParameterCount, count));
        Assert.Equal(network.ParameterCount, network.TrainableParameterCount);
    }

    [Fact]
    public void Fit_HeadStage_ComputesFeaturesWithoutGradientsAndTheNextOneWith()
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using Watching method = new();

        Tuning.Fit(network, method, source, Short);

        Assert.Equal([.. Enumerable.Repeat(false, 4), .. Enumerable.Repeat(true, 6)], method.WithGradients);
    }

    // Two steps of plain descent: one of the head, and one of everything, whose moves are those of plain descent from there times ½ ρ^((n−l)/n).
    [Fact]
    public void Fit_WholeNetwork_LearnsAtRatesThatRiseToTheClassifier()
    {
        Dictionary<string, Tensor> plain = FirstMove(new SourceOnly()), rising = FirstMove(new FineTune { HeadShare = 0, FrontRate = 0.01 });
        using TensorScope scope = TensorScope.Begin();
        foreach ((string part, double rate) in ((string, double)[])[("backbone.fc1.", 0.01), ("backbone.fc2.", 0.1), ("head.", 1)])
        {
            foreach ((string name, Tensor move) in plain.Where(pair => pair.Key.StartsWith(part, StringComparison.Ordinal)))
            {
                // Parameters of order 1 hold a move to 1e-7 in float32; both differences are off by as much.
                double largest = ((move * (0.5 * rate)) - rising[name]).Abs().Max().ToDouble();
                Assert.True(largest <= 3e-7, $"{name}: {largest}");
            }

            Assert.Contains(plain, pair => pair.Key.StartsWith(part, StringComparison.Ordinal) && pair.Value.Abs().Max().ToDouble() > 1e-3);
        }

        foreach (Tensor move in plain.Values.Concat(rising.Values))
            move.Dispose();
    }

    [Fact]
    public void Fit_FrozenFrontOfTheRun_StaysFrozenWhenTheRestJoins()
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using FineTune method = new() { HeadShare = 0.5, FrontRate = 1 };
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), before = network.Copy();

        Tuning.Fit(network, method, source, Short with { FineTuning = new FineTuning { Freeze = "fc1" } });

        string[] changed = Fitting.Changed(before.NamedState(), network.NamedState());
        Assert.DoesNotContain(changed, static name => name.StartsWith("backbone.fc1.", StringComparison.Ordinal));
        Assert.Contains("backbone.fc2.0.weight", changed);
        Assert.Contains("backbone.fc2.1.running_mean", changed);
    }

    // In the middle of the first stage, where the backbone has no optimizer state yet; where the second begins; and after it.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Fit_StoppedAndResumed_SameBitsAsUninterrupted(int stopAt)
    {
        using TemporaryFolder folder = new();
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork whole = Tuning.Network("mlp", [6]), stopped = Tuning.Network("mlp", [6]), resumed = Tuning.Network("mlp", [6], seed: 9);
        using CancellationTokenSource stop = new();
        Fit(whole, null, CancellationToken.None);
        Assert.Throws<OperationCanceledException>(() => Fit(stopped, folder["checkpoint"], stop.Token));

        Fit(resumed, folder["checkpoint"], CancellationToken.None);

        Assert.Empty(Fitting.Changed(whole.NamedState(), resumed.NamedState()));

        void Fit(ClassifierNetwork network, string? checkpoint, CancellationToken cancellation)
        {
            using FineTune method = new() { HeadShare = 0.5 };
            new Trainer(network, method, Short).Fit(source, source, Preprocessing.None, checkpoint, report => { if (cancellation.CanBeCanceled && report.Step == stopAt) stop.Cancel(); }, cancellation: cancellation);
        }
    }

    // A frozen front that is computed once for each sample gives what it gives each time.
    [Theory]
    [InlineData("l2-sp")]
    [InlineData("delta")]
    [InlineData("bss")]
    [InlineData("bi-tuning")]
    [InlineData("distil")]
    [InlineData("fine-tune")]
    public void Fit_FrozenFrontSpared_ComesToTheSame(string name)
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork spared = Tuning.Network("mlp", [6]), computed = Tuning.Network("mlp", [6]);
        foreach ((ClassifierNetwork network, FrontCache cache) in ((ClassifierNetwork, FrontCache)[])[(spared, FrontCache.Memory), (computed, FrontCache.Off)])
        {
            using Objective method = (Objective)MethodCatalog.Find(name).Create();
            Tuning.Fit(network, method, source, Short with { FineTuning = new FineTuning { Freeze = "fc1" }, Cache = cache });
        }

        // The front's sums come in batches of other sizes: ten steps later float32 parameters of order 1 may differ in a few last places.
        Assert.InRange(Tuning.Apart(spared, computed), 0, 1e-6);
    }

    [Theory]
    [InlineData(1.5, 0.1, "head-share is 1.5; expected 0 to 1")]
    [InlineData(0.2, 0, "front-rate is 0; expected more than 0")]
    [InlineData(0.2, 2, "front-rate is 2; expected 0 to 1")]
    public void Attach_OutOfRange_IsRefusedByName(double share, double rate, string words)
    {
        using Domain source = Toy.Blobs("source", 12, 1);
        using FineTune method = new() { HeadShare = share, FrontRate = rate };
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Tuning.Fit(network, method, source, Short));

        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> FirstMove(Objective method)
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), before = network.Copy();
        using (method)
            Tuning.Fit(network, method, source, new TrainerOptions { Steps = 1, BatchSize = 16, LearningRate = 0.5, Momentum = 0, WeightDecay = 0 });
        using NoGrad noGrad = NoGrad.Begin();
        return network.NamedParameters().Zip(before.NamedParameters()).ToDictionary(static pair => pair.First.Key, static pair => pair.First.Value - pair.Second.Value);
    }

    /// <summary>Sees whether features come with gradients.</summary>
    private sealed class Watching : ParameterTransfer
    {
        public List<bool> WithGradients { get; } = [];

        public override IReadOnlyList<Stage> Stages => [Stage.Head(0.4), Stage.Source(0.6)];

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
        {
            WithGradients.Add(step.Source.Features.RequiresGrad);
            return [];
        }
    }
}
