using System.Xml.Linq;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>What the run was made of and with, and how to make it again.</summary>
internal static class RecordSection
{
    public static XElement Of(ReportContents contents)
    {
        RunResult result = contents.Result;
        return Section(
            "How to make it again",
            Tag("p", contents.Config.Auto is null
                ? "On the same machine with the same versions and as many threads, this gives the same model to the bit:"
                : "This does it again. What it comes to is settled by what was tried, and how much that is depends on the time:"),
            Tag("pre", Reproduction.CommandLine(contents.Config)),
            Tag("p", Class("note"), "Paths are as they were given, from the folder in which the command was started."),
            Tag(
                "div", Class("pair"),
                Facts("What it is made of", [
                    ("Method", $"{contents.Title} ({result.Method})"), ("Source", result.Source), ("Target", result.Target.Length > 0 ? result.Target : null),
                    ("Scored on", contents.Config.Test), ("Known target labels", contents.Config.TargetLabelled ?? contents.Config.TargetLabels),
                    ("Preprocessing", result.Preprocess), ("Classifier", result.Classifier), ("Weights", contents.Config.Weights),
                    ("Precision", result.Precision), ("Threads", Numbers.Count(result.Threads)), ("Seed", FormattableString.Invariant($"{result.Seed}")),
                    .. result.Options.Select(static option => (option.Key, (string?)option.Value))]),
                Facts("What it was made with", [.. result.Versions.Select(static version => (version.Key, (string?)version.Value)), .. Certificate(result)])),
            Tag(
                "details", Tag("summary", "The whole configuration (config.yaml)"),
                Tag("pre", string.Join('\n', contents.Config.Summary()))))!;
    }

    private static IEnumerable<(string, string?)> Certificate(RunResult result) => result.Certificate is not { } certificate ? [] :
    [
        ("Eigenpairs’ residual", Said(certificate.EigenResidual)), ("Constraint’s error", Said(certificate.ConstraintError)), ("Optimality (KKT)", Said(certificate.KktResidual)),
        .. certificate.Notes.Select(static note => ("Note", (string?)note)),
    ];

    private static string? Said(double? value) => value is { } known ? Numbers.Short(known) : null;

    private static XElement Facts(string caption, IEnumerable<(string Name, string? Value)> facts) => Table(
        caption, "facts wide",
        Tag("tbody", facts.Where(static fact => fact.Value is not null).Select(static fact => Tag("tr", Tag("th", Has("scope", "row"), fact.Name), Tag("td", fact.Value)))));
}
