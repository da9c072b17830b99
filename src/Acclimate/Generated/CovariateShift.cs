using Acclimate.Torch;

namespace Acclimate.Generated;

/// <summary>
/// A covariate shift whose true weights are known: x^s ~ N(0, I₂) and x^t ~ N((1, 0), 0.6²I₂), and the same law of y in both domains. As a number,
/// y = sin(2x₁) + x₂/2 + 0.1ε; as a class, whether x₂ + 0.2ε is above sin(2x₁), with ε ~ N(0, 1). What is linear can't follow the sine: it does well where it was
/// fitted, so that a linear model learnt from the source as it is goes the wrong way in the target.
/// </summary>
public sealed class CovariateShift
{
    /// <summary>The target's mean along x₁.</summary>
    private const double Moved = 1;

    /// <summary>The target's deviation; the source's is 1.</summary>
    private const double Deviation = 0.6;

    private CovariateShift(Side source, Side target)
    {
        Source = source;
        Target = target;
        double[] x = source.X;
        Weights = [.. Enumerable.Range(0, x.Length / 2).Select(i => Ratio(x[2 * i], x[(2 * i) + 1]))];
    }

    /// <summary>One domain's samples.</summary>
    /// <param name="X">x, two numbers a sample.</param>
    /// <param name="Values">y as a number.</param>
    /// <param name="Labels">y as a class, 0 or 1.</param>
    public sealed record Side(double[] X, double[] Values, int[] Labels)
    {
        /// <summary>x: a fresh [n, 2], float64.</summary>
        public Tensor Samples() => Tensor.From(X, X.Length / 2, 2);
    }

    /// <summary>The source.</summary>
    public Side Source { get; }

    /// <summary>The target.</summary>
    public Side Target { get; }

    /// <summary>p_t(x)/p_s(x) of each source sample.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Draws samples.</summary>
    /// <param name="source">How many of the source, 1 or more.</param>
    /// <param name="target">How many of the target.</param>
    /// <param name="seed">Where chance starts from.</param>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public static CovariateShift Draw(int source, int target, long seed)
    {
        if (source < 1 || target < 1)
            throw new ArgumentException($"{source} source and {target} target samples were asked for; expected 1 or more of each", nameof(source));
        return new CovariateShift(Drawn(source, seed, 0, 1, 0), Drawn(target, seed, Moved, Deviation, 1));
    }

    private static double Ratio(double x1, double x2)
    {
        double ofSource = (x1 * x1) + (x2 * x2), ofTarget = (((x1 - Moved) * (x1 - Moved)) + (x2 * x2)) / (Deviation * Deviation);
        return Math.Exp((ofSource - ofTarget) / 2) / (Deviation * Deviation);
    }

    private static Side Drawn(int count, long seed, double mean, double deviation, long domain)
    {
        double[] x = new double[2 * count], values = new double[count];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            RandomStream draw = new(seed, domain, i);
            double x1 = mean + (deviation * draw.Normal()), x2 = deviation * draw.Normal(), noise = draw.Normal();
            (x[2 * i], x[(2 * i) + 1]) = (x1, x2);
            values[i] = Math.Sin(2 * x1) + (x2 / 2) + (0.1 * noise);
            labels[i] = x2 + (0.2 * draw.Normal()) > Math.Sin(2 * x1) ? 1 : 0;
        }

        return new Side(x, values, labels);
    }
}
