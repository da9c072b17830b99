using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Deep.SourceFree;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class RateFinderTests
{
    private static readonly Preprocessing Pictures = new([new ToFloat(), new Normalise([0.5], [0.5])]);
    private static readonly TrainerOptions Options = new() { Steps = 50, BatchSize = 8, Seed = 3 };

    [Theory]
    [InlineData("source-only", "source")]
    [InlineData("dann", "adapt")]
    [InlineData("shot", "source")]
    public void Find_AnyMethod_LeavesEveryBitAndTriesTheFirstStage(string method, string stage)
    {
        using Domain source = Toy.Bands("source", 24, 1), target = Toy.Bands("target", 24, 2, brightness: 0.6);
        using ClassifierNetwork network = Network(source.SampleShape), before = network.Copy();
        RateRange range = new() { From = 1e-5, To = 1, Steps = 20 };
        int heard = 0;

        RateSearch found = RateFinder.Find(network, () => (Objective)MethodCatalog.Find(method).Create(), Options, source, target, Pictures, range, progress: _ => heard++);

        Assert.Empty(Tests.Deep.Fitting.Changed(network.NamedState(), before.NamedState()));
        Assert.All(network.NamedParameters(), static pair => Assert.Null(pair.Value.Grad));
        Assert.Equal(stage, found.Stage);
        Assert.Equal(heard, found.Points.Count);
        Assert.Equal(found.Exploded, found.Points.Count < 20);
        Assert.Equal(1e-5, found.Points[0].Rate);
        Assert.All(found.Points.Zip(found.Points.Skip(1)), static pair => Assert.Equal(Math.Pow(1e5, 1 / 19.0), pair.Second.Rate / pair.First.Rate, 9));
    }

    // What training does after a search is what it does without one: nothing of the search is left in the network, in what
    // it draws or in how it descends.
    [Fact]
    public void Find_BeforeTraining_TrainsToTheSameBits()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using ClassifierNetwork plain = Network(source.SampleShape), searched = Network(source.SampleShape);
        RateFinder.Find(searched, static () => new SourceOnly(), Options, source, source, Preprocessing.None);
        foreach (ClassifierNetwork network in (ClassifierNetwork[])[plain, searched])
        {
            using SourceOnly objective = new();
            new Trainer(network, objective, Options).Fit(source, source, Preprocessing.None);
        }

        Assert.Empty(Tests.Deep.Fitting.Changed(plain.NamedState(), searched.NamedState()));
    }

    [Fact]
    public void Find_OnClassesApart_SuggestsARateThatTrains()
    {
        using Domain source = Toy.Blobs("source", 120, 1);
        using ClassifierNetwork network = Network(source.SampleShape);
        RateSearch found = RateFinder.Find(network, static () => new SourceOnly(), Options, source, source, Preprocessing.None);

        double suggested = found.Suggested!.Value;
        Assert.InRange(suggested, 1e-4, 1);
        using SourceOnly objective = new();
        new Trainer(network, objective, Options with { LearningRate = suggested }).Fit(source, source, Preprocessing.None);
        Assert.True(Tests.Deep.Fitting.Accuracy(network, source) > 0.9);
    }

    [Fact]
    public void Find_RatesTooLowToMove_SuggestsNone()
    {
        using Domain source = Toy.Blobs("source", 8, 1);
        using ClassifierNetwork network = Network(source.SampleShape);

        // One batch holds all samples, so that the loss doesn't change from batch to batch either.
        RateSearch found = RateFinder.Find(network, static () => new SourceOnly(), Options, source, source, Preprocessing.None, new RateRange { From = 1e-12, To = 1e-11, Steps = 20 });

        Assert.Null(found.Suggested);
        Assert.Null(found.Lowest);
        Assert.False(found.Exploded);
        Assert.Equal(20, found.Points.Count);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1e6)]
    public void Find_LossExplodes_StopsThere(double loss)
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using ClassifierNetwork network = Network(source.SampleShape);

        RateSearch found = RateFinder.Find(network, () => new LossAtStep(15, loss), Options, source, source, Preprocessing.None, new RateRange { Steps = 40 });

        // A loss that is no number ends the step before it is reported.
        Assert.True(found.Exploded);
        Assert.Equal(double.IsNaN(loss) ? 15 : 16, found.Points.Count);
    }

    [Fact]
    public void Find_StageWithARateOfItsOwn_IsRefused()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using ClassifierNetwork network = Network(source.SampleShape);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => RateFinder.Find(
            network, static () => new TestEntropyMinimization { Pretraining = 0 }, Options, source, source, Preprocessing.None));

        Assert.Contains("'target'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("0.001", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_RangeOutOfOrder_NamesEveryFault()
    {
        using Domain source = Toy.Blobs("source", 8, 1);
        using ClassifierNetwork network = Network(source.SampleShape);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => RateFinder.Find(
            network, static () => new SourceOnly(), Options, source, source, Preprocessing.None, new RateRange { From = 1, To = 0.1, Steps = 2 }));

        Assert.Contains("the last rate is 0.1; expected a number above the first, 1", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("2 rates to try", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Cancelled_Throws()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using ClassifierNetwork network = Network(source.SampleShape);
        using CancellationTokenSource stop = new();

        Assert.Throws<OperationCanceledException>(() => RateFinder.Find(
            network, static () => new SourceOnly(), Options, source, source, Preprocessing.None, progress: _ => stop.Cancel(), cancellation: stop.Token));
    }

    // Flat to 10⁻³, a fall that is steepest at 10⁻², by symmetry also over a decade, lowest at 10⁻¹, and up again.
    [Fact]
    public void Suggestions_OfAKnownCurve_AreWhereItBends()
    {
        RatePoint[] points = [.. Enumerable.Range(0, 61).Select(static i => Math.Pow(10, -6 + (i / 10.0))).Select(static rate => (Rate: rate, Loss: Curve(Math.Log10(rate)))).Select(static p => new RatePoint(p.Rate, p.Loss, p.Loss))];
        RateSearch found = new("adapt", points, Exploded: true);

        Assert.Equal(0.01, found.Steepest!.Value, 1e-9);
        Assert.Equal(0.1, found.Lowest!.Value.Rate, 1e-9);
        Assert.Equal(0.01, found.Suggested!.Value, 1e-9);

        static double Curve(double log) => log < -3 ? 2 : log < -1 ? 1 - Math.Sin((log + 2) * Math.PI / 2) : 5 * (log + 1) * (log + 1);
    }

    private static ClassifierNetwork Network(IReadOnlyList<long> shape)
    {
        using Generator generator = new(1);
        return new ClassifierNetwork(new NetworkSpec(Networks.Suggest(shape), shape, 3), generator);
    }

    /// <summary>The classification loss, which from a step on is another number.</summary>
    private sealed class LossAtStep(long at, double loss) : Objective
    {
        public override IReadOnlyList<LossTerm> Task(TrainingStep step) =>
            step.Info.Step < at ? base.Task(step) : [new LossTerm("task", (step.Source.Logits.Sum() * 0) + loss)];

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
    }
}
