using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Options_SeveralFaults_AreAllNamedAtOnce()
    {
        TrainerOptions options = new() { Steps = 0, BatchSize = -1, LearningRate = double.NaN };

        ArgumentException thrown = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains("steps is 0", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("batch size is -1", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("learning rate is NaN", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_LossBecomesNaN_StopsWithStepTermAndLastGoodCheckpoint()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using Objective objective = new NaNAtStep(7);
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        Trainer trainer = new(network, objective, new TrainerOptions { Steps = 20, BatchSize = 8, CheckpointSteps = 3 });

        TrainingException thrown = Assert.Throws<TrainingException>(() => trainer.Fit(source, source, Preprocessing.None, checkpoint));

        Assert.Contains("'broken' became NaN at step 8 of 20", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(checkpoint, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(6, Checkpoint.StepsDone(checkpoint));
        Assert.All(network.NamedState(), static pair =>
        {
            using Tensor finite = pair.Value.IsFinite();
            Assert.True(finite.All(), pair.Key);
        });
    }

    [Fact]
    public void Fit_CheckpointOfAnotherSeed_IsRefused()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        Run(0);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => Run(1));

        Assert.Contains("belongs to a run with seed 0, not 1", thrown.Message, StringComparison.Ordinal);

        void Run(long seed)
        {
            using Generator generator = new(0);
            using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
            using Objective objective = new SourceOnly();
            new Trainer(network, objective, new TrainerOptions { Steps = 2, Seed = seed }).Fit(source, source, Preprocessing.None, checkpoint);
        }
    }

    [Fact]
    public void Fit_DamagedCheckpoint_IsRefusedByName()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using Objective objective = new SourceOnly();
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        File.WriteAllText(checkpoint, "not a checkpoint");

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() =>
            new Trainer(network, objective, new TrainerOptions { Steps = 2 }).Fit(source, source, Preprocessing.None, checkpoint));

        Assert.Contains(checkpoint, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_GradientBecomesNaN_StopsBeforeAParameterMoves()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);

        // √x at 0 is 0, and its slope is not finite: the loss looks well, the gradient is not.
        using Objective objective = new Adding(static step => step.Info.Step == 4 ? (step.Source.Features.Sum() * 0).Sqrt() : step.Source.Features.Mean());
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        Trainer trainer = new(network, objective, new TrainerOptions { Steps = 20, BatchSize = 8, CheckpointSteps = 2 });

        TrainingException thrown = Assert.Throws<TrainingException>(() => trainer.Fit(source, source, Preprocessing.None, checkpoint));

        Assert.Contains("the gradient of 'task' + 'added' became NaN at step 5 of 20", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("after 4 steps", thrown.Message, StringComparison.Ordinal);
        Assert.All(network.NamedState(), static pair =>
        {
            using Tensor finite = pair.Value.IsFinite();
            Assert.True(finite.All(), pair.Key);
        });
    }

    [Fact]
    public void Schedule_SharesOutEveryStepInOrder()
    {
        Schedule schedule = new([Stage.Source(1), new Stage("b", 2), new Stage("c", 1)], 10);

        var places = Enumerable.Range(0, 10).Select(step => schedule.At(step)).ToArray();

        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1, 2, 2], places.Select(static p => p.Stage));
        Assert.Equal([0L, 1, 0, 1, 2, 3, 4, 5, 0, 1], places.Select(static p => p.Info.Step));
        Assert.All(places, p => Assert.Equal(places.Count(q => q.Stage == p.Stage), p.Info.Steps));
    }

    [Fact]
    public void Fit_TwoStages_BeginsEachOnceAndDrawsOnlyWhatItUses()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using Recording objective = new();
        List<string> stages = [];

        new Trainer(network, objective, new TrainerOptions { Steps = 10, BatchSize = 8 })
            .Fit(source, source, Preprocessing.None, progress: report => stages.Add(report.Stage));

        Assert.Equal(["source", "target"], objective.Begun);
        Assert.Equal([.. Enumerable.Repeat("source", 4), .. Enumerable.Repeat("target", 6)], stages);
        Assert.Equal(Enumerable.Range(0, 4).Concat(Enumerable.Range(0, 6)), objective.Steps);
        Assert.Equal(60, objective.Seen);
        Assert.True(objective.Finished);
    }

    [Fact]
    public void Fit_UpdateThatMovesTheHead_LeavesTheBackbone()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using ClassifierNetwork before = network.Copy();
        using Objective objective = new Moving(Parts.Head);

        new Trainer(network, objective, new TrainerOptions { Steps = 3, BatchSize = 8, WeightDecay = 0.1 }).Fit(source, source, Preprocessing.None);

        Dictionary<string, Tensor> first = before.NamedParameters().ToDictionary();
        Assert.All(network.NamedParameters(), pair => Assert.Equal(!pair.Key.StartsWith("head.", StringComparison.Ordinal), pair.Value.SameAs(first[pair.Key])));
    }

    [Fact]
    public void Fit_SeveralTimesOverOneBatch_EqualsAsManyStepsOnIt()
    {
        using Domain source = Toy.Blobs("source", 8, 1);
        using ClassifierNetwork thrice = Trained(new Moving(Parts.All) { Repeat = 3 }, 1), three = Trained(new Moving(Parts.All), 3);

        Assert.All(thrice.NamedParameters().Zip(three.NamedParameters()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Key));

        // Each run of one step draws the same order of the 8 samples, so all three see one batch.
        ClassifierNetwork Trained(Moving objective, long steps)
        {
            using Generator generator = new(0);
            ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
            using (objective)
            {
                foreach (long step in Enumerable.Range(0, (int)steps))
                    new Trainer(network, objective, new TrainerOptions { Steps = 1, BatchSize = 8, Momentum = 0 }).Fit(source, source, Preprocessing.None);
            }

            return network;
        }
    }

    /// <summary>Loss and gradient are finite at the only step; its move takes the parameters out of float32's range, of which a second step would tell too late.</summary>
    [Fact]
    public void Fit_ParametersOverflowAtTheLastStep_StopsAndKeepsNoCheckpoint()
    {
        using Domain source = Toy.Blobs("source", 30, 1);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using Adding objective = new(static step => step.Source.Logits.Sum() * 1e4);
        string folder = Directory.CreateTempSubdirectory("acclimate-").FullName, checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        try
        {
            TrainingException thrown = Assert.Throws<TrainingException>(() => new Trainer(network, objective, new TrainerOptions { Steps = 1, LearningRate = 3e38 })
                .Fit(source, source, Preprocessing.None, checkpoint));

            Assert.Matches("'[a-z0-9.]+' of the network became .* at step 1 of 1", thrown.Message);
            Assert.Contains("There is no checkpoint yet", thrown.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(checkpoint));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Adding(Func<TrainingStep, Tensor> added) : Objective
    {
        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [new LossTerm("added", added(step))];
    }

    private sealed class Moving(Func<string, bool> moves) : Objective
    {
        public int Repeat { get; init; } = 1;

        public override IReadOnlyList<Update> Updates(Stage stage) => [new Update(Task) { Moves = moves, Repeat = Repeat }];

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
    }

    private sealed class Recording : Objective
    {
        public List<string> Begun { get; } = [];

        public List<int> Steps { get; } = [];

        public int Seen { get; private set; }

        public bool Finished { get; private set; }

        public override IReadOnlyList<Stage> Stages => [Stage.Source(4), new Stage("target", 6) { UsesSource = false }];

        public override void Begin(Stage stage, FitContext context)
        {
            Begun.Add(stage.Name);
            if (stage.Name == "target")
                context.OverTarget((_, indices) => Seen += indices.Count);
        }

        public override void BeforeStep(Stage stage, StepInfo info, FitContext context) => Steps.Add((int)info.Step);

        public override void Finish(FitContext context) => Finished = true;

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
        {
            Assert.Null(step.SourceInputs);
            Assert.Throws<InvalidOperationException>(() => step.Source);
            return [new LossTerm("target", step.Target.Features.Mean())];
        }
    }

    private sealed class NaNAtStep(long step) : Objective
    {
        public override IReadOnlyList<LossTerm> Loss(TrainingStep at) =>
            [new LossTerm("broken", at.Info.Step == step ? at.Source.Features.Sum() * double.NaN : at.Source.Features.Mean())];
    }
}
