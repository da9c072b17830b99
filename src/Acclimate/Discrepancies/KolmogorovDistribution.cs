namespace Acclimate.Discrepancies;

/// <summary>How far two empirical distributions of one distribution come apart by chance. Kolmogorov 1933, Smirnov 1948.</summary>
public static class KolmogorovDistribution
{
    /// <summary>Below it the series of the upper tail converges slowly, and its mirror image fast.</summary>
    private const double Turn = 1.18;

    private const int Terms = 6;

    /// <summary>
    /// P(D ≥ d) of the two-sample statistic as both samples grow, Q(d √(nm / (n + m))). With ties it is too large, never too small:
    /// a feature of few values has to drift more to be called so.
    /// </summary>
    /// <param name="statistic">d, 0 to 1.</param>
    /// <param name="n">Examples of one sample, 1 or more.</param>
    /// <param name="m">Examples of the other.</param>
    /// <exception cref="ArgumentOutOfRangeException">d is outside 0 to 1, or a sample is empty.</exception>
    public static double PValue(double statistic, long n, long m)
    {
        if (!(statistic is >= 0 and <= 1 + 1e-9))
            throw new ArgumentOutOfRangeException(nameof(statistic), statistic, "expected a statistic from 0 to 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 1);
        return UpperTail(statistic * Math.Sqrt((double)n * m / (n + m)));
    }

    /// <summary>Q(x) = 2 Σₖ (−1)ᵏ⁻¹ exp(−2k²x²), k from 1; 1 at x = 0.</summary>
    /// <param name="x">0 or more.</param>
    public static double UpperTail(double x)
    {
        if (x <= 0)
            return 1;
        double sum = 0;
        if (x < Turn)
        {
            // 1 − √(2π)/x Σₖ exp(−(2k − 1)²π²/(8x²)): Jacobi's identity.
            for (int k = 1; k <= Terms; k++)
                sum += Math.Exp(-Math.Pow(((2 * k) - 1) * Math.PI / x, 2) / 8);
            return 1 - (Math.Sqrt(2 * Math.PI) / x * sum);
        }

        for (int k = Terms; k >= 1; k--)
            sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2 * k * k * x * x);
        return sum;
    }
}
