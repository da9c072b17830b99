using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class LocalMmdTests
{
    private static readonly double[] Variances = [0.5, 2];

    private static readonly GaussianKernels Kernels = GaussianKernels.WithVariances(Variances);

    // Class 3 has no part in the source, class 4 none in the target: neither counts.
    private static readonly double[][] OfSource = [[1, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 1, 0, 0, 0]];

    private static readonly double[][] OfTarget = [[0.5, 0.25, 0.125, 0.125, 0], [0.2, 0.5, 0.3, 0, 0], [0, 0, 0.9, 0.1, 0], [0.7, 0.1, 0.1, 0.1, 0]];

    [Fact]
    public void Distance_Memberships_IsTheLoopOverClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 3), y = Loops.Sample(2, 4, 3, 0.6);

        double found = LocalMmd.Distance(x, y, Matrix(OfSource), Matrix(OfTarget), Kernels).ToDouble();

        // Some hundred float64 operations on numbers below 2.
        Assert.Equal(Reference(Loops.Rows(x), Loops.Rows(y), OfSource, OfTarget), found, 1e-13);
    }

    [Fact]
    public void Distance_Gradients_AgreeWithFiniteDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 6, 3), y = Loops.Sample(4, 4, 3, 0.6), a = Matrix(OfSource), b = Matrix(OfTarget);

        Loops.CheckGradients(x, y, (one, other) => LocalMmd.Distance(one, other, a, b, Kernels));
    }

    [Fact]
    public void Distance_OneClass_IsTheBiasedMmd()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 6, 3), y = Loops.Sample(6, 4, 3, 0.6);

        double local = LocalMmd.Distance(x, y, Tensor.Full([6, 1], 0.3, x.Type), Tensor.Ones([4, 1], x.Type), Kernels).ToDouble();

        Assert.Equal(MaximumMeanDiscrepancy.QuadraticBiased(x, y, Kernels).Sum().ToDouble(), local, 1e-13);
    }

    [Fact]
    public void Distance_NoClassInBoth_IsZeroWithZeroGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(7, 2, 3).WithGrad(), y = Loops.Sample(8, 1, 3);

        Tensor distance = LocalMmd.Distance(x, y, Matrix([[1, 0], [1, 0]]), Matrix([[0, 1]]), Kernels);

        Assert.Equal(0, distance.ToDouble());
        Assert.Equal(0, Tensor.Gradients(distance, [x])[0]!.Norm().ToDouble());
    }

    [Fact]
    public void Distance_Memberships_AreConstants()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(9, 4, 3).WithGrad(), y = Loops.Sample(10, 4, 3), a = Matrix(OfTarget).WithGrad();

        LocalMmd.Distance(x, y, a, Matrix(OfTarget), Kernels).Backward();

        Assert.NotNull(x.Grad);
        Assert.Null(a.Grad);
    }

    [Fact]
    public void Distance_WrongInput_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 4, 2), y = Loops.Sample(2, 3, 2);
        Assert.Throws<ArgumentException>(() => LocalMmd.Distance(x, y, x, x, Kernels));
        Assert.Throws<ArgumentException>(() => LocalMmd.Distance(x, y, y, y, Kernels));
        Assert.Throws<ArgumentException>(() => LocalMmd.Distance(x, y, x, Loops.Sample(3, 3, 5), Kernels));
    }

    internal static double Reference(double[][] x, double[][] y, double[][] a, double[][] b)
        => Reference(x, y, a, b, Variances);

    internal static double Reference(double[][] x, double[][] y, double[][] a, double[][] b, double[] variances)
    {
        double sum = 0;
        int classes = 0;
        for (int c = 0; c < a[0].Length; c++)
        {
            double ofSource = a.Sum(row => row[c]), ofTarget = b.Sum(row => row[c]);
            if (ofSource == 0 || ofTarget == 0)
                continue;
            classes++;
            sum += Pairs(x, x, i => a[i][c] / ofSource, j => a[j][c] / ofSource) + Pairs(y, y, i => b[i][c] / ofTarget, j => b[j][c] / ofTarget)
                - (2 * Pairs(x, y, i => a[i][c] / ofSource, j => b[j][c] / ofTarget));
        }

        return classes == 0 ? 0 : sum / classes;

        double Pairs(double[][] one, double[][] other, Func<int, double> w, Func<int, double> v)
        {
            double total = 0;
            for (int i = 0; i < one.Length; i++)
            {
                for (int j = 0; j < other.Length; j++)
                    total += w(i) * v(j) * variances.Sum(variance => Loops.Kernel(one[i], other[j], variance));
            }

            return total;
        }
    }

    private static Tensor Matrix(double[][] rows) => Tensor.From([.. rows.SelectMany(static row => row)], rows.Length, rows[0].Length);
}
