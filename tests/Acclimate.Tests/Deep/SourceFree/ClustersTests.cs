using Acclimate.Deep.SourceFree;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.SourceFree;

public class ClustersTests
{
    [Fact]
    public void Labels_EqualTheLoopsOverEquations4To6()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor features = Tensor.Normal([60, 5], generator, ScalarType.Float64);
        Tensor probabilities = Functional.Softmax(Tensor.Normal([60, 4], generator, ScalarType.Float64) * 2, 1);

        long[] labels = Clusters.Labels(features, probabilities).ToArray<long>();

        double[][] x = Fitting.Rows(features), p = Fitting.Rows(probabilities);
        double[][] centroids = Centroids(x, p);
        int[] first = [.. x.Select(row => Nearest(row, centroids))];
        int[] expected = [.. x.Select(row => Nearest(row, Centroids(x, [.. first.Select(static k => OneHot(k))])))];
        Assert.Equal(expected.Select(static k => (long)k), labels);
        Assert.NotEqual(expected, first);
    }

    [Fact]
    public void Labels_ClassWithoutMembers_KeepsItsFirstCentroid()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor features = Tensor.From([1.0, 0, 0.9, 0.1, 0, 1], 3, 2);

        // The third class is likely nowhere: its centroid is the mean of all, to which no sample is nearest.
        Tensor probabilities = Tensor.From([0.9, 0, 0.1, 0.9, 0, 0.1, 0, 0.9, 0.1], 3, 3);

        Assert.Equal([0L, 0, 1], Clusters.Labels(features, probabilities).ToArray<long>());
    }

    [Fact]
    public void Labels_SampleWithoutFeatures_GetsSome()
    {
        using TensorScope scope = TensorScope.Begin();

        long[] labels = Clusters.Labels(Tensor.Zeros([2, 3]), Tensor.Full([2, 4], 0.25)).ToArray<long>();

        Assert.All(labels, static label => Assert.InRange(label, 0, 3));
    }

    private static double[][] Centroids(double[][] x, double[][] weights) =>
        [.. Enumerable.Range(0, 4).Select(k => Enumerable.Range(0, 5)
            .Select(d => x.Zip(weights, (row, w) => row[d] * w[k]).Sum() / weights.Sum(w => w[k])).ToArray())];

    private static int Nearest(double[] row, double[][] centroids)
    {
        double[] cosines = [.. centroids.Select(c => row.Zip(c, static (a, b) => a * b).Sum() / Math.Sqrt(c.Sum(static a => a * a)))];
        return Array.IndexOf(cosines, cosines.Max());
    }

    private static double[] OneHot(int label) => [.. Enumerable.Range(0, 4).Select(k => k == label ? 1.0 : 0)];
}
