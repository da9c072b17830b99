using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Deep.PartialOpen;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class MultiTaskLearningTests : IDisposable
{
    private static readonly string[] Names = ["task", "task.size", "task.colour"];

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The gradient of the terms as they are descended, against that of Σ e^(−s) L + s/2 by central differences.
    [Fact]
    public void Weigh_GradientOfTheTerms_IsThatOfTheWholeByDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logVariances = Tensor.From([0.3, -0.9, 1.7]).WithGrad();
        Tensor points = Tensor.Normal([3, 4], generator, ScalarType.Float64).WithGrad();

        Tensor loss = Sum(MultiTaskLearning.Weigh(Losses(points), Names, logVariances));
        loss.Backward();

        Slopes.AssertEqual(logVariances, 1, () => Whole(points, logVariances), count: 3);
        Slopes.AssertEqual(points, 1, () => Whole(points, logVariances), count: 12);
    }

    // Terms carry a task's own loss and the weight e^(−s); of a fixed loss the least is at s = log 2L, where the weight is 1/(2L).
    [Fact]
    public void Weigh_Descended_ComesToTheClosedForm()
    {
        using TensorScope scope = TensorScope.Begin();
        double[] losses = [0.25, 1, 3];
        Tensor logVariances = Tensor.Zeros([3], ScalarType.Float64).WithGrad();
        Tensor[] held = [.. losses.Select(static loss => Tensor.From([loss]).Sum())];
        for (int i = 0; i < 400; i++)
        {
            using TensorScope step = TensorScope.Begin();
            Sum(MultiTaskLearning.Weigh(held, Names, logVariances)).Backward();
            using NoGrad noGrad = NoGrad.Begin();
            logVariances.AddInPlace(logVariances.Grad!, -0.3);
            logVariances.SetGrad(null);
        }

        // Newton's slope at the least is 1/2: 400 steps of 0.3 leave 0.85^400, nothing.
        Assert.All(losses.Zip(logVariances.ToArray<double>()), static pair => Assert.Equal(Math.Log(2 * pair.First), pair.Second, 1e-9));
        Assert.All(losses.Zip(MultiTaskLearning.Weigh(held, Names, logVariances)), static pair =>
        {
            Assert.Equal(1 / (2 * pair.First), pair.Second.Weight, 1e-9);
            Assert.Equal(pair.First, pair.Second.Value.ToDouble(), 1e-12);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_TwoTasks_BothClassifiersLearn(bool joint)
    {
        using Domain source = Toy.Blobs("kinds", 150, 1), task = Sides(120, 2);
        using MultiTaskLearning objective = new();
        using ClassifierNetwork network = Network(source);
        Fit(network, objective, source, task, joint);
        using ClassifierNetwork other = objective.NetworkOf(0);

        Assert.True(Accuracy(network, source) > 0.95, "the source's task");
        Assert.True(Accuracy(other, task) > 0.95, "the further task");
        Assert.Equal(2, other.Spec.Classes);
    }

    // Batch norm sees each data set by itself: the further task's network has the statistics of its own samples, and the trunk's
    // parameters are the source's network's.
    [Fact]
    public void Fit_EachDomainByItself_StatisticsAreItsOwn()
    {
        using Domain source = Toy.Bands("source", 48, 1), task = Toy.Bands("task", 40, 2, brightness: 0.3);
        using MultiTaskLearning apart = new(), together = new();
        using ClassifierNetwork network = Network(source), joint = Network(source);
        Fit(network, apart, source, task, joint: false, steps: 5);
        Fit(joint, together, source, task, joint: true, steps: 5);
        using ClassifierNetwork own = apart.NetworkOf(0), shared = together.NetworkOf(0);

        Assert.All(network.Backbone.NamedParameters().Zip(own.Backbone.NamedParameters()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value)));
        Assert.False(Statistics(network).SequenceEqual(Statistics(own)));
        Assert.Equal(Statistics(joint), Statistics(shared));

        static float[] Statistics(ClassifierNetwork of) => [.. of.Backbone.NamedBuffers().Where(static b => b.Key.EndsWith("running_mean", StringComparison.Ordinal)).SelectMany(static b => b.Value.ToArray<float>())];
    }

    [Fact]
    public void Fit_TaskLearntByHeart_WeightsStopAtMost()
    {
        using Domain source = Toy.Blobs("kinds", 150, 1), task = Sides(120, 2);
        using MultiTaskLearning objective = new() { Most = 1.5 };
        using ClassifierNetwork network = Network(source);
        List<double> weights = [];
        Fit(network, objective, source, task, joint: true, steps: 150, report => weights.AddRange(report.Weights.Where(static pair => pair.Key != "uncertainty").Select(static pair => pair.Value)));

        Assert.Equal(1.5, weights.Max(), 1e-5);
    }

    [Fact]
    public void Fit_CancelledAndResumed_SameBitsAsUninterrupted()
    {
        using Domain source = Toy.Bands("source", 48, 1), task = Toy.Bands("task", 40, 2, brightness: 0.3);
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        (ClassifierNetwork Main, ClassifierNetwork Other) whole = Run(null, null);
        foreach (int stopAt in (int[])[3, 7, 12])
        {
            File.Delete(checkpoint);
            using CancellationTokenSource stop = new();
            try
            {
                (ClassifierNetwork main, ClassifierNetwork other) = Run(checkpoint, report => { if (report.Step == stopAt) stop.Cancel(); }, stop.Token);
                main.Dispose();
                other.Dispose();
            }
            catch (OperationCanceledException)
            {
            }

            (ClassifierNetwork Main, ClassifierNetwork Other) resumed = Run(checkpoint, null);
            Assert.True(SameBits(whole.Main, resumed.Main) && SameBits(whole.Other, resumed.Other), $"stopped at step {stopAt}");
            resumed.Main.Dispose();
            resumed.Other.Dispose();
        }

        whole.Main.Dispose();
        whole.Other.Dispose();

        (ClassifierNetwork Main, ClassifierNetwork Other) Run(string? kept, Action<StepReport>? progress, CancellationToken cancellation = default)
        {
            ClassifierNetwork network = Network(source);
            using MultiTaskLearning objective = new();
            try
            {
                new Trainer(network, objective, new TrainerOptions { Steps = 12, BatchSize = 16, Seed = 3, CheckpointSteps = 5, JointBatch = false }).Fit(
                    source, source, Pictures, kept, progress, tasks: [new FurtherTask("other", task, Pictures)], cancellation: cancellation);
            }
            catch
            {
                network.Dispose();
                throw;
            }

            return (network, objective.NetworkOf(0));
        }
    }

    [Fact]
    public void Fit_WhatCannotBe_IsSaid()
    {
        using Domain source = Toy.Blobs("kinds", 30, 1), task = Sides(30, 2), blank = task.Unlabelled();
        using ClassifierNetwork network = Network(source);

        Assert.Equal("source-only learns no further tasks; multi-task does", Refused(new SourceOnly(), task));
        Assert.Equal("sides has no labels; the task other needs them", Refused(new MultiTaskLearning(), blank));
        Assert.StartsWith("multi-task: 3 weights for 2 tasks; expected one for the source's task", Refused(new MultiTaskLearning { Weighting = TaskWeighting.Fixed, Weights = [1, 1, 1] }, task), StringComparison.Ordinal);
        Assert.StartsWith("multi-task: weights are given, but the weighting is by uncertainty", Refused(new MultiTaskLearning { Weights = [1, 1] }, task), StringComparison.Ordinal);
        Assert.Equal("multi-task: most is 0.5; expected 1 or more", Refused(new MultiTaskLearning { Most = 0.5 }, task));
        Assert.Equal("multi-task: a weight is -1; expected 0 or more", Refused(new MultiTaskLearning { Weighting = TaskWeighting.Fixed, Weights = [1, -1] }, task));

        string Refused(Objective objective, Domain other)
        {
            using (objective)
                return Assert.Throws<ArgumentException>(() => Fit(network, objective, source, other, joint: true, steps: 1)).Message;
        }
    }

    private static readonly Preprocessing Pictures = new([new ToFloat(), new Normalise([0.5], [0.5])]);

    /// <summary>Blobs, of which another question is asked: whether a feature that the kinds don't depend on is above 0.</summary>
    private static Domain Sides(int count, long seed)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain blobs = Toy.Blobs("sides", count, seed);
        Tensor samples = blobs.Read([.. Enumerable.Range(0, count)]);
        Tensor last = samples.Slice(1, 5, 6);
        last.MulInPlace(4);
        return Domain.FromTensor("sides", samples.Clone().LeaveScopes(), new Labels(["left", "right"], [.. last.Clone().ToArray<float>().Select(static x => x > 0 ? 1 : 0)]));
    }

    private static void Fit(ClassifierNetwork network, Objective objective, Domain source, Domain task, bool joint, int steps = 200, Action<StepReport>? progress = null)
    {
        Preprocessing preprocessing = source.SampleShape.Count == 3 ? Pictures : Preprocessing.None;
        new Trainer(network, objective, new TrainerOptions { Steps = steps, BatchSize = 32, Seed = 3, JointBatch = joint }).Fit(
            source, source, preprocessing, progress: progress, tasks: [new FurtherTask("other", task, preprocessing)]);
    }

    private static ClassifierNetwork Network(Domain source)
    {
        using Generator generator = new(5);
        return new ClassifierNetwork(new NetworkSpec(Networks.Suggest(source.SampleShape), source.SampleShape, 3), generator);
    }

    private static double Accuracy(ClassifierNetwork network, Domain domain)
    {
        using TensorScope scope = TensorScope.Begin();
        network.Eval();
        float[] scores = network.Activate(domain.Read([.. Enumerable.Range(0, domain.Count)])).Logits.ToArray<float>();
        int classes = network.Spec.Classes;
        return Enumerable.Range(0, domain.Count).Average(i =>
        {
            float[] row = scores[(i * classes)..((i + 1) * classes)];
            return Array.IndexOf(row, row.Max()) == domain.Labels!.Indices[i] ? 1.0 : 0;
        });
    }

    private static bool SameBits(ClassifierNetwork one, ClassifierNetwork two) =>
        one.NamedState().Zip(two.NamedState()).All(static pair => pair.First.Value.SameAs(pair.Second.Value));

    private static Tensor Sum(IReadOnlyList<LossTerm> terms) => terms.Select(static term => term.Value * term.Weight).Aggregate(static (one, two) => one + two);

    /// <summary>Three losses above 0.</summary>
    private static Tensor[] Losses(Tensor points) => [.. Enumerable.Range(0, 3).Select(i => points.Select(0, i).Square().Sum() + (0.1 * (i + 1)))];

    private static double Whole(Tensor points, Tensor logVariances)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] s = logVariances.ToArray<double>();
        return Losses(points).Select((loss, i) => (Math.Exp(-s[i]) * loss.ToDouble()) + (s[i] / 2)).Sum();
    }
}
