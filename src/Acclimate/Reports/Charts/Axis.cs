namespace Acclimate.Reports.Charts;

/// <summary>A scale from figures to places, with round figures to write beside it.</summary>
internal sealed class Axis
{
    private readonly double low;
    private readonly double high;
    private readonly double from;
    private readonly double to;

    /// <summary>An axis that covers some figures.</summary>
    /// <param name="values">What it has to cover; finite, one or more.</param>
    /// <param name="from">Where its lowest tick stands.</param>
    /// <param name="to">Where its highest stands.</param>
    /// <param name="steps">About how many steps there are from tick to tick.</param>
    public Axis(IReadOnlyList<double> values, double from, double to, int steps)
    {
        (double least, double most) = (values.Min(), values.Max());
        if (most - least <= 1e-12 * Math.Max(Math.Abs(least), Math.Abs(most)) || most == least)
            (least, most) = most == 0 ? (0, 1) : (least - (Math.Abs(least) / 2), most + (Math.Abs(most) / 2));
        double step = Round((most - least) / steps);
        (low, high) = (Math.Floor((least / step) + 1e-9) * step, Math.Ceiling((most / step) - 1e-9) * step);
        (this.from, this.to) = (from, to);
        Ticks = [.. Enumerable.Range(0, (int)Math.Round((high - low) / step) + 1).Select(i => low + (i * step)).Select(tick => Math.Abs(tick) < step / 1e6 ? 0 : tick)];
    }

    /// <summary>Round figures from the lowest to the highest.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a figure stands.</summary>
    public double this[double value] => from + ((value - low) / (high - low) * (to - from));

    /// <summary>The nearest 1, 2 or 5 times a power of ten that is not below.</summary>
    private static double Round(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power * (new double[] { 1, 2, 5, 10 }).First(factor => factor * power >= step * 0.999);
    }
}
