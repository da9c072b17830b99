using System.Globalization;

namespace Acclimate.Metrics;

/// <summary>The share of predictions that are right, with its uncertainty.</summary>
public sealed record Accuracy
{
    /// <summary>The 97.5 % point of the normal distribution.</summary>
    private const double Normal95 = 1.959963984540054;

    /// <summary>Counts.</summary>
    /// <param name="correct">Right predictions, 0 to <paramref name="total"/>.</param>
    /// <param name="total">All predictions, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is outside its range.</exception>
    public Accuracy(long correct, long total)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, total);
        Correct = correct;
        Total = total;
    }

    /// <summary>Right predictions.</summary>
    public long Correct { get; }

    /// <summary>All predictions.</summary>
    public long Total { get; }

    /// <summary>Right predictions over all, 0 to 1.</summary>
    public double Value => (double)Correct / Total;

    /// <summary>The lower end of the 95 % interval.</summary>
    public double Low => Interval().Low;

    /// <summary>The upper end of the 95 % interval.</summary>
    public double High => Interval().High;

    /// <summary>
    /// Wilson's score interval, (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n): within [0, 1], and sound for small
    /// samples and for shares near 0 and 1. Wilson, JASA 22, 1927.
    /// </summary>
    /// <param name="z">The normal quantile, positive; 1.96 for 95 % unless given.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="z"/> is not positive and finite.</exception>
    public (double Low, double High) Interval(double z = Normal95)
    {
        if (!(z > 0 && double.IsFinite(z)))
            throw new ArgumentOutOfRangeException(nameof(z), z, "a normal quantile must be positive and finite");
        double n = Total, p = Value, spread = z * z / n;
        double middle = (p + (spread / 2)) / (1 + spread);
        double reach = z / (1 + spread) * Math.Sqrt((p * (1 - p) / n) + (spread / (4 * n)));
        return (Correct == 0 ? 0 : middle - reach, Correct == Total ? 1 : middle + reach);
    }

    /// <summary>As <c>87.4 % (85.2–89.3, 1,000 examples)</c>.</summary>
    public override string ToString()
    {
        (double low, double high) = Interval();
        return string.Create(CultureInfo.InvariantCulture, $"{100 * Value:F1} % ({100 * low:F1}–{100 * high:F1}, {Total:N0} examples)");
    }
}
