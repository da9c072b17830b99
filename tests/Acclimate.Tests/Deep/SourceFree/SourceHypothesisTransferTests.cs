using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.SourceFree;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.SourceFree;

public class SourceHypothesisTransferTests
{
    [Fact]
    public void Fit_LeavesTheSourcesClassifier()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using SourceOnly plain = new();
        using SourceHypothesisTransfer shot = new() { Smoothing = 0 };
        using ClassifierNetwork before = Fitting.Fit(plain, source, target, 10);
        using ClassifierNetwork after = Fitting.Fit(shot, source, target, 20);

        string[] changed = Fitting.Changed(before.NamedParameters(), after.NamedParameters());

        Assert.Equal([.. before.NamedParameters().Select(static p => p.Key).Where(Parts.Backbone)], changed);
    }

    [Fact]
    public void Fit_PseudoLabelsAndPredictionsOfAMovedTarget_ComeOutRight()
    {
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 150, 2, shift: 3);
        using SourceOnly plain = new();
        using SourceHypothesisTransfer shot = new();
        using ClassifierNetwork before = Fitting.Fit(plain, source, target, 40);
        using ClassifierNetwork after = Fitting.Fit(shot, source, target, 80);

        long[] labels = shot.Network!.NamedBuffers().Single().Value.ToArray<long>();
        double right = labels.Zip(target.Labels!.Indices, static (a, b) => a == b ? 1.0 : 0).Average();

        Assert.True(right > 0.9, $"{right} of the pseudo-labels are right");
        Assert.True(Fitting.Accuracy(after, target) > Math.Max(0.9, Fitting.Accuracy(before, target)));
    }

    // The pseudo-labels start as zeros, so that β's term is −mean log p_0.
    [Fact]
    public void Loss_EqualsTheLoops_AndSlopesEqualDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logits = Tensor.Normal([5, 3], generator, ScalarType.Float64).WithGrad();
        using SourceHypothesisTransfer shot = new();
        shot.Attach(new FitContext(new Activations([("logits", logits)]), generator) { TargetCount = 9 });

        double[][] shares = [.. Fitting.Rows(logits.Detach()).Select(Fitting.Softmax)];
        double[] mean = [.. Enumerable.Range(0, 3).Select(k => shares.Average(row => row[k]))];
        double expected = shares.Average(Fitting.Entropy) - Fitting.Entropy(mean) - (0.3 * shares.Average(static row => Math.Log(row[0])));

        // A hundred float64 operations of size 1.
        Assert.Equal(expected, Sum().ToDouble(), 1e-13);
        Fitting.AssertSlopes(Sum, logits);

        Tensor Sum()
        {
            Activations batch = new([("logits", logits)]);
            TrainingStep step = new(new StepInfo(0, 1), batch, logits, batch) { TargetIndices = [8, 0, 3, 1, 2] };
            return shot.Loss(step).Select(static term => term.Value * term.Weight).Aggregate(static (a, b) => a + b);
        }
    }

    [Fact]
    public void Task_SmoothsTheLabels()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Tensor.From([1.0, 2, 4], 1, 3);
        Activations batch = new([("logits", logits)]);
        using SourceHypothesisTransfer shot = new() { Smoothing = 0.3 };

        LossTerm term = Assert.Single(shot.Task(new TrainingStep(new StepInfo(0, 1), batch, Tensor.From([2L]), batch)));

        double[] log = [.. Fitting.Softmax([1, 2, 4]).Select(static p => Math.Log(p))];
        Assert.Equal(-((0.1 * log[0]) + (0.1 * log[1]) + (0.8 * log[2])), term.Value.ToDouble(), 1e-14);
    }

    [Fact]
    public void BeforeStep_WorksTheLabelsOutAsOftenAsAsked()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain target = Toy.Blobs("target", 30, 2);
        using ClassifierNetwork network = Fitting.Network(target);
        using SourceHypothesisTransfer shot = new() { Refreshes = 3 };
        using Generator generator = new(1);
        int passes = 0;
        FitContext context = new(network)
        {
            TargetBatches = () =>
            {
                passes++;
                return BatchLoader.InOrder(target, Preprocessing.None, 8);
            },
        };
        shot.Attach(new FitContext(network, generator, Fitting.Activate(network, target)) { TargetCount = 30 });

        int[] after = [.. Enumerable.Range(0, 10).Select(step =>
        {
            shot.BeforeStep(Stage.Target(), new StepInfo(step, 10), context);
            return passes;
        })];
        shot.BeforeStep(Stage.Source(), new StepInfo(0, 10), context);

        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 3, 3, 3], after);
        Assert.Equal(3, passes);
    }
}
