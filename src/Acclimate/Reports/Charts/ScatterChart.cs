using System.Xml.Linq;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Charts;

/// <summary>Samples in the plane, a mark each.</summary>
internal static class ScatterChart
{
    private const double Width = 400, Height = 320, Margin = 12;
    private const int LongestName = 14;

    /// <summary>Draws points, both axes at one scale.</summary>
    /// <param name="points">Where samples stand: the source's, then the target's.</param>
    /// <param name="kinds">Each sample's kind, from 0.</param>
    /// <param name="filled">Whether each sample's mark is filled.</param>
    /// <param name="names">What is written where a kind has its filled marks; none for kinds that have no name there.</param>
    /// <param name="label">What is to be seen, for those who can't.</param>
    public static XElement Draw(Points points, int[] kinds, Func<int, bool> filled, IReadOnlyList<string> names, string label)
    {
        double wide = points.X.Max() - points.X.Min(), tall = points.Y.Max() - points.Y.Min();
        double scale = Math.Min((Width - (2 * Margin)) / Math.Max(wide, 1e-12), (Height - (2 * Margin)) / Math.Max(tall, 1e-12));
        scale = double.IsFinite(scale) && scale < 1e11 ? scale : 1;
        double middleX = (points.X.Max() + points.X.Min()) / 2, middleY = (points.Y.Max() + points.Y.Min()) / 2;
        (double X, double Y) Place(int i) => ((Width / 2) + ((points.X[i] - middleX) * scale), (Height / 2) - ((points.Y[i] - middleY) * scale));
        var groups = Enumerable.Range(0, kinds.Length).GroupBy(i => (Filled: filled(i), Kind: kinds[i])).OrderByDescending(static group => group.Key.Filled).ThenBy(static group => group.Key.Kind).ToArray();
        return Tag(
            "svg", Has("viewBox", $"0 0 {Width} {Height}"), Has("role", "img"), Has("aria-label", label),
            groups.Select(group => Marks.Draw(group.Key.Kind, group.Key.Filled, group.Select(Place))),
            groups.Where(group => group.Key.Filled && group.Key.Kind < names.Count).Select(group =>
            {
                (double x, double y) = Thickest([.. group.Select(Place)]);
                return Tag("text", Class("name"), Has("x", x), Has("y", y + 4), Short(names[group.Key.Kind]));
            }));
    }

    /// <summary>The place that has a third of the others nearest around it: one in the thick of them, even where they lie in two heaps.</summary>
    private static (double X, double Y) Thickest((double X, double Y)[] places) => places.MinBy(place =>
        places.Select(other => Math.Pow(other.X - place.X, 2) + Math.Pow(other.Y - place.Y, 2)).Order().ElementAt(places.Length / 3));

    private static string Short(string name) => name.Length <= LongestName ? name : string.Concat(name.EnumerateRunes().Take(LongestName - 1).Select(static rune => rune.ToString())) + "…";
}
