using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Generative;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Generative;

/// <summary>What GAN features and DRCN learn without labels, and what from them.</summary>
public sealed class UnlabelledFeaturesTests
{
    [Theory]
    [InlineData(28, 28)]
    [InlineData(32, 20)]
    [InlineData(9, 17)]
    public void Generator_AnyPicture_HasItsSize(int height, int width)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator values = new(1);
        using SampleGenerator pictures = new(10, [3, height, width], 16, values), rows = new(10, [7], 8, values);

        Assert.Equal([2, 3, height, width], pictures.Forward(Tensor.Uniform([2, 10], values)).Shape);
        Assert.Equal([2, 7], rows.Forward(Tensor.Uniform([2, 10], values)).Shape);
    }

    // Features are learnt without labels: other labels, other classifier, the same backbone.
    [Fact]
    public void Gan_OtherLabels_LeaveTheFeaturesAsTheyAre()
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1);
        using Domain other = source.WithLabels(new Labels(["ant", "bee", "cat"], [.. source.Labels!.Indices.Select(static i => (i + 1) % 3)]));
        using GanFeatures first = new(), second = new();
        using ClassifierNetwork one = Fitting.Fit(first, source, target, 20), two = Fitting.Fit(second, other, target, 20);

        string[] changed = Fitting.Changed(one.NamedState(), two.NamedState());

        Assert.Equal(["head.bias", "head.weight"], changed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Gan_StageOfFeatures_MovesTheBackboneAndNotTheClassifier()
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1);
        using GanFeatures method = new() { Pretraining = 1 };
        using ClassifierNetwork start = Fitting.Network(source), features = Fitting.Fit(method, source, target, 5);

        string[] changed = Fitting.Changed(start.NamedState(), features.NamedState());

        Assert.DoesNotContain(changed, static name => name.StartsWith("head.", StringComparison.Ordinal));
        Assert.Contains(changed, static name => name.StartsWith("backbone.fc1", StringComparison.Ordinal));
    }

    // Running statistics are those of real samples: with features near 1 and a generator that starts near 0, they would be pulled down.
    [Fact]
    public void Activate_NotTracked_LeavesRunningStatistics()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 30, 1);
        using ClassifierNetwork network = Fitting.Network(source);
        using Generator noise = new(1);
        TrainingStep step = new(new StepInfo(0, 1), network, noise);
        using ClassifierNetwork before = network.Copy();

        _ = step.Activate(Tensor.Ones([8, 6]), tracks: false);
        Assert.Empty(Fitting.Changed(before.NamedState(), network.NamedState()));

        _ = step.Activate(Tensor.Ones([8, 6]));
        Assert.NotEmpty(Fitting.Changed(before.NamedState(), network.NamedState()));
    }

    // λ = 1 leaves the decoder nothing to do: the plain classifier, whose target is in the batch for batch norm alone.
    [Fact]
    public void Reconstruction_WeighsOneMinusLambda_AndFalls()
    {
        using Domain source = Toy.Bands("source", 48, 1), target = Toy.Bands("target", 40, 2, brightness: 0.6);
        List<StepReport> heard = [];
        using ReconstructionClassification method = new() { Lambda = 0.4, Maps = 16 };
        using Generator values = new(3);
        using ClassifierNetwork network = new(new NetworkSpec("lenet", [1, 28, 28], 3), values);

        new Trainer(network, method, new TrainerOptions { Steps = 40, BatchSize = 16, Seed = 3 }).Fit(
            source, target, new Preprocessing([new Acclimate.Data.Transforms.ToFloat()]), progress: heard.Add);

        Assert.Equal((0.4, 0.6), (heard[0].Weights["task"], heard[0].Weights["reconstruction"]));
        Assert.True(heard[^1].Terms["reconstruction"] < heard[0].Terms["reconstruction"] / 3);
    }
}
