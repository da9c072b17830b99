namespace Acclimate.Benchmarks.Honest;

/// <summary>What a way of choosing is worth over several measurements, in points against the source's own model.</summary>
/// <param name="Gain">The mean gain.</param>
/// <param name="OracleShare">The mean gain over the oracle's mean gain.</param>
/// <param name="Worst">The smallest gain.</param>
/// <param name="Below">The share of the measurements with a gain below 0.</param>
/// <param name="Count">How many measurements.</param>
public sealed record HonestFigures(double Gain, double OracleShare, double Worst, double Below, int Count)
{
    /// <summary>The smallest mean gain of a pair over its seeds.</summary>
    public double WorstPair { get; init; }

    /// <summary>The share of the pairs with a mean gain below 0.</summary>
    public double PairsBelow { get; init; }

    /// <summary>Over measurements, each by itself.</summary>
    /// <param name="cells">One or more.</param>
    /// <param name="gain">What the way of choosing gains on one.</param>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static HonestFigures Of(IReadOnlyList<HonestCell> cells, Func<HonestCell, double> gain)
    {
        ArgumentNullException.ThrowIfNull(cells);
        double[] gains = [.. cells.Select(gain)];
        double mean = gains.Average(), oracle = cells.Average(static cell => cell.Oracle - cell.Source);
        double[] pairs = [.. cells.Zip(gains).GroupBy(static one => (one.First.Suite, one.First.Pair)).Select(static pair => pair.Average(static one => one.Second))];
        return new HonestFigures(mean, mean / oracle, gains.Min(), Below(gains), gains.Length) { WorstPair = pairs.Min(), PairsBelow = Below(pairs) };

        static double Below(double[] values) => (double)values.Count(static value => value < 0) / values.Length;
    }
}
