using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Honest;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Benchmarks.Honest;

public sealed class HonestPairTests
{
    [Fact]
    public void All_AreThePairsThatTheDataHave()
    {
        Assert.Equal(
            [("surf", 12), ("digits", 4), ("amazon", 12), ("mnist-m", 1), ("pacs", 12), ("cifar", 5)],
            HonestPairs.All.GroupBy(static pair => pair.Suite).Select(static suite => (suite.Key, suite.Count())));
        Assert.Equal(HonestPairs.All.Count, HonestPairs.All.Select(static pair => pair.FileName).Distinct().Count());
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    [InlineData(10, 5)]
    public void Thinned_LeavesThirtyPercentOfHalfTheClasses(int classes, int rare)
    {
        int[] labels = [.. Enumerable.Range(0, 100 * classes).Select(i => i % classes)];

        int[] left = HonestPair.Thinned(labels, classes, seed: 4);

        int[] counts = [.. Enumerable.Range(0, classes).Select(c => left.Count(i => labels[i] == c))];
        Assert.Equal(rare, counts.Count(static count => count == 30));
        Assert.Equal(classes - rare, counts.Count(static count => count == 100));
        Assert.Equal(left.Distinct().Order(), left);
        Assert.NotEqual(left, HonestPair.Thinned(labels, classes, seed: 5));
        Assert.Equal(left, HonestPair.Thinned(labels, classes, seed: 4));
    }

    [Theory]
    [InlineData("surf", "A>W", 766, 295, 800, 10)]
    [InlineData("digits", "MNIST>USPS", 1600, 2007, 256, 10)]
    [InlineData("amazon", "B>D", 1600, 1999, 400, 2)]
    [InlineData("mnist-m", "MNIST>MNIST-M", 1600, 2000, 768, 10)]
    public void Read_OfRealPairs_HasTheirSamplesAndNoTargetLabel(string suite, string name, int sources, int targets, int features, int classes)
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(BenchmarkData.Variable) is null or "", $"{BenchmarkData.Variable} is not set: the benchmark data are not there");
        using BenchmarkData data = new();
        using TensorScope scope = TensorScope.Begin();
        HonestPair pair = HonestPairs.All.Single(pair => pair.Suite == suite && pair.Name == name);

        (FeatureData natural, int[] truth) = pair.Read(data, 0, shifted: false, "unused", CancellationToken.None);
        (FeatureData shifted, int[] fewer) = pair.Read(data, 0, shifted: true, "unused", CancellationToken.None);

        Assert.Equal((sources, targets, features, classes), (natural.SourceCount, natural.TargetCount, natural.Features, natural.Classes));
        Assert.Equal(targets, truth.Length);
        Assert.Null(natural.TargetLabels);
        Assert.Equal(Math.Min(700, sources), shifted.SourceCount);
        Assert.InRange(shifted.TargetCount, 1, 700);
        Assert.Equal(shifted.TargetCount, fewer.Length);
    }
}
