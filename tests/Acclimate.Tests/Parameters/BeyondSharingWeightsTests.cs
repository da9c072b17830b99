using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Deep.PartialOpen;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public class BeyondSharingWeightsTests
{
    // Against loops: the least distance over a and b found by a search that knows nothing of regression. A quadratic's least
    // is found to the square of the grid's width, (1e-3)², times the norm of x, about 4.
    [Fact]
    public void Relate_Exponential_IsThatOfTheBestScaleAndShift()
    {
        using TensorScope scope = TensorScope.Begin();
        double[] x = [0.5, -1, 0.25, 2], y = [0.3, -0.4, 0.5, 1.2];
        double least = double.PositiveInfinity;
        for (double a = 0; a < 1; a += 1e-3)
        {
            for (double b = -1; b < 1; b += 1e-3)
                least = Math.Min(least, x.Zip(y, (u, v) => ((a * u) + b - v) * ((a * u) + b - v)).Sum());
        }

        Assert.Equal(Math.Exp(least) - 1, BeyondSharingWeights.Relate(Tensor.From(x), Tensor.From(y), StreamRelation.Exponential).ToDouble(), 1e-5);
        Assert.Equal(x.Zip(y, (u, v) => (u - v) * (u - v)).Sum(), BeyondSharingWeights.Relate(Tensor.From(x), Tensor.From(y), StreamRelation.L2).ToDouble(), 1e-12);
    }

    [Fact]
    public void Relate_ScaledAndShifted_IsZero()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor x = Tensor.Normal([40], generator, ScalarType.Float64);

        Assert.Equal(0, BeyondSharingWeights.Relate(x, (x * -1.7) + 0.4, StreamRelation.Exponential).ToDouble(), 1e-12);
        Assert.Equal(0, BeyondSharingWeights.Relate(Tensor.Full([5], 0.2), Tensor.Full([5], 3), StreamRelation.Exponential).ToDouble(), 1e-12);
    }

    // The scale and the shift are held while the gradient is taken; at their least the gradient by them is 0, so it is the whole.
    [Theory]
    [InlineData(0.15, false)]
    [InlineData(1.5, true)]
    public void Relate_Gradient_IsThatByDifferences(double size, bool steep)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor x = (Tensor.Normal([12], generator, ScalarType.Float64) * size).Detach().WithGrad(), y = (Tensor.Normal([12], generator, ScalarType.Float64) * size).Detach().WithGrad();
        Tensor related = BeyondSharingWeights.Relate(x, y, StreamRelation.Exponential);
        related.Backward();

        Assert.Equal(steep, related.ToDouble() > Math.Exp(BeyondSharingWeights.Steepest) - 1);
        Slopes.AssertEqual(x, 1, Value);
        Slopes.AssertEqual(y, 1, Value);

        double Value()
        {
            using TensorScope inner = TensorScope.Begin();
            return BeyondSharingWeights.Relate(x, y, StreamRelation.Exponential).ToDouble();
        }
    }

    [Fact]
    public void Fit_StrongRelation_KeepsTheStreamsTogetherAndAWeakOneLetsThemPart()
    {
        Assert.True(Distance(100) < 0.1 * Distance(0));

        static double Distance(double related)
        {
            using Domain source = Toy.Blobs("source", 90, 1), target = Toy.Blobs("target", 90, 2, shift: 1.5);
            using BeyondSharingWeights objective = new() { Related = related, Relation = StreamRelation.L2, Pretraining = 0.3, Ramp = Ramp.Constant };
            using ClassifierNetwork network = Network(source);
            new Trainer(network, objective, new TrainerOptions { Steps = 60, BatchSize = 32, LearningRate = 0.003 }).Fit(source, target, Preprocessing.None);
            using TensorScope scope = TensorScope.Begin();
            return network.NamedParameters().Zip(objective.Network!.NamedParameters()).Sum(static pair => (pair.First.Value - pair.Second.Value).Square().Sum().ToDouble());
        }
    }

    // Labels of the target alone say what its shifted classes are: with them the target's stream gets there.
    [Fact]
    public void Fit_KnownTargetLabels_TheTargetsStreamLearnsThem()
    {
        using Domain source = Toy.Blobs("source", 90, 1), target = Toy.Blobs("target", 90, 2, shift: 1);
        using Domain turned = target.WithLabels(new Labels(["ant", "bee", "cat"], [.. target.Labels!.Indices.Select(static i => (i + 1) % 3)]));
        using Domain known = turned.Take([.. Enumerable.Range(0, 30)]);
        using BeyondSharingWeights objective = new() { Related = 0, Lambda = 0, Pretraining = 0.1 };
        using ClassifierNetwork network = Network(source);
        new Trainer(network, objective, new TrainerOptions { Steps = 200, BatchSize = 32 }).Fit(source, target, Preprocessing.None, known: known);
        using TensorScope scope = TensorScope.Begin();
        float[] scores = network.Activate(turned.Read([.. Enumerable.Range(0, 90)])).Logits.ToArray<float>();

        Assert.True(Enumerable.Range(0, 90).Average(i => Array.IndexOf(scores[(i * 3)..((i + 1) * 3)], scores[(i * 3)..((i + 1) * 3)].Max()) == turned.Labels!.Indices[i] ? 1.0 : 0) > 0.9);
    }

    /// <summary>
    /// A stage that is frozen stays the same in both streams, to the bit, and the other moves in both: whether the frozen front is computed once or at each step, and also while stages join.
    /// </summary>
    [Theory]
    [InlineData("fc1", false, FrontCache.Auto)]
    [InlineData("fc1", false, FrontCache.Off)]
    [InlineData("fc1", true, FrontCache.Off)]
    public void Fit_FrozenStage_StaysInBothStreams(string freeze, bool gradual, FrontCache cache)
    {
        using Domain source = Toy.Blobs("source", 60, 1), target = Toy.Blobs("target", 60, 2, shift: 1);
        using BeyondSharingWeights objective = new() { Pretraining = 0.3 };
        using ClassifierNetwork network = Network(source), before = network.Copy();
        new Trainer(network, objective, new TrainerOptions { Steps = 20, BatchSize = 16, Cache = cache, FineTuning = new FineTuning { Freeze = freeze, Gradual = gradual } })
            .Fit(source, target, Preprocessing.None);

        ClassifierNetwork stream = (ClassifierNetwork)objective.Network!.Children[0].Value;
        foreach (ClassifierNetwork trained in (ClassifierNetwork[])[network, stream])
        {
            Assert.All(trained.NamedState().Zip(before.NamedState()).Where(static pair => !pair.First.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal)),
                pair => Assert.Equal(pair.First.Key.Contains(freeze, StringComparison.Ordinal), pair.First.Value.SameAs(pair.Second.Value)));
        }
    }

    private static ClassifierNetwork Network(Domain source)
    {
        using Generator generator = new(5);
        return new ClassifierNetwork(new NetworkSpec("mlp", source.SampleShape, 3), generator);
    }
}
