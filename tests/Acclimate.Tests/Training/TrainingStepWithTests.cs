using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Training;

public class TrainingStepWithTests
{
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

        Assert.Null(step.With(source, null).KnownLabels);
        Assert.Equal([2, 2], step.With(source, source, known: true).Known.Logits.Shape);
    }
}
