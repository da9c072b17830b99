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

    private sealed class NaNAtStep(long step) : Objective
    {
        public override IReadOnlyList<LossTerm> Loss(TrainingStep at) =>
            [new LossTerm("broken", at.Info.Step == step ? at.Source.Features.Sum() * double.NaN : at.Source.Features.Mean())];
    }
}
