namespace Acclimate.Benchmarks.Honest;

/// <summary>How safe a rule must have been on other suites to be taken on a new one: the bars with a margin.</summary>
/// <param name="Worst">No gain may be smaller, naturally.</param>
/// <param name="Below">At most this share of measurements may be below the source, naturally.</param>
/// <param name="ShiftedWorst">No gain may be smaller under label shift.</param>
/// <param name="ShiftedBelow">At most this share may be below the source under label shift.</param>
public sealed record SafetyBounds(double Worst, double Below, double ShiftedWorst, double ShiftedBelow)
{
    /// <summary>Half a point, one in twenty, two points and one in ten: each nearer than what is promised (1, 1/20, 3 and 12 %).</summary>
    public static SafetyBounds WithMargin { get; } = new(-0.5, 0.05, -2, 0.10);

    /// <summary>How far a rule is outside, in points: 0 where it is safe; a share counts by its percent.</summary>
    internal double Excess(HonestFigures natural, HonestFigures shifted) =>
        Math.Max(0, Worst - natural.Worst) + (100 * Math.Max(0, natural.Below - Below))
        + Math.Max(0, ShiftedWorst - shifted.Worst) + (100 * Math.Max(0, shifted.Below - ShiftedBelow));
}

/// <summary>
/// Calibration that never sees what it is measured on: for each suite, the rule that gains most on all other suites among
/// those that were safe there; where none was, the one that came nearest. So its figures are what a user on new data can expect.
/// </summary>
public static class NestedChoice
{
    /// <summary>Chooses a rule for each suite.</summary>
    /// <param name="cells">Measurements with the same rules, of at least two suites, natural and under label shift.</param>
    /// <param name="bounds">What counts as safe.</param>
    /// <returns>Each suite's rule, by the suite's name.</returns>
    /// <exception cref="ArgumentException">There is but one suite, or one kind of measurement is missing.</exception>
    public static IReadOnlyDictionary<string, string> Choose(IReadOnlyList<HonestCell> cells, SafetyBounds bounds)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(bounds);
        string[] suites = [.. cells.Select(static cell => cell.Suite).Distinct()];
        return suites.ToDictionary(static suite => suite, suite =>
        {
            HonestCell[] others = [.. cells.Where(cell => cell.Suite != suite)];
            HonestCell[] natural = [.. others.Where(static cell => !cell.Shifted)], shifted = [.. others.Where(static cell => cell.Shifted)];
            if (natural.Length == 0 || shifted.Length == 0)
                throw new ArgumentException($"there is nothing to calibrate {suite} on: expected natural measurements and ones under label shift of another suite", nameof(cells));
            return natural[0].Rules.Keys
                .OrderBy(rule => bounds.Excess(HonestFigures.Of(natural, Gain(rule)), HonestFigures.Of(shifted, Gain(rule))))
                .ThenByDescending(rule => natural.Average(Gain(rule)))
                .ThenBy(static rule => rule, StringComparer.Ordinal)
                .First();
        });

        static Func<HonestCell, double> Gain(string rule) => cell => cell.Gain(rule);
    }
}
