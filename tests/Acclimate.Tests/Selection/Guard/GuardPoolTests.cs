using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Selection.Guard;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Guard;

public sealed class GuardPoolTests
{
    [Fact]
    public void Fit_DrawnPair_EveryMemberSaysSomethingOfOldAndNewSamples()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(90, 60, 6, seed: 1, shift: 0.5);
        List<int> heard = [];

        using GuardPool pool = GuardPool.Fit(Pair(data), new FitContext { Progress = round => heard.Add(round.Round) });

        Assert.Equal(GuardPool.Size, pool.Candidates.Count);
        Assert.Equal(Enumerable.Range(1, GuardPool.Size), heard);
        Assert.Equal(4, pool.Candidates.Select(static one => one.Family).Distinct().Count());
        Assert.Empty(pool.Notes);
        foreach (Candidate one in pool.Candidates)
        {
            // A toy of three separate classes: each way gets it right but for a few.
            Assert.True(Accuracy(one.Target) > 0.7, $"{one.Name}: {Accuracy(one.Target)}");
            Tensor again = one.Predict!(data.Target.Slice(0, 0, 9));
            Assert.Equal([9, 3], again.Shape);
            if (one.Family != "propagation")
                Assert.True((again - one.Target.Slice(0, 0, 9)).Abs().Max().ToDouble() < 1e-6, one.Name);
        }
    }

    [Fact]
    public void Fit_HeldOutAndRefit_AreOfTheSameMethodOnOtherSamples()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(45, 30, 5, seed: 2, shift: 0.5);
        LabelFreePair pair = Pair(data);

        using GuardPool pool = GuardPool.Fit(pair, heldOut: true);

        foreach (Candidate one in pool.Candidates)
        {
            Assert.Equal(one == pool.Source ? 45 : 15, one.HeldOut!.Indices.Length);
            double right = one.HeldOut.Probabilities.ArgMax(1).ToArray<long>().Zip(one.HeldOut.Indices, (label, i) => label == data.SourceLabels[i] ? 1.0 : 0).Average();
            Assert.True(right > 0.7, $"{one.Name}: {right}");
        }

        // Anew on the same pair, a method says the same.
        foreach (Candidate one in (Candidate[])[pool.Source, pool.Default, pool.Candidates[^1]])
            Assert.True((one.Refit!(pair) - one.Target).Abs().Max().ToDouble() < 1e-9, one.Name);
    }

    // Classes that no line parts: the signs of two features' product. 1-NN teaches 1-NN then, and what is handed over says of samples as they came what the pool's member says.
    [Fact]
    public void Fit_SourcePicksNeighbours_TheDefaultIsOneNeighbourToo()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        Tensor source = Tensor.Normal([160, 2], generator, ScalarType.Float64) * 3, target = (Tensor.Normal([80, 2], generator, ScalarType.Float64) * 3) + 0.2;
        int[] labels = [.. (source.Slice(1, 0, 1) * source.Slice(1, 1, 2)).ToArray<double>().Select(static product => product > 0 ? 1 : 0)];

        using GuardPool pool = GuardPool.Fit(new LabelFreePair(source, labels, 2, target));

        Assert.Equal(SourceBase.Neighbour, pool.Choice.Base);
        Assert.Equal("self-training-coral", pool.Default.Name);
        int[] truth = [.. (target.Slice(1, 0, 1) * target.Slice(1, 1, 2)).ToArray<double>().Select(static product => product > 0 ? 1 : 0)];
        double right = pool.Default.Target.ArgMax(1).ToArray<long>().Zip(truth, static (label, t) => label == t ? 1.0 : 0).Average();
        Assert.True(right > 0.75, $"a linear student would be at chance: {right}");
        using FittedClassifier handedOver = pool.DefaultClassifier();

        // Distances are computed from squares in another unit: some units in the last place of 100 or so.
        Assert.True((handedOver.Probabilities(target) - pool.Default.Target).Abs().Max().ToDouble() < 1e-9);
    }

    [Fact]
    public void Fit_SameSeed_SameBits()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(45, 30, 5, seed: 3);

        using GuardPool one = GuardPool.Fit(Pair(data)), two = GuardPool.Fit(Pair(data));

        Assert.All(one.Candidates.Zip(two.Candidates), static pair => Assert.True(pair.First.Target.SameAs(pair.Second.Target), pair.First.Name));
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using TensorScope scope = TensorScope.Begin();
        using CancellationTokenSource stop = new();
        FitContext context = new() { Cancellation = stop.Token, Progress = round => { if (round.Round == 4) stop.Cancel(); } };

        Assert.Throws<OperationCanceledException>(() => GuardPool.Fit(Pair(ToyFeatures.Shifted(45, 30, 5, seed: 4)), context));
    }

    // JDA's and BDA's eigenproblems have no scatter to work on: their embeddings are no numbers. All others say something, and the rule has its evidence.
    [Fact]
    public void Fit_FeaturesThatDoNotVary_LeavesOutWhatComesToNoNumbers()
    {
        using TensorScope scope = TensorScope.Begin();
        LabelFreePair pair = new(Tensor.Ones([30, 3], ScalarType.Float64), ToyFeatures.Classes(30), 3, Tensor.Ones([24, 3], ScalarType.Float64));

        using GuardPool pool = GuardPool.Fit(pair);

        Assert.Equal(GuardPool.Size, pool.Candidates.Count + pool.Notes.Count);
        Assert.Contains(pool.Notes, static note => note == "jda-30 is left out: on these samples it comes to values that are no finite numbers");
        Assert.All(pool.Candidates, static one => Assert.True(one.Target.IsFinite().All(), one.Name));
        HedgeWeights weights = new HalfAndHalfRule().Weigh(PoolEvidence.Of(pool, new HalfAndHalfRule().Validators));
        Assert.Equal(1, weights.Adapted.Sum(), 1e-12);
    }

    [Fact]
    public void Fit_OneClass_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(9, 9, 4, seed: 5);

        Assert.Contains("one class", Assert.Throws<ArgumentException>(() => GuardPool.Fit(new LabelFreePair(data.Source, new int[9], 3, data.Target))).Message, StringComparison.Ordinal);
    }

    // Rings around a common centre: no line separates them, neighbours do. Then blobs that a line separates, in noise that misleads neighbours.
    [Fact]
    public void SourceChoice_RingsAndNoisyBlobs_PicksByCrossValidation()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(6);
        Tensor angle = Tensor.Uniform([200, 1], generator, 0, 2 * Math.PI, ScalarType.Float64);
        int[] labels = [.. Enumerable.Range(0, 200).Select(static i => i % 2)];
        Tensor radius = Tensor.From<double>([.. labels.Select(static label => 0.5 + label)], 200, 1);
        Tensor rings = Tensor.Concatenate([(angle + (Math.PI / 2)).Sin() * radius, angle.Sin() * radius], 1);
        Tensor side = Tensor.From<double>([.. labels.Select(static label => (label * 2.0) - 1)], 200, 1);
        Tensor blobs = Tensor.Concatenate([side + (Tensor.Normal([200, 1], generator, ScalarType.Float64) * 0.6), Tensor.Normal([200, 30], generator, ScalarType.Float64)], 1) * 0.18;

        using SourceChoice neighbour = SourceChoice.Of(rings, labels, 2, new FitContext()), linear = SourceChoice.Of(blobs, labels, 2, new FitContext());

        Assert.Equal(SourceBase.Neighbour, neighbour.Base);
        Assert.NotEqual(SourceBase.Neighbour, linear.Base);
        Assert.True(neighbour.Accuracy > 0.95);
        Assert.Equal(neighbour.Accuracy, neighbour.HeldOut.Probabilities.ArgMax(1).ToArray<long>().Zip(labels, static (a, b) => a == b ? 1.0 : 0).Average(), 1e-12);
    }

    [Fact]
    public void PoolSamples_LargeAndWide_KeepsEachClassAndTheDirections()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);

        // 1,100 features that lie in 3 directions: the components hold all of it.
        Tensor low = Tensor.Normal([4000, 3], generator, ScalarType.Float64), directions = Tensor.Normal([3, 1100], generator, ScalarType.Float64);
        int[] labels = [.. Enumerable.Range(0, 3500).Select(static i => i < 2 ? 2 : i % 2)];
        Tensor source = low.Slice(0, 0, 3500).MatMul(directions), target = low.Slice(0, 3500, 4000).MatMul(directions);

        using PoolSamples some = PoolSamples.Of(source, labels, 3, target, new FitContext());

        Assert.InRange(some.Pair.SourceLabels.Count, GuardPool.MostSamples, GuardPool.MostSamples + 3);
        Assert.Contains(2, some.Pair.SourceLabels);
        Assert.Equal(500, some.TargetRows.Count);
        Assert.Equal(2, some.Notes.Count);
        Tensor reduced = some.Reduce(target);
        Assert.Equal([500, 500], reduced.Shape);

        // Distances stay as they are, to rounding at the size of the squares.
        Tensor before = (target.Slice(0, 0, 1) - target.Slice(0, 1, 2)).Norm(), after = (reduced.Slice(0, 0, 1) - reduced.Slice(0, 1, 2)).Norm();
        Assert.Equal(before.ToDouble(), after.ToDouble(), 1e-6 * before.ToDouble());
    }

    internal static LabelFreePair Pair(FeatureData data) => new(data.Source, data.SourceLabels, data.Classes, data.Target);

    private static double Accuracy(Tensor said) =>
        said.ArgMax(1).ToArray<long>().Zip(ToyFeatures.Classes((int)said.Size(0)), static (a, b) => a == b ? 1.0 : 0).Average();
}
