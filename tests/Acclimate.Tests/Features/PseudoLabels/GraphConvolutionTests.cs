using Acclimate.Features;
using Acclimate.Features.PseudoLabels;
using Acclimate.Features.Shared;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.PseudoLabels;

public sealed class GraphConvolutionTests
{
    // Â = D̃^−½(A + I)D̃^−½ of the graph in which each sample is joined to those that are among its two nearest, or have it among theirs.
    [Fact]
    public void Propagated_IsTheNormalisedAdjacencyWithLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 9, 3), z = Loops.Sample(2, 9, 2);

        Tensor mixed = SampleConvolution.Propagated(Graph(x), z);

        double[][] a = Propagation(Loops.Rows(x), 2), rows = Loops.Rows(z);
        double[] expected = [.. Multiply(a, rows).SelectMany(static row => row)];
        Loops.Near(expected, mixed.ToArray<double>(), 1e-13);
    }

    [Fact]
    public void Slope_LossAndGradients_AreThoseOfTheNetworkInLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 8, 3), w0 = Loops.Sample(4, 3, 4), w1 = Loops.Sample(5, 4, 3);
        int[] labelled = [0, 2, 3, 6], classes = [1, 0, 2, 1];
        Tensor y = Tensor.From<long>([.. classes.Select(static c => (long)c)]).OneHot(3).To(ScalarType.Float64);
        SampleConvolution network = new(Graph(x), x, Tensor.From<long>([.. labelled.Select(static i => (long)i)]), y);
        double[][] a = Propagation(Loops.Rows(x), 2), first = Loops.Rows(w0), second = Loops.Rows(w1);

        (double loss, Tensor d0, Tensor d1, Tensor chances) = network.Slope(w0, w1);

        Assert.Equal(Loss(first, second), loss, 1e-12);
        Loops.Near([.. Chances(first, second).SelectMany(static row => row)], chances.ToArray<double>(), 1e-12);

        // Central differences in double: h² times a third derivative of size 1, and 1e-16/h of rounding.
        Loops.Near(Loops.FiniteDifferences(w0, moved => Loss(Loops.Rows(moved), second)), d0.ToArray<double>(), 1e-7);
        Loops.Near(Loops.FiniteDifferences(w1, moved => Loss(first, Loops.Rows(moved))), d1.ToArray<double>(), 1e-7);
        Assert.Contains(d0.ToArray<double>(), static slope => Math.Abs(slope) > 1e-3);

        double[][] Chances(double[][] one, double[][] two)
        {
            double[][] hidden = [.. Multiply(Multiply(a, Loops.Rows(x)), one).Select(static row => row.Select(static v => Math.Max(0, v)).ToArray())];
            return [.. Multiply(Multiply(a, hidden), two).Select(static row => Deep.Fitting.Softmax(row))];
        }

        double Loss(double[][] one, double[][] two)
        {
            double[][] p = Chances(one, two);
            return -labelled.Zip(classes, (i, c) => Math.Log(p[i][c])).Average();
        }
    }

    // What is dropped leaves the mean as it is: over many draws the dropped network's first layer comes to the plain one's.
    [Fact]
    public void Slope_Dropout_DrawsByTheGenerator()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 8, 3), w0 = Loops.Sample(4, 3, 4), w1 = Loops.Sample(5, 4, 3);
        SampleConvolution network = new(Graph(x), x, Tensor.From<long>([0, 1]), Tensor.Eye(3, ScalarType.Float64).Slice(0, 0, 2));
        using Generator one = new(1), again = new(1), other = new(2);

        double first = network.Slope(w0, w1, 0.5, one).Loss;

        Assert.Equal(first, network.Slope(w0, w1, 0.5, again).Loss);
        Assert.NotEqual(first, network.Slope(w0, w1, 0.5, other).Loss);
        Assert.Equal(network.Slope(w0, w1).Loss, network.Slope(w0, w1, 0, other).Loss);
    }

    // Two clusters that swap their places from source to target: the source's labels alone are wrong there, three known ones put it right.
    [Fact]
    public void Fit_KnownLabelsInTheTargetsClusters_SpreadThroughThem()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        int[] classes = [.. Enumerable.Range(0, 40).Select(static i => i % 2)];
        Tensor of = Tensor.From<double>([.. classes.Select(static c => 6.0 * c)], 40, 1), noise = Tensor.Normal([40, 2], generator, ScalarType.Float64) * 0.4;
        Tensor source = Tensor.Concatenate([of, of], 1) + noise, target = Tensor.Concatenate([6 - of, of + 20], 1) + noise;
        int[] known = [.. Enumerable.Range(0, 40).Select(i => i < 6 ? classes[i] : FeatureData.Unknown)];

        using FittedFeatures fitted = new GraphConvolution { Neighbours = 5 }.Fit(new FeatureData(source, classes, 2, target, known));

        Assert.Equal(classes, fitted.TargetLabels!);
        Assert.True(fitted.Certificate.Objective[^1] < fitted.Certificate.Objective[0]);
    }

    private static GraphLaplacian Graph(Tensor x) => new(x, 2, EdgeWeight.Binary, normalised: true, loops: true);

    private static double[][] Propagation(double[][] x, int neighbours)
    {
        int n = x.Length;
        double[][] a = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => i == j ? 1.0 : 0).ToArray())];
        for (int i = 0; i < n; i++)
        {
            foreach (int j in Enumerable.Range(0, n).Where(j => j != i).OrderBy(j => Loops.Squared(x[i], x[j])).Take(neighbours))
                a[i][j] = a[j][i] = 1;
        }

        double[] degree = [.. a.Select(static row => row.Sum())];
        return [.. a.Select((row, i) => row.Select((value, j) => value / Math.Sqrt(degree[i] * degree[j])).ToArray())];
    }

    private static double[][] Multiply(double[][] a, double[][] b) =>
        [.. a.Select(row => Enumerable.Range(0, b[0].Length).Select(j => row.Select((value, k) => value * b[k][j]).Sum()).ToArray())];
}
