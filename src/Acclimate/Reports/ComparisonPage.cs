using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Acclimate.Torch;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports;

/// <summary>Runs side by side as one page that needs nothing else.</summary>
public static class ComparisonPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(Comparison comparison, string path)
    {
        byte[] page = Encoding.UTF8.GetBytes(Of(comparison));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page's text.</summary>
    internal static string Of(Comparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        IReadOnlyList<ComparedRun> runs = comparison.Runs;
        bool sourceOnly = runs.Any(static run => run.SourceOnly is not null);
        string[] letters = [.. runs.Select(static run => run.Letter)];
        return Page(
            $"{Numbers.Count(runs.Count)} runs side by side",
            Tag(
                "header", Tag("p", Class("kind"), "Acclimate · comparison of runs"), Tag("h1", Verdict(comparison)),
                Tag("p", Class("quiet"), comparison.SameTarget ? $"Target: {runs[0].Target}" : "The runs have different targets: their figures say nothing of each other.")),
            Section(
                "Figures",
                Table(
                    "Share of the target that is right", "wide",
                    Head(["Run", "Method\t", "Honest", "95 % interval", "Oracle", .. sourceOnly ? ["Source only"] : Array.Empty<string>(), "Time"]),
                    Tag("tbody", runs.Select(run => Row(run, sourceOnly)))),
                Tag("p", Class("note"), "Honest: no target label was used in choosing, unless a run’s protocol says so. Oracle: the best checkpoint, picked by the target’s own labels; it can’t be known in earnest.")),
            Section(
                "What differs",
                comparison.Differences.Count == 0 ? Tag("p", "Nothing: the runs are made of the same.") : Table(
                    "Options and versions that are not the same in all runs", "wide",
                    Head(["Option", .. letters]),
                    Tag("tbody", comparison.Differences.Select(static difference => Tag(
                        "tr", Tag("th", Has("scope", "row"), difference.Name), difference.Values.Select(static value => Tag("td", Class("number"), value ?? "–"))))))),
            comparison.Classes.All(static shares => shares.Right.All(static share => share is null)) ? null : Section(
                "Class by class",
                Table(
                    "Each class’s share that is right, in per cent", "wide",
                    Head(["Class", .. letters]),
                    Tag("tbody", comparison.Classes.Where(static shares => shares.Right.Any(static share => share is not null)).Select(static shares => Tag(
                        "tr", Tag("th", Has("scope", "row"), shares.Class),
                        shares.Right.Select(static share => Tag("td", Class("number"), share is { } known ? (100 * known).ToString("0.0", CultureInfo.InvariantCulture) : "–"))))))),
            Section(
                "Protocols",
                Tag("ul", runs.Select(static run => Tag("li", Tag("b", $"{run.Letter}: "), $"{run.Protocol}.")))));
    }

    /// <summary>Which is best, where that can be told.</summary>
    internal static string Verdict(Comparison comparison)
    {
        ComparedRun[] scored = [.. comparison.Runs.Where(static run => run.Honest is not null).OrderByDescending(static run => run.Honest!.Accuracy)];
        if (!comparison.SameTarget || scored.Length < 2)
            return $"{Numbers.Count(comparison.Runs.Count)} runs side by side";
        ComparedRun best = scored[0], next = scored[1];
        string said = $"{best.Letter} ({best.Method}) is right most often: {Numbers.Percent(best.Honest!.Accuracy)}";
        return next.Honest!.Accuracy == best.Honest.Accuracy ? $"{best.Letter} and {next.Letter} are right as often: {Numbers.Percent(best.Honest.Accuracy)}"
            : next.Honest.High >= best.Honest.Low ? $"{said}, but its interval overlaps with that of {next.Letter} ({next.Method})" : said;
    }

    private static XElement Row(ComparedRun run, bool sourceOnly) => Tag(
        "tr", Tag("th", Has("scope", "row"), Tag("b", run.Letter), $" {run.Folder}"), Tag("td", run.Method),
        Tag("td", Class("number"), run.Honest is { } honest ? Numbers.Percent(honest.Accuracy) : "not measured"),
        Tag("td", Class("number"), run.Honest is { } score ? string.Create(CultureInfo.InvariantCulture, $"{100 * score.Low:0.0}–{100 * score.High:0.0}") : "–"),
        Tag("td", Class("number"), run.Oracle is { } oracle ? Numbers.Percent(oracle.Accuracy) : "–"),
        sourceOnly ? Tag("td", Class("number"), run.SourceOnly is { } source ? Numbers.Percent(source.Accuracy) : "–") : null,
        Tag("td", Class("number"), Numbers.Duration(run.Seconds)));
}
