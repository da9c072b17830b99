using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Charts;

/// <summary>A point of a curve that has a name.</summary>
/// <param name="X">Where it stands.</param>
/// <param name="Y">How high it stands.</param>
/// <param name="Name">What is written beside it.</param>
/// <param name="Filled">Whether its mark is filled.</param>
internal sealed record Landmark(double X, double Y, string Name, bool Filled);

/// <summary>One curve over steps or rounds: one to a drawing, so that none has to be told from another by its colour.</summary>
internal static class LineChart
{
    private const double Width = 320, Height = 170, Left = 46, Right = 10, Top = 14, Bottom = 24;

    /// <summary>More points than this can't be seen: neighbours become their mean.</summary>
    private const int MostPoints = 300;

    /// <summary>Draws a curve.</summary>
    /// <param name="curve">The curve, with one point or more.</param>
    /// <param name="unit">What it runs over, such as steps.</param>
    /// <param name="landmarks">Points with names.</param>
    /// <param name="percent">Whether heights are shares, to be shown in per cent.</param>
    public static XElement Draw(Curve curve, string unit, IReadOnlyList<Landmark>? landmarks = null, bool percent = false)
    {
        IReadOnlyList<CurvePoint> points = Thinned(curve.Points);
        double[] heights = [.. points.Select(static p => p.Value), .. (landmarks ?? []).Select(static mark => mark.Y)];
        Axis x = new([curve.Points[0].Step, curve.Points[^1].Step], Left, Width - Right, 3), y = new(heights, Height - Bottom, Top, 3);
        StringBuilder path = new();
        foreach (CurvePoint point in points)
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{x[point.Step]:0.#} {y[point.Value]:0.#}");
        string Said(double value) => percent ? Numbers.Percent(value) : Numbers.Short(value);
        string label = $"{curve.Name} over {unit}: from {Said(curve.Points[0].Value)} to {Said(curve.Points[^1].Value)}, least {Said(curve.Points.Min(static p => p.Value))}, most {Said(curve.Points.Max(static p => p.Value))}";
        return Tag(
            "svg", Has("viewBox", $"0 0 {Width} {Height}"), Has("role", "img"), Has("aria-label", label),
            y.Ticks.Select(tick => (object[])[
                Tag("path", Class("rule"), Has("d", $"M{Coordinate(Left)} {Coordinate(y[tick])}H{Coordinate(Width - Right)}")),
                Tag("text", Class("tick"), Has("x", Left - 6), Has("y", y[tick] + 4), Has("text-anchor", "end"), percent ? FormattableString.Invariant($"{100 * tick:0.#} %") : Numbers.Short(tick))]),
            x.Ticks.Select((tick, i) => Tag(
                "text", Class("tick"), Has("x", x[tick]), Has("y", Height - 7), Has("text-anchor", i == 0 ? "start" : i == x.Ticks.Count - 1 ? "end" : "middle"),
                i == x.Ticks.Count - 1 ? $"{Numbers.Count((long)tick)} {unit}" : Numbers.Count((long)tick))),
            Tag("path", Class("curve"), Has("d", path.ToString())),
            (landmarks ?? []).Select(mark => Mark(mark, x, y)));
    }

    private static object[] Mark(Landmark mark, Axis x, Axis y)
    {
        (double left, double top) = (x[mark.X], y[mark.Y]);
        bool late = left > Width * 0.6;
        double below = mark.Filled ? 16 : -8;
        return
        [
            Tag("path", Class(mark.Filled ? "solid m0" : "hollow m1"), Has("d", Marks.At(mark.Filled ? 0 : 3, left, top))),
            Tag("text", Class("name"), Has("style", $"text-anchor: {(late ? "end" : "start")}"), Has("x", left + (late ? 3 : -3)), Has("y", top + below), mark.Name),
        ];
    }

    private static IReadOnlyList<CurvePoint> Thinned(IReadOnlyList<CurvePoint> points)
    {
        int each = (points.Count + MostPoints - 1) / MostPoints;
        return each <= 1 ? points : [.. points.Chunk(each).Select(static part => new CurvePoint(part[^1].Step, part.Average(static p => p.Value)))];
    }
}
