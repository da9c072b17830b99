namespace Acclimate.Training;

/// <summary>A learning rate that was tried.</summary>
/// <param name="Rate">The rate.</param>
/// <param name="Loss">The loss of its batch, before the step.</param>
/// <param name="Smoothed">The loss, smoothed over the steps up to here.</param>
public readonly record struct RatePoint(double Rate, double Loss, double Smoothed);

/// <summary>How the loss took to a rising learning rate, and which rates that suggests.</summary>
/// <param name="Stage">The method's stage that was tried: its first.</param>
/// <param name="Points">The rates in order, up to the end of the range or to where the loss exploded.</param>
/// <param name="Exploded">Whether the loss exploded before the end of the range.</param>
public sealed record RateSearch(string Stage, IReadOnlyList<RatePoint> Points, bool Exploded)
{
    /// <summary>Points at the beginning, one in so many, that are not looked at: the smoothing has too few steps behind it.</summary>
    private const int SkippedPart = 10;

    /// <summary>A fall by less than this share of the loss is no fall.</summary>
    private const double LeastFall = 0.02;

    /// <summary>Where the smoothed loss is lowest; none where it never falls.</summary>
    public RatePoint? Lowest
    {
        get
        {
            RatePoint[] seen = [.. Points.Skip(Skipped)];
            if (seen.Length == 0)
                return null;
            RatePoint lowest = seen.MinBy(static point => point.Smoothed);
            return seen[0].Smoothed - lowest.Smoothed > LeastFall * Math.Abs(seen[0].Smoothed) ? lowest : null;
        }
    }

    /// <summary>
    /// The rate around which the loss falls fastest as the rate's logarithm grows, by a straight line through the losses of a decade
    /// of rates, before the lowest (Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017); none where no such decade falls.
    /// </summary>
    public double? Steepest
    {
        get
        {
            if (Lowest is not { } lowest)
                return null;
            int half = Math.Max(2, (int)Math.Round(0.5 / Math.Log10(Points[1].Rate / Points[0].Rate)));
            int last = Points.Count(point => point.Rate <= lowest.Rate) - 1 - half;
            int[] centres = [.. Enumerable.Range(half, Math.Max(0, last - half + 1))];
            return centres.Length == 0 || centres.Min(Slope) >= 0 ? null : Points[centres.MinBy(Slope)].Rate;

            // Σ k·loss over places k from the centre, which sum to 0: the least-squares slope, up to a factor.
            double Slope(int centre) => Enumerable.Range(-half, (2 * half) + 1).Sum(k => k * Points[centre + k].Loss);
        }
    }

    /// <summary>A tenth of the rate at the lowest smoothed loss, which leaves room for the noise and for the rest of the run; none where the loss never falls.</summary>
    public double? Suggested => Lowest?.Rate / 10;

    private int Skipped => Math.Min(Points.Count / SkippedPart, Math.Max(0, Points.Count - 1));
}
