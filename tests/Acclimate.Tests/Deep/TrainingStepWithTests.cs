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
}
