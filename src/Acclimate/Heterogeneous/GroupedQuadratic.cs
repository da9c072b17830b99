using Acclimate.Torch;

namespace Acclimate.Heterogeneous;

/// <summary>
/// min ½θᵀQθ + bᵀθ subject to 0 ≤ θ ≤ 1 and a given mean of θ over each group of its entries. By projected gradients with the step lengths of
/// Barzilai and Borwein and an exact search along each, so that the value never rises; where Q is not positive definite it ends where the
/// first-order conditions hold, which need not be the least value.
/// </summary>
internal static class GroupedQuadratic
{
    private const int MostSteps = 1000;
    private const int Halvings = 60;

    /// <summary>What a minimisation ends with.</summary>
    /// <param name="At">θ.</param>
    /// <param name="Value">½θᵀQθ + bᵀθ.</param>
    /// <param name="KktResidual">max |Π(θ − g) − θ|, with the slope g scaled to a largest entry of 1 and Π the projection on the constraints: 0 where the first-order conditions hold.</param>
    public readonly record struct Minimum(double[] At, double Value, double KktResidual);

    /// <summary>Minimises.</summary>
    /// <param name="q">Q: [n, n], symmetric, float64.</param>
    /// <param name="b">b: [n].</param>
    /// <param name="groups">Each group's entries; each entry is in one group.</param>
    /// <param name="mean">The mean over each group, 0 to 1: θ begins there.</param>
    /// <param name="precision">The residual at which to stop.</param>
    public static Minimum Minimise(Tensor q, double[] b, IReadOnlyList<int[]> groups, double mean, double precision = 1e-6)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] at = new double[b.Length];
        Array.Fill(at, mean);
        double[] curved = Times(q, at);
        double length = 1 / Math.Max(q.Norm().ToDouble(), double.Epsilon);
        for (int step = 0; step < MostSteps && Residual() > precision; step++)
        {
            double[] slope = Slope(), direction = Project([.. at.Zip(slope, (x, g) => x - (length * g))]);
            for (int i = 0; i < direction.Length; i++)
                direction[i] -= at[i];
            double[] bent = Times(q, direction);
            double promised = Dot(slope, direction), curvature = Dot(direction, bent), squared = Dot(direction, direction);
            if (!(promised < 0))
                break;
            double reach = curvature > 0 ? Math.Min(1, -promised / curvature) : 1;
            for (int i = 0; i < at.Length; i++)
            {
                at[i] = Math.Clamp(at[i] + (reach * direction[i]), 0, 1);
                curved[i] += reach * bent[i];
            }

            length = curvature > 1e-14 * squared ? squared / curvature : length * 4;
        }

        return new Minimum(at, (0.5 * Dot(at, curved)) + Dot(at, b), Residual());

        double[] Slope() => [.. curved.Zip(b, static (x, y) => x + y)];

        double Residual()
        {
            double[] slope = Slope();
            double largest = Math.Max(slope.Max(Math.Abs), double.Epsilon);
            return Project([.. at.Zip(slope, (x, g) => x - (g / largest))]).Zip(at, static (x, y) => Math.Abs(x - y)).Max();
        }

        double[] Project(double[] point)
        {
            foreach (int[] group in groups)
                Move(point, group, mean);
            return point;
        }
    }

    /// <summary>The nearest point with entries from 0 to 1 that have the mean: all are moved by one amount, and held at the ends.</summary>
    private static void Move(double[] point, int[] group, double mean)
    {
        double low = group.Min(i => point[i]) - 1, high = group.Max(i => point[i]), wanted = mean * group.Length;
        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            if (group.Sum(j => Math.Clamp(point[j] - middle, 0, 1)) > wanted)
                low = middle;
            else
                high = middle;
        }

        foreach (int j in group)
            point[j] = Math.Clamp(point[j] - ((low + high) / 2), 0, 1);
    }

    private static double[] Times(Tensor q, double[] vector)
    {
        using TensorScope scope = TensorScope.Begin();
        return q.MatMul(Tensor.From(vector)).ToArray<double>();
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
