using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.Heterogeneous;

/// <summary>
/// Linear support vector machines whose samples count differently, each class against the rest: min ½‖(w, b)‖² + C Σᵢ sᵢ max(0, 1 − yᵢ(w·xᵢ + b))². By descent
/// along the dual's coordinates, aᵢ ≥ 0 (Hsieh, Chang, Lin, Keerthi, Sundararajan, ICML 2008).
/// </summary>
internal static class WeightedMachines
{
    private const int MostRounds = 1000;
    private const double Precision = 1e-4;

    /// <summary>Trains.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each sample; two at least have some.</param>
    /// <param name="classes">How many classes there are; one without samples is never predicted.</param>
    /// <param name="weights">s: what each sample counts, 0 or more.</param>
    /// <param name="c">C.</param>
    /// <returns>To be disposed, unless a scope frees it.</returns>
    public static FittedLinear Train(Tensor samples, int[] labels, int classes, double[] weights, double c)
    {
        using TensorScope scope = TensorScope.Begin();
        int d = (int)samples.Size(1);
        int[] present = [.. labels.Distinct().Order()];
        double[][] rows = [.. samples.Contiguous().ToArray<double>().Chunk(d)];
        double[] give = Array.ConvertAll(weights, weight => 1 / (2 * c * weight)), weight = new double[d * present.Length], offset = new double[present.Length];
        for (int k = 0; k < present.Length; k++)
        {
            double[] machine = One(rows, [.. labels.Select(label => label == present[k] ? 1.0 : -1)], give);
            for (int j = 0; j < d; j++)
                weight[(j * present.Length) + k] = machine[j];
            offset[k] = machine[d];
        }

        FittedLinear fitted = FittedLinear.Of(Tensor.From<double>(weight, d, present.Length), Tensor.From<double>(offset, 1, present.Length), present, classes);
        return new FittedLinear(scope.Keep(fitted.Weight), scope.Keep(fitted.Offset));
    }

    /// <summary>(w, b) of one class against the rest; give is 1 / (2C sᵢ), ∞ for a sample that does not count.</summary>
    private static double[] One(double[][] rows, double[] signs, double[] give)
    {
        int d = rows[0].Length;
        double[] machine = new double[d + 1], a = new double[rows.Length], curvature = Array.ConvertAll(rows, static row => 1 + Dot(row, row, row.Length));
        for (int round = 0; round < MostRounds; round++)
        {
            double worst = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                if (double.IsInfinity(give[i]))
                    continue;
                double slope = (signs[i] * (Dot(machine, rows[i], d) + machine[d])) - 1 + (a[i] * give[i]);
                double next = Math.Max(0, a[i] - (slope / (curvature[i] + give[i]))), step = (next - a[i]) * signs[i];
                if (step == 0)
                    continue;
                worst = Math.Max(worst, Math.Abs(step) * curvature[i]);
                a[i] = next;
                for (int j = 0; j < d; j++)
                    machine[j] += step * rows[i][j];
                machine[d] += step;
            }

            if (worst <= Precision)
                break;
        }

        return machine;
    }

    private static double Dot(double[] x, double[] y, int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
            sum += x[i] * y[i];
        return sum;
    }
}
