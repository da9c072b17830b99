using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class GraphLaplacianTests
{
    public static TheoryData<EdgeWeight, bool, bool> Graphs
    {
        get
        {
            TheoryData<EdgeWeight, bool, bool> all = [];
            foreach (EdgeWeight weight in Enum.GetValues<EdgeWeight>())
            {
                foreach (bool normalised in (bool[])[false, true])
                {
                    foreach (bool loops in (bool[])[false, true])
                        all.Add(weight, normalised, loops);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Dense_AnyGraph_AgreesWithLoops(EdgeWeight weight, bool normalised, bool loops)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor x = Tensor.Normal([25, 4], generator, ScalarType.Float64);

        double[,] expected = ByLoops(x, 3, weight, normalised, loops);
        double[] found = new GraphLaplacian(x, 3, weight, normalised, loops).Dense().ToArray<double>();

        for (int i = 0; i < found.Length; i++)
            Assert.Equal(expected[i / 25, i % 25], found[i], 1e-12);
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void MatMulAndBetween_AnyGraph_AgreeWithTheMatrix(EdgeWeight weight, bool normalised, bool loops)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        Tensor x = Tensor.Normal([40, 5], generator, ScalarType.Float64), y = Tensor.Normal([40, 3], generator, ScalarType.Float64);
        GraphLaplacian graph = new(x, 4, weight, normalised, loops);
        Tensor dense = graph.Dense();

        Assert.True((graph.MatMul(y) - dense.MatMul(y)).Abs().Max().ToDouble() < 1e-12);
        Assert.True((graph.Between(y) - y.T.MatMul(dense).MatMul(y)).Abs().Max().ToDouble() < 1e-11);
        Assert.True(dense.SameAs(dense.T));
        Assert.True(dense.SymmetricEigen().Values.Min().ToDouble() > -1e-12);
    }

    [Fact]
    public void Dense_Plain_LetsConstantsPass()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        Tensor x = Tensor.Normal([30, 3], generator, ScalarType.Float64);

        Tensor changed = new GraphLaplacian(x, 5, EdgeWeight.Heat, normalised: false).MatMul(Tensor.Ones([30, 1], ScalarType.Float64));

        Assert.True(changed.Abs().Max().ToDouble() < 1e-12);
    }

    [Fact]
    public void Constructor_FewSamplesOrNoLikeness_StaysFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor one = Tensor.Ones([1, 2], ScalarType.Float64);
        Tensor opposite = Tensor.From([1.0, 0.0, -1.0, 0.0, 0.0, 0.0], 3, 2);

        Assert.Equal([0.0], new GraphLaplacian(one, 5, EdgeWeight.Cosine, normalised: true).Dense().ToArray<double>());
        Assert.All(new GraphLaplacian(opposite, 5, EdgeWeight.Cosine, normalised: true).Dense().ToArray<double>(), static v => Assert.Equal(0, v));
        Assert.True(new GraphLaplacian(Tensor.Ones([4, 2], ScalarType.Float64), 2, EdgeWeight.Heat, normalised: true).Dense().IsFinite().All());
    }

    private static double[,] ByLoops(Tensor samples, int p, EdgeWeight weight, bool normalised, bool loops)
    {
        int n = (int)samples.Size(0), d = (int)samples.Size(1);
        double[] x = samples.ToArray<double>();
        double Dot(int i, int j) => Enumerable.Range(0, d).Sum(k => x[(i * d) + k] * x[(j * d) + k]);
        double Squared(int i, int j) => Dot(i, i) + Dot(j, j) - (2 * Dot(i, j));
        double Cosine(int i, int j) => Dot(i, j) / Math.Sqrt(Dot(i, i) * Dot(j, j));
        double Far(int i, int j) => weight == EdgeWeight.Cosine ? -Cosine(i, j) : Squared(i, j);
        int[][] near = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Where(j => j != i).OrderBy(j => Far(i, j)).Take(p).ToArray())];
        double width = Enumerable.Range(0, n).SelectMany(i => near[i].Select(j => Squared(i, j))).Average();

        double[,] w = new double[n, n], laplacian = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            foreach (int j in near[i])
            {
                double value = weight switch { EdgeWeight.Cosine => Cosine(i, j), EdgeWeight.Heat => Math.Exp(-Squared(i, j) / width), _ => 1 };
                w[i, j] = w[j, i] = Math.Max(0, value);
            }

            w[i, i] = loops ? 1 : 0;
        }

        double Degree(int i) => Enumerable.Range(0, n).Sum(j => w[i, j]);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double scale = !normalised ? 1 : Degree(i) > 0 && Degree(j) > 0 ? 1 / Math.Sqrt(Degree(i) * Degree(j)) : 0;
                laplacian[i, j] = scale * ((i == j ? Degree(i) : 0) - w[i, j]);
            }
        }

        return laplacian;
    }
}
