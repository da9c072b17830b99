using System.Xml.Linq;
using Acclimate.Reports.Charts;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>How the guard hedged the adapted model with the source's own, and what spoke for and against; no target label did.</summary>
internal static class GuardSection
{
    private const int MostShares = 20;
    private const int MostWeights = 6;

    public static XElement? Of(ReportContents contents)
    {
        if (contents.Result.Guard is not { } guard || (guard.Weights.Count == 0 && guard.Evidence.Count == 0 && guard.Notes.Count == 0))
            return null;
        return Section(
            "What the guard went by",
            Tag("p", "None of this has seen a target label. The checks are signs, not measurements: none of them says how often a model is right."),
            Weights(guard),
            Evidence(guard),
            Shift(guard, contents.Result.Classes),
            guard.Agreement is { } share ? Tag("p", Class("note"), $"One model stands for the several: it says the same as they do on {Numbers.Percent(share)} of the target’s samples.") : null,
            guard.Notes.Count > 0 ? Tag("ul", Class("note"), guard.Notes.Select(static note => Tag("li", note))) : null);
    }

    private static XElement? Weights(GuardReport guard)
    {
        if (guard.Weights.Count == 0)
            return null;
        GuardWeight[] sorted = [.. guard.Weights.OrderByDescending(static weight => weight.Weight)], light = sorted.Length > MostWeights + 1 ? sorted[MostWeights..] : [];
        return Table(
            guard.Rule is { } rule ? $"What each model weighs in the one that is returned, by the rule {rule}" : "What each model weighs in the one that is returned", "wide",
            Head("Model", "Family\t", "Weight", string.Empty),
            Tag("tbody", sorted[..^light.Length].Select(Row), light.Length > 0 ? Row(new GuardWeight($"{Numbers.Count(light.Length)} others together", string.Empty, light.Sum(static weight => weight.Weight))) : null));
    }

    private static XElement Row(GuardWeight weight) => Tag(
        "tr", Tag("th", Has("scope", "row"), weight.Candidate), Tag("td", weight.Family),
        Tag("td", Class("number"), Numbers.Fixed(weight.Weight)), Tag("td", Class("bar"), Marks.Track(weight.Weight)));

    private static XElement? Evidence(GuardReport guard)
    {
        if (guard.Evidence.Count == 0)
            return null;
        bool method = guard.Evidence.Any(static check => check.Method is not null);
        return Table(
            "Checks without labels; of each, higher is better", "wide",
            Head(["Check", "Source’s own model", .. method ? ["Method asked for"] : Array.Empty<string>(), "Adapted", "Prefers\t"]),
            Tag("tbody", guard.Evidence.Select(check => Tag(
                "tr", Tag("th", Has("scope", "row"), check.Title),
                Tag("td", Class("number"), Said(check.Source)), method ? Tag("td", Class("number"), Said(check.Method)) : null, Tag("td", Class("number"), Said(check.Adapted)),
                Tag("td", Preferred(check))))));
    }

    private static string Preferred(GuardEvidence check) =>
        check is { Source: null } or { Adapted: null } ? "can’t say" : check.PrefersAdapted ? "adapted" : (check with { Source = check.Adapted, Adapted = check.Source }).PrefersAdapted ? "source" : "neither";

    private static object[]? Shift(GuardReport guard, IReadOnlyList<string> classes)
    {
        if (guard.Shift is not { } shift)
            return null;
        string distance = Numbers.Fixed(shift.Distance);
        XElement said = Tag("p", shift.Suspected
            ? $"The class shares that adapting finds in the target are at odds with those that the source’s own model tells of (which differ from the source’s by {distance}, of 1), and the hedge heeds it."
            : $"By the source’s own model, the target’s class shares differ from the source’s by {distance}, of 1; adapting finds none that are at odds with that.");
        return shift.Shares.Count == 0 || shift.Shares.Count > Math.Min(MostShares, classes.Count) ? [said] :
        [
            said,
            Tag(
                "details", Tag("summary", "Estimated shares of the classes"),
                Table(
                    "The target’s classes as they are estimated without its labels", "wide",
                    Head("Class", "Estimated share", string.Empty),
                    Tag("tbody", shift.Shares.Select((share, c) => Tag(
                        "tr", Tag("th", Has("scope", "row"), classes[c]), Tag("td", Class("number"), Numbers.Fixed(share)), Tag("td", Class("bar"), Marks.Track(share))))))),
        ];
    }

    private static string Said(double? value) => value is { } known ? Numbers.Short(known) : "–";
}
