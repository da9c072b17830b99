using System.Globalization;

namespace Acclimate.Metrics;

/// <summary>The mean of repeated measurements, and how far they spread.</summary>
/// <param name="Mean">The arithmetic mean.</param>
/// <param name="Deviation">The sample standard deviation, √(Σ(x − mean)² / (n − 1)); NaN where there is one measurement.</param>
/// <param name="Count">n, how many measurements.</param>
public readonly record struct MeanAndDeviation(double Mean, double Deviation, int Count)
{
    /// <summary>Of the given measurements.</summary>
    /// <param name="values">One or more.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static MeanAndDeviation Of(params ReadOnlySpan<double> values)
    {
        if (values.Length == 0)
            throw new ArgumentException("there is no measurement to take the mean of", nameof(values));
        double mean = 0, squares = 0;
        foreach (double value in values)
            mean += value / values.Length;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return new MeanAndDeviation(mean, values.Length == 1 ? double.NaN : Math.Sqrt(squares / (values.Length - 1)), values.Length);
    }

    /// <summary>As <c>78.4 ± 1.2</c>, or <c>78.4</c> for one measurement, with one decimal.</summary>
    public override string ToString() => Count > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Mean:F1} ± {Deviation:F1}")
        : string.Create(CultureInfo.InvariantCulture, $"{Mean:F1}");
}
