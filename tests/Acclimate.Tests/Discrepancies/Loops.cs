using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

/// <summary>Samples for tests, and the plainest way to compute things from them: loops over pairs in double.</summary>
internal static class Loops
{
    /// <summary>Rows from N(shift, scale²), float64.</summary>
    public static Tensor Sample(long seed, int rows, int features, double shift = 0, double scale = 1)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(seed);
        return scope.Keep((Tensor.Normal([rows, features], generator, ScalarType.Float64) * scale) + shift);
    }

    public static double[][] Rows(Tensor sample)
    {
        double[] flat = sample.ToArray<double>();
        int width = (int)sample.Size(1);
        return [.. flat.Chunk(Math.Max(width, 1))];
    }

    public static double Squared(double[] x, double[] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        return sum;
    }

    public static double Kernel(double[] x, double[] y, double variance) => Math.Exp(-Squared(x, y) / (2 * variance));

    public static double Mmd(double[][] x, double[][] y, double variance, bool unbiased)
    {
        double n = x.Length, m = y.Length;
        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < x.Length; j++)
                xx += unbiased && i == j ? 0 : Kernel(x[i], x[j], variance);
        }

        for (int i = 0; i < y.Length; i++)
        {
            for (int j = 0; j < y.Length; j++)
                yy += unbiased && i == j ? 0 : Kernel(y[i], y[j], variance);
        }

        foreach (double[] a in x)
        {
            foreach (double[] b in y)
                xy += Kernel(a, b, variance);
        }

        return (xx / (unbiased ? n * (n - 1) : n * n)) + (yy / (unbiased ? m * (m - 1) : m * m)) - (2 * xy / (n * m));
    }

    public static double[] QuadTuples(double[][] x, double[][] y, double variance)
    {
        double[] values = new double[Math.Min(x.Length, y.Length) / 2];
        for (int i = 0; i < values.Length; i++)
        {
            double[] x1 = x[2 * i], x2 = x[(2 * i) + 1], y1 = y[2 * i], y2 = y[(2 * i) + 1];
            values[i] = Kernel(x1, x2, variance) + Kernel(y1, y2, variance) - Kernel(x1, y2, variance) - Kernel(x2, y1, variance);
        }

        return values;
    }

    /// <summary>Off-diagonal squared distances of the pooled rows, each pair once, in order.</summary>
    public static double[] PooledDistances(double[][] x, double[][] y)
    {
        double[][] pooled = [.. x, .. y];
        List<double> found = [];
        for (int i = 0; i < pooled.Length; i++)
        {
            for (int j = 0; j < i; j++)
                found.Add(Squared(pooled[i], pooled[j]));
        }

        found.Sort();
        return [.. found];
    }

    /// <summary>∂f/∂sample by central differences, of which the error is about 1e-10 for smooth f of order 1 in double.</summary>
    public static double[] FiniteDifferences(Tensor sample, Func<Tensor, double> function)
    {
        const double step = 1e-5;
        double[] at = sample.ToArray<double>();
        double[] slopes = new double[at.Length];
        for (int i = 0; i < at.Length; i++)
        {
            double here = at[i];
            at[i] = here + step;
            double up = Value(at);
            at[i] = here - step;
            double down = Value(at);
            at[i] = here;
            slopes[i] = (up - down) / (2 * step);
        }

        return slopes;

        double Value(double[] elements)
        {
            using Tensor moved = Tensor.From(elements, sample.Shape);
            return function(moved);
        }
    }

    public static double ValueOf(Tensor number)
    {
        using (number)
            return number.ToDouble();
    }

    public static T[] Take<T>(Tensor tensor)
        where T : unmanaged
    {
        using (tensor)
            return tensor.ToArray<T>();
    }

    /// <summary>Both gradients of a distance agree with finite differences.</summary>
    public static void CheckGradients(Tensor x, Tensor y, Func<Tensor, Tensor, Tensor> distance, double tolerance = 1e-8)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor left = x.Clone().WithGrad(), right = y.Clone().WithGrad();
        Tensor?[] gradients = Tensor.Gradients(distance(left, right), [left, right]);
        double[] byX = FiniteDifferences(x, moved => ValueOf(distance(moved, y)));
        double[] byY = FiniteDifferences(y, moved => ValueOf(distance(x, moved)));
        Near(byX, gradients[0]!.ToArray<double>(), tolerance);
        Near(byY, gradients[1]!.ToArray<double>(), tolerance);
        Assert.Contains(byX, slope => Math.Abs(slope) > 100 * tolerance);
    }

    public static void Near(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"at {i}: expected {expected[i]:R}, found {actual[i]:R}");
    }
}
