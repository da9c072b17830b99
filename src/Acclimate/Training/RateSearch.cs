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
    /// The rate at which the smoothed loss falls fastest, as the rate's logarithm grows (Smith, "Cyclical Learning Rates for Training Neural
    /// Networks", WACV 2017; as fastai suggests it); none where it never falls.
    /// </summary>
    public double? Steepest
    {
        get
        {
            if (Lowest is not { } lowest)
                return null;
            int[] falling = [.. Enumerable.Range(Skipped, Points.Count - Skipped).Where(i => i > 0 && i + 1 < Points.Count && Points[i].Rate <= lowest.Rate)];
            return falling.Length == 0 ? lowest.Rate : Points[falling.MinBy(i => Points[i + 1].Smoothed - Points[i - 1].Smoothed)].Rate;
        }
    }

    /// <summary>A tenth of the rate at the lowest smoothed loss: fastai's other suggestion; none where the loss never falls.</summary>
    public double? LowestTenth => Lowest?.Rate / 10;

    /// <summary>The more careful of the two suggestions; none where the loss never falls.</summary>
    public double? Suggested => Lowest is null ? null : Math.Min(Steepest!.Value, LowestTenth!.Value);

    private int Skipped => Math.Min(Points.Count / SkippedPart, Math.Max(0, Points.Count - 1));
}
