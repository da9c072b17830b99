using System.Globalization;
using System.Xml.Linq;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>What came out, first and in plain words.</summary>
internal static class VerdictSection
{
    public static XElement Of(ReportContents contents)
    {
        RunResult result = contents.Result;
        return Tag(
            "header",
            Tag("p", Class("kind"), "Acclimate · report of a run"),
            Tag("h1", Headline(contents)),
            Sentences(contents).Select(static (sentence, i) => Tag("p", i == 0 ? Class("lead") : null, sentence)),
            Tag("p", Class("quiet"), Subject(contents)));
    }

    /// <summary>The verdict in one sentence.</summary>
    private static string Headline(ReportContents contents)
    {
        string method = contents.Result.Guard is { Hedged: true } ? $"{contents.Title}, hedged," : contents.Title;
        return contents.Result.Honest is { } honest
            ? $"{method} gets {Numbers.Percent(honest.Accuracy)} of the {contents.Scored} right"
            : $"{method} is {(contents.IsShallow ? "fitted" : "trained")}; whether it helps is not verified";
    }

    private static IEnumerable<string> Sentences(ReportContents contents)
    {
        RunResult result = contents.Result;
        if (result.Guard is { } guard)
            yield return guard.Verdict.EndsWith('.') ? guard.Verdict : $"{guard.Verdict}.";
        if (result.Honest is not { } honest)
        {
            yield return "No target labels were given, so nothing on this page says how often the model is right on the target. "
                + "A few dozen labelled target samples are enough for a first answer.";
            yield break;
        }

        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{(result.Guard is null ? "With" : "Scored afterwards, by labels that nothing was chosen by: with")} 95 % confidence the share lies between {100 * honest.Low:0.0} and {100 * honest.High:0.0} %: {Numbers.Count(honest.Samples)} labelled samples were scored.");
        if (contents.Against is { Honest: { } other } against)
            yield return Compared(honest, other, ReportContents.TitleOf(against));
        if (result.Guard?.Source is { } source)
            yield return Compared(honest, source, "the source’s own model, without adaptation");

        if (result.OpenSet is { } open)
            yield return Numbers.OpenSet(open) + ".";
        if (result.Retrieval is { } found)
            yield return $"By {found.Bits}-bit codes, target samples find source samples of their class with a mean average precision of {Numbers.Percent(found.MeanAveragePrecision)}.";
    }

    private static string Compared(Score honest, Score other, string name)
    {
        double points = 100 * (honest.Accuracy - other.Accuracy);
        string than = $"{name}: {Numbers.Percent(other.Accuracy)}";
        return Math.Abs(points) < 0.05 ? $"That is as much as {than}." : string.Create(CultureInfo.InvariantCulture, $"That is {Math.Abs(points):0.0} points {(points > 0 ? "more" : "less")} than {than}.");
    }

    private static string Subject(ReportContents contents)
    {
        RunResult result = contents.Result;
        string source = contents.Samples is { } counts ? $"{result.Source} ({Numbers.Count(counts.Source)} labelled samples)" : result.Source;
        string target = result.Target.Length == 0 ? string.Empty : contents.Samples is { } both ? $" → {result.Target} ({Numbers.Count(both.Target)} samples)" : $" → {result.Target}";
        string steps = result.Steps > 0 ? $"{Numbers.Count(result.Steps)} steps in " : string.Empty;
        return $"{source}{target} · {Numbers.Count(result.Classes.Count)} classes · {steps}{Numbers.Duration(result.Seconds)} · seed {result.Seed}";
    }
}
