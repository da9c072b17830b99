using System.Globalization;
using System.Xml.Linq;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>The figures, each stamped with what it rests on.</summary>
internal static class FiguresSection
{
    private const string Knowable = "no target label used in choosing";
    private const string FewLabels = "a few target labels learnt from";
    private const string NotKnowable = "can’t be known in earnest";

    public static XElement Of(ReportContents contents)
    {
        RunResult result = contents.Result;
        return Section(
            "Figures",
            Tag(
                "div", Class("grid"),
                result.Honest is { } honest ? Honest(contents, honest) : Unknown(contents),
                result.Guard?.Source is { } source ? Beside("Source only", source, "The source’s own model, without adaptation, on the same samples.") : null,
                result.Guard is { Hedged: true, Bare: { } bare } ? Beside("Without the hedge", bare, "The method by itself, as --no-guard would return it.") : null,
                result.Oracle is { } oracle ? OracleOf(oracle) : null,
                (result.Tasks ?? []).Select(TaskOf)),
            Tag("p", Class("note"), Has("style", "margin-top: 1rem"), Tag("b", "Protocol: "), $"{result.Protocol}."))!;
    }

    private static XElement Honest(ReportContents contents, Score honest) => Card(
        "Honest", Numbers.Percent(honest.Accuracy), Tag("span", Class("stamp"), contents.Config.KnowsTarget ? FewLabels : Knowable),
        string.Create(
            CultureInfo.InvariantCulture,
            $"right on the {contents.Scored}; 95 % interval {100 * honest.Low:0.0}–{100 * honest.High:0.0} %, {Numbers.Count(honest.Samples)} samples. Macro-F1 {Numbers.Percent(honest.MacroF1)}{(honest.MacroRecall is { } recall ? $", mean over classes {Numbers.Percent(recall)}" : string.Empty)}."),
        contents.Result.Guard is { Hedged: true } ? "The hedged model, which is the one that is saved. Labels were used for this figure alone."
            : contents.IsShallow ? "The model as it was fitted. Labels were used for this figure alone." : "The model of the last step. Labels were used for this figure alone.");

    private static XElement Beside(string name, Score score, string note) => Card(
        name, Numbers.Percent(score.Accuracy), Tag("span", Class("stamp"), "for comparison; nothing was chosen by it"),
        string.Create(CultureInfo.InvariantCulture, $"{note} 95 % interval {100 * score.Low:0.0}–{100 * score.High:0.0} %."));

    private static XElement Unknown(ReportContents contents) => Card(
        "Accuracy on the target", "not measured", Tag("span", Class("stamp oracle"), "no target labels were given"),
        "Whatever else this page shows is no measure of it. To score the model on labelled samples:",
        Tag("pre", Has("style", "margin: 0.5rem 0 0"), $"acclimate evaluate {contents.Folder} LABELLED"));

    private static XElement OracleOf(Oracle oracle) => Card(
        "Oracle", Numbers.Percent(oracle.Accuracy), Tag("span", Class("stamp oracle"), NotKnowable),
        $"the best checkpoint (step {Numbers.Count(oracle.Step)}), picked by the target’s own labels. Who has no labels can’t pick it; it stands here for comparing with papers that print it.");

    private static XElement TaskOf(TaskResult task) => Card(
        $"Task {task.Name}", task.Honest is { } score ? Numbers.Percent(score.Accuracy) : "not measured", null,
        task.Honest is { } found ? $"right on its {Numbers.Count(found.Samples)} test samples; {Numbers.Count(task.Classes.Count)} classes." : "No labelled samples to score it on were given.");

    private static XElement Card(string name, string figure, XElement? stamp, params object?[] notes) => Tag(
        "div", Class("card"), Tag("h3", name), Tag("p", Class("figure"), figure), stamp, notes.Select(static note => note is string text ? Tag("p", text) : note));
}
