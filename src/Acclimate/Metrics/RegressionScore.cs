using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Metrics;

/// <summary>A figure with its uncertainty.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">The lower end of its 95 % interval.</param>
/// <param name="High">The upper end.</param>
public readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>As <c>0.413 (0.398–0.430)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.####} ({Low:0.####}–{High:0.####})");
}

/// <summary>How near predicted numbers come to the true ones.</summary>
/// <param name="Rmse">√(mean of (ŷ − y)²).</param>
/// <param name="Mae">The mean of |ŷ − y|.</param>
/// <param name="R2">1 − Σ(ŷ − y)²/Σ(y − ȳ)²: 1 is perfect, 0 as good as always saying the mean of these very values, below 0 worse. Not a number where all y are the same.</param>
/// <param name="Samples">How many samples were scored.</param>
public sealed record RegressionScore(Interval Rmse, Interval Mae, Interval R2, int Samples)
{
    private const int Resamples = 1000;
    private const double Outside = 0.025;

    /// <summary>
    /// Scores predictions. The intervals are the bootstrap's percentiles: of 1,000 draws of as many samples, with replacement, the middle 95 %. Efron, "Bootstrap Methods: Another Look at the
    /// Jackknife", Annals of Statistics 1979.
    /// </summary>
    /// <param name="predicted">ŷ.</param>
    /// <param name="truth">y, as many, one at least.</param>
    /// <param name="seed">Where the draws start from.</param>
    /// <exception cref="ArgumentException">There are none, or not as many of both.</exception>
    public static RegressionScore Of(IReadOnlyList<double> predicted, IReadOnlyList<double> truth, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(truth);
        if (predicted.Count != truth.Count || truth.Count == 0)
            throw new ArgumentException($"{predicted.Count} predictions were given for {truth.Count} values; expected one for each, and one at least", nameof(predicted));
        int n = truth.Count;
        using Generator generator = new(seed);
        using Tensor drawn = Tensor.Uniform([Resamples, n], generator, type: ScalarType.Float64);
        double[] chance = drawn.ToArray<double>();
        int[] rows = new int[n];
        List<(double Rmse, double Mae, double R2)> all = [];
        for (int b = 0; b < Resamples; b++)
        {
            for (int i = 0; i < n; i++)
                rows[i] = Math.Min(n - 1, (int)(chance[(b * n) + i] * n));
            all.Add(Figures(predicted, truth, rows));
        }

        (double rmse, double mae, double r2) = Figures(predicted, truth, [.. Enumerable.Range(0, n)]);
        return new RegressionScore(Around(rmse, all.Select(static one => one.Rmse)), Around(mae, all.Select(static one => one.Mae)), Around(r2, all.Select(static one => one.R2)), n);
    }

    private static (double Rmse, double Mae, double R2) Figures(IReadOnlyList<double> predicted, IReadOnlyList<double> truth, int[] rows)
    {
        double squared = 0, absolute = 0, mean = 0, spread = 0;
        foreach (int i in rows)
        {
            double off = predicted[i] - truth[i];
            squared += off * off;
            absolute += Math.Abs(off);
            mean += truth[i] / rows.Length;
        }

        foreach (int i in rows)
            spread += (truth[i] - mean) * (truth[i] - mean);
        return (Math.Sqrt(squared / rows.Length), absolute / rows.Length, spread > 0 ? 1 - (squared / spread) : double.NaN);
    }

    private static Interval Around(double value, IEnumerable<double> resampled)
    {
        double[] sorted = [.. resampled.Where(double.IsFinite).Order()];
        return sorted.Length == 0 ? new Interval(value, double.NaN, double.NaN) : new Interval(value, At(Outside), At(1 - Outside));

        double At(double share) => sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }
}
