namespace Acclimate.Metrics;

/// <summary>The binomial distribution: how many of n independent tries succeed, each with probability p. Exact, up to rounding.</summary>
public static class Binomial
{
    /// <summary>From here on Stirling's series to 1/n⁷ is exact to rounding.</summary>
    private const int SeriesFrom = 32;

    /// <summary>Halvings that bring an interval within [0, 1] to the resolution of a float64.</summary>
    private const int Halvings = 60;

    /// <summary>P(X = k) = n!/(k!(n−k)!) pᵏ (1−p)ⁿ⁻ᵏ.</summary>
    /// <param name="successes">k.</param>
    /// <param name="tries">n, 0 or more.</param>
    /// <param name="probability">p, 0 to 1.</param>
    public static double Mass(int successes, int tries, double probability)
    {
        if (successes < 0 || successes > tries)
            return 0;
        double ways = LogFactorial(tries) - LogFactorial(successes) - LogFactorial(tries - successes);
        return Math.Exp(ways + Power(probability, successes) + Power(1 - probability, tries - successes));

        static double Power(double p, int times) => times == 0 ? 0 : times * Math.Log(p);
    }

    /// <summary>P(X ≤ k).</summary>
    /// <param name="successes">k.</param>
    /// <param name="tries">n, 0 or more.</param>
    /// <param name="probability">p, 0 to 1.</param>
    public static double AtMost(int successes, int tries, double probability) => Math.Min(
        1, Enumerable.Range(0, Math.Max(0, Math.Min(successes, tries) + 1)).Sum(k => Mass(k, tries, probability)));

    /// <summary>The two-sided sign test: how probable a split at least so uneven is where both sides are as likely; 1 without tries.</summary>
    /// <param name="successes">k, 0 to n.</param>
    /// <param name="tries">n, 0 or more.</param>
    public static double SignTest(int successes, int tries) => Math.Min(1, 2 * AtMost(Math.Min(successes, tries - successes), tries, 0.5));

    /// <summary>
    /// The exact interval of p, whose ends are those p at which k or more, and k or fewer, have half the error each. It covers the truth at
    /// least as often as it says. Clopper and Pearson, Biometrika 26, 1934.
    /// </summary>
    /// <param name="successes">k, 0 to n.</param>
    /// <param name="tries">n; without any the interval is all of [0, 1].</param>
    /// <param name="level">How often it covers, above 0 and below 1; 0.95 unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static (double Low, double High) Interval(int successes, int tries, double level = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, tries);
        if (level is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "a level is above 0 and below 1");
        double error = (1 - level) / 2;
        return (successes == 0 ? 0 : Lower(successes), successes == tries ? 1 : 1 - Lower(tries - successes));

        // P(X ≥ k) rises with p.
        double Lower(int k)
        {
            (double low, double high) = (0, 1);
            for (int i = 0; i < Halvings; i++)
            {
                double middle = (low + high) / 2;
                bool rare = AtMost(tries - k, tries, 1 - middle) < error;
                (low, high) = rare ? (middle, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>ln n!</summary>
    private static double LogFactorial(int n)
    {
        if (n < SeriesFrom)
        {
            double product = 1;
            for (int i = 2; i <= n; i++)
                product *= i;
            return Math.Log(product);
        }

        double inverse = 1.0 / n, square = inverse * inverse;
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260) - (square / 1680))))));
        return (n * Math.Log(n)) - n + (0.5 * Math.Log(2 * Math.PI * n)) + series;
    }
}
