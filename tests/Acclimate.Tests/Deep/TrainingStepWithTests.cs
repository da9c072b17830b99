using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep;

public sealed class TrainingStepWithTests
{
    [Fact]
    public void With_OtherInputs_ReplacesOnlyThose()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [4], 3), generator);
        network.Eval();
        Tensor source = Tensor.Normal([2, 4], generator), target = Tensor.Normal([3, 4], generator), known = Tensor.Normal([1, 4], generator), views = Tensor.Normal([6, 4], generator);
        TrainingStep step = new(new StepInfo(3, 10), network, generator)
        {
            SourceInputs = source,
            Labels = Tensor.From<long>([0, 1]),
            TargetInputs = target,
            TargetIndices = [5, 6, 7],
            KnownInputs = known,
            KnownLabels = Tensor.From<long>([2]),
        };
        Tensor before = step.Target.Logits;

        TrainingStep other = step.With(target: views);

        // Evaluation mode: what a batch holds beside a sample doesn't change its numbers but by the order of float32 sums.
        Assert.InRange((other.Target.Logits - network.Activate(views).Logits).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.InRange((other.Source.Logits - network.Activate(source).Logits).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.InRange((other.Known.Logits - network.Activate(known).Logits).Abs().Max().ToDouble(), 0, 1e-5);
        Assert.Same(step.Labels, other.Labels);
        Assert.Same(step.KnownLabels, other.KnownLabels);
        Assert.Equal((0.3, step.TargetIndices), (other.Progress, other.TargetIndices));
        Assert.Same(target, step.TargetInputs);
        Assert.Same(before, step.Target.Logits);
    }

    [Fact]
    public void With_NoSource_HasNoneEither()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [4], 3), generator);

        TrainingStep other = new TrainingStep(new StepInfo(0, 1), network, generator) { TargetInputs = Tensor.Ones([2, 4]) }.With(target: Tensor.Ones([4, 4]));

        Assert.Equal(4, other.Target.Logits.Size(0));
        Assert.Throws<InvalidOperationException>(() => other.Source);
        Assert.Throws<InvalidOperationException>(() => other.Labels);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void With_OtherSamples_MoveTheRunningStatisticsOnlyWhereAsked(bool joint, bool tracks)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [3], 2), generator);
        BatchNorm norm = network.Modules().OfType<BatchNorm>().First();
        Tensor source = Tensor.Normal([4, 3], generator), other = Tensor.Normal([5, 3], generator) + 1;
        TrainingStep step = new(new StepInfo(0, 1), network, generator) { SourceInputs = source, Labels = Tensor.From<long>([0, 1, 1, 0]), Joint = joint };
        Tensor before = norm.RunningMean.Clone();

        TrainingStep with = step.With(source, other, tracks: tracks);
        Assert.Equal([5, 2], with.Target.Logits.Shape);

        Assert.Equal(tracks, !before.SameAs(norm.RunningMean));
        Assert.True(norm.Tracks);
        Assert.True(with.Labels.SameAs(step.Labels));

        // Normalised alike, whether statistics are kept or not: by the batch that it was in.
        Tensor expected = joint ? network.Activate(Tensor.Concatenate([source, other])).Logits.Slice(0, 4, 9) : network.Activate(other).Logits;
        Assert.True(expected.SameAs(with.Target.Logits));
    }

    [Fact]
    public void With_KnownSamples_GoAlongOnlyWhereAsked()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [3], 2), generator);
        Tensor source = Tensor.Normal([4, 3], generator);
        TrainingStep step = new(new StepInfo(0, 1), network, generator)
        {
            SourceInputs = source,
            Labels = Tensor.From<long>([0, 1, 1, 0]),
            KnownInputs = Tensor.Normal([2, 3], generator),
            KnownLabels = Tensor.From<long>([1, 0]),
        };

        Assert.Null(step.With(target: source, known: false).KnownLabels);
        Assert.Equal([2, 2], step.With(target: source).Known.Logits.Shape);
    }
}
