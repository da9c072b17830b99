using System.Globalization;
using Acclimate.Training;

namespace Acclimate.Cli.Rendering;

/// <summary>What a search for a learning rate found: the suggestion, then the losses that it rests on.</summary>
internal static class RateView
{
    private const int Rows = 14;
    private const int BarWidth = 30;

    public static void Write(RateSearch found, RateRange range, Screen screen)
    {
        IReadOnlyList<RatePoint> points = found.Points;
        if (found.Suggested is { } suggested)
        {
            screen.Out.WriteLine(screen.Bold($"Take --learning-rate {Text(suggested)}."));
            string steepest = found.Steepest is { } rate ? $" The loss falls fastest around {Text(rate)}." : string.Empty;
            Prose.Hang(screen.Out, string.Empty, $"It is a tenth of the rate at which the loss is lowest, {Text(found.Lowest!.Value.Rate)}.{steepest}");
        }
        else
        {
            screen.Out.WriteLine(screen.Bold("No rate is suggested: the loss did not fall."));
            screen.Out.WriteLine("Try other rates with --from and --to, more of them with --steps, or a larger --batch-size.");
        }

        Prose.Hang(screen.Out, string.Empty, found.Exploded
            ? $"The loss exploded after {Numbers.Count(points.Count)} of {Numbers.Count(range.Steps)} steps, at a rate of {Text(points.Count == 0 ? range.From : points[^1].Rate)}."
            : $"All {Numbers.Count(range.Steps)} rates from {Text(range.From)} to {Text(range.To)} were tried; the loss did not explode.");
        if (points.Count == 0)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{"rate",9}  {"loss",9}   smoothed over the steps before; stage '{found.Stage}'");
        int rows = Math.Min(Rows, points.Count);
        double end = found.Lowest?.Rate ?? range.To, largest = points.Where(point => point.Rate <= end).Max(static point => point.Smoothed);
        double least = Math.Min(0, points.Min(static point => point.Smoothed));
        foreach (int i in Enumerable.Range(0, rows).Select(row => (int)Math.Round(row * (points.Count - 1.0) / Math.Max(1, rows - 1))))
        {
            double share = largest > least ? (points[i].Smoothed - least) / (largest - least) : 0;
            string bar = new('━', (int)Math.Round(BarWidth * Math.Min(1, share)));
            screen.Out.WriteLine($"{Text(points[i].Rate),9}  {Numbers.Short(points[i].Smoothed),9}   {bar}{(share > 1.02 ? " …" : string.Empty)}".TrimEnd());
        }
    }

    /// <summary>Two significant digits, as <c>0.0012</c>.</summary>
    private static string Text(double rate) => rate.ToString(rate < 1e-4 ? "0.#e-0" : "G2", CultureInfo.InvariantCulture);
}
