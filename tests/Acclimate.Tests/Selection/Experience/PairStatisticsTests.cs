using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class PairStatisticsTests
{
    [Fact]
    public void Of_ADomainAndItself_IsNear()
    {
        using TensorScope scope = TensorScope.Begin();
        PairStatistics near = Measured(0), far = Measured(8);

        Assert.Equal((300, 200, 5, 3), (near.SourceSamples, near.TargetSamples, near.Features, near.Classes));

        // A-distance and MMD² of two samples of one distribution are 0 but for their sampling; eight deviations apart tells them apart always.
        Assert.InRange(near.ADistance, 0, 0.5);
        Assert.Equal(2, far.ADistance, 0.05);
        Assert.True(far.Mmd > 10 * Math.Abs(near.Mmd));
        Assert.True(far.MeanShift > near.MeanShift + 1);

        // Classes three deviations apart in two features are right 19 times of 20 at least.
        Assert.InRange(near.LinearAccuracy, 0.9, 1);
        Assert.InRange(near.NeighbourAccuracy, 0.8, 1);
        Assert.InRange(near.Confidence, 1.0 / 3, 1);
        Assert.InRange(near.Disagreement, 0, 0.2);
        Assert.Equal(near, Measured(0));
    }

    private static PairStatistics Measured(double away)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        int[] labels = [.. Enumerable.Range(0, 300).Select(static i => i % 3)], others = [.. Enumerable.Range(0, 200).Select(static i => i % 3)];
        Tensor source = Tensor.Normal([300, 5], generator, ScalarType.Float64) + Centres(labels), target = Tensor.Normal([200, 5], generator, ScalarType.Float64) + Centres(others) + away;
        return PairStatistics.Of(new LabelFreePair(source, labels, 3, target));
    }

    private static Tensor Centres(int[] labels) =>
        Tensor.From([.. labels.SelectMany(static label => new[] { label == 1 ? 6.0 : 0, label == 2 ? 6.0 : 0, 0, 0, 0 })], labels.Length, 5);
}
