using System.Globalization;
using System.Text;
using System.Xml.Linq;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Charts;

/// <summary>The marks of drawings: eight shapes and eight colours, so that 64 kinds differ, and the first eight by their shape alone.</summary>
internal static class Marks
{
    /// <summary>Paths from a mark's middle: circle, square, triangle, diamond, triangle upside down, plus, hourglass, cross.</summary>
    private static readonly string[] Shapes =
    [
        "m-2.8 0a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0z", "m-2.5-2.5h5v5h-5z", "m0-3.4l3.2 5.6h-6.4z", "m0-3.5l3.2 3.5l-3.2 3.5l-3.2-3.5z",
        "m0 3.4l3.2-5.6h-6.4z", "m-1-3.2h2v2.2h2.2v2h-2.2v2.2h-2v-2.2h-2.2v-2h2.2z", "m-3-3.2h6l-6 6.4h6z", "m-3-1.7l1.3-1.3l1.7 1.7l1.7-1.7l1.3 1.3l-1.7 1.7l1.7 1.7l-1.3 1.3l-1.7-1.7l-1.7 1.7l-1.3-1.3l1.7-1.7z",
    ];

    /// <summary>A mark's path at a place.</summary>
    public static string At(int shape, double x, double y) => string.Create(CultureInfo.InvariantCulture, $"M{x:0.#} {y:0.#}{Shapes[shape]}");

    /// <summary>Many marks of one kind as one path.</summary>
    /// <param name="kind">Which kind, from 0.</param>
    /// <param name="filled">Whether they are filled.</param>
    /// <param name="places">Where they stand.</param>
    public static XElement Draw(int kind, bool filled, IEnumerable<(double X, double Y)> places)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in places)
            path.Append(At(Shape(kind), x, y));
        return Tag("path", Class($"{(filled ? "solid" : "hollow")} m{kind % Shapes.Length}"), Has("d", path.ToString()));
    }

    /// <summary>A mark by itself, for a legend.</summary>
    public static XElement Alone(int kind, bool filled) => Tag(
        "svg", Class("mark"), Has("viewBox", "-5 -5 10 10"), Has("aria-hidden", "true"), Draw(kind, filled, [(0, 0)]));

    /// <summary>A share on a line from 0 to 1, and what it was before where that is known.</summary>
    public static XElement Track(double now, double? then = null)
    {
        static double Place(double share) => 6 + (148 * share);
        return Tag(
            "svg", Has("viewBox", "0 0 160 12"), Has("aria-hidden", "true"),
            Tag("path", Class("rule"), Has("d", "M6 6H154M6 3V9M154 3V9")),
            then is { } old ? Tag("path", Class("curve"), Has("d", $"M{Coordinate(Place(old))} 6H{Coordinate(Place(now))}")) : null,
            then is { } first ? Tag("path", Class("hollow m1"), Has("d", At(3, Place(first), 6))) : null,
            Tag("path", Class("solid m0"), Has("d", At(0, Place(now), 6))));
    }

    private static int Shape(int kind) => (kind + (kind / Shapes.Length)) % Shapes.Length;
}
