using System.Xml.Linq;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>What a run tried that chose by itself, in order, and what the checks said of it.</summary>
internal static class AutoSection
{
    public static XElement? Of(ReportContents contents)
    {
        if (contents.Result.Auto is not { } auto)
            return null;
        return Section(
            "What was tried",
            Tag("p", auto.Verdict),
            Tag("p", Class("note"), $"{(auto.Plan.Length > 0 ? $"Planned: {auto.Plan} " : string.Empty)}Order: {auto.Order}. The checks are signs, not measurements, and no target label was among them: what has no part in the answer may yet be good."),
            auto.Trials.Count == 0 ? null : Table(
                $"In {Numbers.Duration(auto.Seconds)} of {Numbers.Duration(auto.Budget)}", "wide",
                Head("Tried", "Checks for it", "Seconds", "Part\t", "Options\t", "Why\t"),
                Tag("tbody", auto.Trials.Select(Row))),
            auto.Notes.Count > 0 ? Tag("ul", Class("note"), auto.Notes.Select(static note => Tag("li", note))) : null);
    }

    private static XElement Row(AutoTrial trial) => Tag(
        "tr", Tag("th", Has("scope", "row"), trial.Name),
        Tag("td", Class("number"), trial.IsJudged ? $"{trial.Preferring} of {trial.Evidence.Count}" : "–"),
        Tag("td", Class("number"), trial.Seconds > 0 ? Numbers.Short(trial.Seconds) : "–"),
        Tag("td", Part(trial)),
        Tag("td", trial.Options.Count == 0 ? "defaults" : string.Join(", ", trial.Options.Select(static option => $"{option.Key}={option.Value}"))),
        Tag("td", trial.Why));

    private static string Part(AutoTrial trial) => trial.Outcome switch
    {
        TrialOutcome.Admitted => "in the answer",
        TrialOutcome.NotAdmitted => "none",
        TrialOutcome.Failed => $"failed: {trial.Reason}",
        _ => trial.Reason ?? "no time",
    };
}
