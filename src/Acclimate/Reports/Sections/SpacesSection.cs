using System.Xml.Linq;
using Acclimate.Reports.Charts;
using Acclimate.Selection;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>Both domains before and after adaptation: drawn, and by how far they are apart.</summary>
internal static class SpacesSection
{
    private const int MostNames = 20;
    private const int LongestLegend = 40;

    public static XElement? Of(ReportContents contents) => contents.Spaces is { } spaces
        ? Section(
            "The two domains, before and after",
            Tag("p", Introduction(spaces)),
            Tag(
                "div", Class("spaces"),
                Choices(),
                Tag("div", Class("pair"), View("Before adaptation", spaces, spaces.Before, contents.Result.Classes), spaces.After is { } after ? View("After adaptation", spaces, after, contents.Result.Classes) : null),
                Tag("div", Class("by-domain"), Legend([("source", 0, true), ("target", 1, false)], [])),
                Tag("div", Class("by-class"), ClassLegend(spaces, contents.Result.Classes))),
            spaces.After is null ? Tag("p", Class("note"), Has("style", "margin-top: 1rem"), "The method leaves the features as they are, and changes what is made of them: there is no second picture.") : null,
            Tag("h3", Has("style", "margin-top: 1.75rem"), "How far apart"),
            Drift(spaces.Before, spaces.After),
            Tag(
                "p", Class("note"),
                "A-distance: how well a linear classifier tells the domains apart on samples that it has not seen, 0 (not at all) to 2 (always). MMD²: the distance of the two distributions’ means under a Gaussian kernel, "
                + "with the chance p of one so great if there were but one distribution. Domains that can’t be told apart are no proof that the classes were matched rightly."))
        : contents.NoSpaces is { } reason ? Section("The two domains, before and after", Tag("p", reason)) : null;

    private static string Introduction(Spaces spaces)
    {
        string marks = spaces.TargetIsKnown
            ? "By class, the target’s marks show its own labels: they were kept for scoring only, and nothing was learnt or chosen by them."
            : "By class, the target’s marks show what the model says, not what is true: its labels are not known.";
        return $"{Numbers.Count(spaces.SourceClasses.Length)} source and {Numbers.Count(spaces.TargetClasses.Length)} target samples. Filled marks are the source’s, hollow ones the target’s. "
            + $"t-SNE keeps neighbours together, but not distances or sizes; PCA keeps the two directions of most variance. {marks}";
    }

    private static XElement Choices() => Tag(
        "div", Class("choices"),
        Choice("Drawn by", "layout", ("tsne", "t-SNE"), ("pca", "PCA")),
        Choice("Marks by", "marks", ("domain", "domain"), ("class", "class")));

    private static XElement Choice(string legend, string name, params (string Value, string Text)[] choices) => Tag(
        "fieldset", Tag("legend", legend),
        choices.Select((choice, i) => Tag(
            "label", Tag("input", Has("type", "radio"), Has("name", name), Has("id", $"{name}-{choice.Value}"), i == 0 ? Has("checked", "checked") : null), choice.Text)));

    private static XElement View(string title, Spaces spaces, Space space, IReadOnlyList<string> classes)
    {
        int sources = spaces.SourceClasses.Length;
        int[] byDomain = [.. Enumerable.Repeat(0, sources), .. Enumerable.Repeat(1, spaces.TargetClasses.Length)], byClass = [.. spaces.SourceClasses, .. spaces.TargetClasses];
        IReadOnlyList<string> names = spaces.SourceClasses.Distinct().Count() <= MostNames ? classes : [];
        string apart = $"A-distance {Numbers.Fixed(space.Shift.ADistance.Value)} of 2";
        return Tag(
            "figure", Class("card"),
            Tag("h3", title),
            Layout("tsne", "t-SNE", space.Neighbours),
            Layout("pca", "PCA", space.Plane),
            Tag("figcaption", $"{Sentence(space.What)}: {Numbers.Count(space.Dimensions)} dimensions. {apart}."));

        XElement Layout(string value, string name, Points points) => Tag(
            "div", Class(value),
            Tag("div", Class("by-domain"), ScatterChart.Draw(points, byDomain, i => i < sources, [], $"{title}, {name}, by domain: {apart}")),
            Tag("div", Class("by-class"), ScatterChart.Draw(points, byClass, i => i < sources, names, $"{title}, {name}, by class: {apart}")));
    }

    private static XElement ClassLegend(Spaces spaces, IReadOnlyList<string> classes)
    {
        int[] seen = [.. spaces.SourceClasses.Concat(spaces.TargetClasses).Distinct().Order()];
        string[] rest = seen.Length > LongestLegend ? [$"and {Numbers.Count(seen.Length - LongestLegend)} more classes"] : [];
        return Legend([.. seen.Take(LongestLegend).Select(c => (classes[c], c, spaces.SourceClasses.Contains(c)))], rest);
    }

    private static XElement Legend((string Name, int Kind, bool Filled)[] entries, string[] rest) => Tag(
        "ul", Class("legend"), entries.Select(static entry => Tag("li", Marks.Alone(entry.Kind, entry.Filled), entry.Name)), rest.Select(static text => Tag("li", text)));

    private static XElement Drift(Space before, Space? after) => Table(
        "How far source and target are apart, on the samples drawn above", "wide",
        Head(after is null ? ["Measure", "Before"] : ["Measure", "Before", "After"]),
        Tag(
            "tbody",
            Row("A-distance, of 2", before, after, static shift => Numbers.Fixed(shift.ADistance.Value)),
            Row("MMD²", before, after, static shift => Numbers.Short(shift.Mmd.Mmd)),
            Row("Its permutation test", before, after, static shift => Numbers.PValue(shift.Mmd))));

    private static XElement Row(string name, Space before, Space? after, Func<DomainShift, string> figure) => Tag(
        "tr", Tag("th", Has("scope", "row"), name),
        Tag("td", Class("number"), figure(before.Shift)), after is null ? null : Tag("td", Class("number"), figure(after.Shift)));

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
