using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class BiTuningTests
{
    [Fact]
    public void Contrast_EqualsTheLoopsInValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        const double temperature = 0.3;
        long[] labels = [0, 2, 1], classes = [0, 0, 1, 1, 1];
        Tensor queries = Leaf(3), own = Leaf(3), keys = Leaf(5).Detach(), truth = Tensor.From(labels), queued = Tensor.From(classes);

        double[][] q = Fitting.Rows(queries.Detach()), o = Fitting.Rows(own.Detach()), k = Fitting.Rows(keys);
        double expected = 0;
        for (int i = 0; i < 3; i++)
        {
            double[] similar = [Dot(q[i], o[i]) / temperature, .. k.Select(key => Dot(q[i], key) / temperature)];
            double all = Math.Log(similar.Sum(Math.Exp));
            double[] alike = [similar[0], .. Enumerable.Range(0, 5).Where(j => classes[j] == labels[i]).Select(j => similar[j + 1])];
            expected -= alike.Average(s => s - all) / 3;
        }

        Assert.Equal(expected, Contrast().ToDouble(), 1e-12);
        Fitting.AssertSlopes(Contrast, queries);
        Fitting.AssertSlopes(Contrast, own);

        Tensor Contrast() => BiTuning.Contrast(queries, own, keys, queued, truth, temperature);
        Tensor Leaf(int rows) => Tensor.Normal([rows, 4], generator, ScalarType.Float64).Detach().WithGrad();
    }

    [Fact]
    public void Contrast_NothingQueued_IsNought()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor rows = Tensor.Ones([2, 3]);

        Assert.Equal(0, BiTuning.Contrast(rows, rows, Tensor.Zeros([0, 3]), Tensor.From<long>([], 0), Tensor.From<long>([0, 1]), 0.1).ToDouble());
    }

    [Fact]
    public void Queues_HoldTheLastOfEachClass()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using ClassQueues queues = new(network.Copy(), 2, 3, generator);
        List<float>[] expected = [[], [], []];
        float next = 0;

        // The last batch holds three of one class, where two have room.
        foreach (long[] labels in (long[][])[[0, 1], [0, 0], [2, 1, 0], [1, 1, 1]])
        {
            float[] marks = [.. labels.Select(_ => ++next)];
            for (int i = 0; i < labels.Length; i++)
                expected[labels[i]].Add(marks[i]);
            Tensor marked = Tensor.From(marks).Unsqueeze(1);
            queues.Enqueue(marked.Expand(labels.Length, network.FeatureSize + 1), marked.Expand(labels.Length, 3) * 10, Tensor.From(labels));

            Queued held = queues.All();
            (long, float)[] found = [.. held.Classes.ToArray<long>().Zip(held.Hidden.Select(1, 0).Contiguous().ToArray<float>()).Order()];
            Assert.Equal(Enumerable.Range(0, 3).SelectMany(c => expected[c].TakeLast(2).Select(mark => ((long)c, mark))).Order(), found);
            Assert.True((held.Hidden.Slice(1, 0, 3) * 10).SameAs(held.Projected));
        }
    }

    [Fact]
    public void Follow_MovesTheCopyByTheRestOfItsMomentum()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), start = network.Copy();
        using ClassQueues queues = new(network.Copy(), 2, 3, generator);
        using (NoGrad.Begin())
        {
            foreach ((_, Tensor tensor) in network.NamedState().Where(static pair => pair.Value.Type.IsFloatingPoint()))
                tensor.AddInPlace(tensor.OnesLike());
        }

        queues.Follow(network, 0.75);

        Tensor[] copied = [.. queues.NamedState().Where(static pair => pair.Key.StartsWith("copy.", StringComparison.Ordinal)).Select(static pair => pair.Value)];
        foreach ((Tensor before, Tensor after) in start.NamedState().Select(static pair => pair.Value).Zip(copied).Where(static pair => pair.First.Type.IsFloatingPoint()))
            Assert.InRange((after - before - 0.25).Abs().Max().ToDouble(), 0, 1e-6);
    }

    [Fact]
    public void Loss_MovesNetworkAndProjectorAndNotTheCopy()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using BiTuning method = new() { Projection = 5 };
        Tensor inputs = Tensor.Normal([6, 6], generator);
        Tuning.Attach(method, network, inputs, generator);

        IReadOnlyList<LossTerm> first = method.Loss(Tuning.Step(network, inputs, [0, 1, 2, 0, 1, 2], generator));
        IReadOnlyList<LossTerm> second = method.Loss(Tuning.Step(network, inputs, [0, 1, 2, 0, 1, 2], generator));
        (second[0].Value + second[1].Value).Backward();

        Assert.Equal(["cce", "ccl"], second.Select(static t => t.Name));
        Assert.All(first, static term => Assert.Equal(0, term.Value.ToDouble(), 1e-6));
        Assert.All(second, static term => Assert.True(term.Value.ToDouble() > 0.1));
        Assert.All(network.NamedParameters(), static p => Assert.NotNull(p.Value.Grad));
        foreach ((string name, Tensor parameter) in method.Network!.NamedParameters())
            Assert.Equal(name.StartsWith("projector.", StringComparison.Ordinal), parameter.Grad is not null);
    }

    // What the contrasts want: features of one class point the same way, those of others elsewhere.
    [Fact]
    public void Fit_ClassesPointApartMoreThanByLabelsAlone()
    {
        using Domain source = Toy.Blobs("source", 90, 1);
        double plain = Separation(new SourceOnly(), source), contrasted = Separation(new BiTuning(), source);

        Assert.True(contrasted > plain + 0.04, $"{contrasted}, and {plain} by labels alone");
    }

    /// <summary>The mean cosine of features within classes, less that across them.</summary>
    private static double Separation(Objective method, Domain source)
    {
        using TensorScope scope = TensorScope.Begin();
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using (method)
            Tuning.Fit(network, method, source, new TrainerOptions { Steps = 150, BatchSize = 16, Seed = 3, LearningRate = 0.03 });
        double[][] rows = Fitting.Rows(BiTuning.Unit(Fitting.Activate(network, source).Features));
        IReadOnlyList<int> labels = source.Labels!.Indices;
        (bool Alike, double Cosine)[] pairs = [.. from i in Enumerable.Range(0, rows.Length) from j in Enumerable.Range(0, i) select (labels[i] == labels[j], Dot(rows[i], rows[j]))];
        return pairs.Where(static p => p.Alike).Average(static p => p.Cosine) - pairs.Where(static p => !p.Alike).Average(static p => p.Cosine);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
