using System.Globalization;
using System.Xml.Linq;
using Acclimate.Reports.Charts;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>Each class's share that is right, what it is mistaken for, and what changed against another run.</summary>
internal static class ClassesSection
{
    private const int WidestTable = 30;
    private const int LongestUpright = 3;

    public static XElement? Of(ReportContents contents)
    {
        if (contents.Result is not { Confusion: { } confusion, Classes: var classes })
            return null;
        IReadOnlyList<IReadOnlyList<long>>? before = contents.Against is { } other ? other.Confusion : contents.SourceConfusion;
        before = before?.Count == confusion.Count ? before : null;
        string against = contents.Against is { } named ? ReportContents.TitleOf(named) : "Source only";
        return Section(
            "Class by class",
            Tag("p", $"On the labelled samples of the {contents.Scored}: the labels were used for scoring only."),
            Classes(confusion, before, against, classes),
            confusion.Count <= WidestTable
                ? Tag("details", confusion.Count <= WidestTable / 2 ? Has("open", "open") : null, Tag("summary", "What was taken for what"), Confusion(confusion, classes))
                : Tag("p", Class("note"), $"The whole table of {Numbers.Count(confusion.Count)} × {Numbers.Count(confusion.Count)} classes is in result.json."));
    }

    private static XElement Classes(IReadOnlyList<IReadOnlyList<long>> confusion, IReadOnlyList<IReadOnlyList<long>>? before, string against, IReadOnlyList<string> classes)
    {
        string[] head = before is null ? ["Class", "Samples", "Right", string.Empty, "Mostly mistaken for\t"] : ["Class", "Samples", against, "Right", "Change", string.Empty, "Mostly mistaken for\t"];
        return Table(
            before is null ? "Each class’s share that is right (filled mark)" : $"Each class’s share that is right (filled mark), and under {against} (hollow mark)", "wide",
            Head(head),
            Tag("tbody", Enumerable.Range(0, confusion.Count).Where(c => confusion[c].Sum() > 0).Select(c => Row(c))));

        XElement Row(int c)
        {
            double now = Share(confusion[c], c);
            double? then = before is not null && before[c].Sum() > 0 ? Share(before[c], c) : null;
            return Tag(
                "tr", Tag("th", Has("scope", "row"), classes[c]),
                Tag("td", Class("number"), Numbers.Count(confusion[c].Sum())),
                before is null ? null : Tag("td", Class("number"), then is { } old ? Numbers.Percent(old) : "–"),
                Tag("td", Class("number"), Numbers.Percent(now)),
                before is null ? null : Tag("td", Class("number"), then is { } first ? Change(100 * (now - first)) : "–"),
                Tag("td", Class("bar"), Marks.Track(now, then)),
                Tag("td", Mistaken(confusion[c], c, classes)));
        }
    }

    private static string Change(double points) => Math.Abs(points) < 0.05 ? "0.0" : points.ToString("+0.0;−0.0", CultureInfo.InvariantCulture);

    private static double Share(IReadOnlyList<long> row, int c) => (double)row[c] / row.Sum();

    private static string Mistaken(IReadOnlyList<long> row, int truth, IReadOnlyList<string> classes)
    {
        int other = Enumerable.Range(0, row.Count).Where(c => c != truth).DefaultIfEmpty(truth).MaxBy(c => row[c]);
        return other == truth || row[other] == 0 ? "–" : $"{classes[other]} ({Numbers.Count(row[other])})";
    }

    private static XElement Confusion(IReadOnlyList<IReadOnlyList<long>> confusion, IReadOnlyList<string> classes)
    {
        bool turned = classes.Any(static name => name.Length > LongestUpright);
        return Table(
            "How often each true class (row) was taken for each class (column); the darker, the more of the row", "confusion",
            Tag("thead", Tag("tr", Tag("td", Has("style", "background: none"), string.Empty), classes.Select(name => Tag("th", Has("scope", "col"), turned ? Class("turned") : null, name)))),
            Tag("tbody", confusion.Select((row, truth) => Tag("tr", Tag("th", Has("scope", "row"), classes[truth]), row.Select((count, said) => Cell(count, row.Sum(), said == truth))))));
    }

    private static XElement Cell(long count, long all, bool right) => Tag(
        "td", right ? Class("right") : count == 0 ? Class("none") : null,
        Has("style", $"--share: {(all == 0 ? 0 : (double)count / all).ToString("0.###", CultureInfo.InvariantCulture)}"), Numbers.Count(count));
}
