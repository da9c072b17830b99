using System.Xml.Linq;
using Acclimate.Reports.Charts;
using Acclimate.Runs;
using static Acclimate.Reports.Html.Markup;

namespace Acclimate.Reports.Sections;

/// <summary>How the loss, its terms and what was looked at beside went while the run learnt.</summary>
internal static class CurvesSection
{
    public static XElement? Of(ReportContents contents)
    {
        Curve[] drawn = [.. contents.Curves.Where(static curve => curve.Points.Count > 1 && curve.Points.All(static p => double.IsFinite(p.Value)))];
        IReadOnlyList<double> rounds = contents.Result.Certificate?.Objective ?? [];
        Curve[] certificate = rounds.Count > 1 && rounds.All(double.IsFinite) ? [new Curve("objective", [.. rounds.Select(static (value, i) => new CurvePoint(i + 1, value))])] : [];
        if (drawn.Length + certificate.Length == 0)
            return null;
        return Section(
            "How it went",
            Tag("p", "One drawing for each figure, each with a scale of its own."),
            Tag(
                "div", Class("grid"),
                drawn.Where(static curve => curve.Name == Curve.Score).Select(curve => Scored(curve, contents.Result)),
                drawn.Where(static curve => curve.IsTerm).Select(static curve => Drawing(curve.Name == "task" ? "Loss of the source’s task" : $"Term {curve.Name}", LineChart.Draw(curve, "steps"))),
                certificate.Select(static curve => Drawing("The method’s objective", LineChart.Draw(curve, "rounds"))),
                drawn.Where(static curve => curve.Name.StartsWith(Curve.Validator, StringComparison.Ordinal)).Select(static curve => Drawing(
                    $"Validator {curve.Name[Curve.Validator.Length..]}", LineChart.Draw(curve, "steps"), "Without target labels; higher is better.")),
                drawn.Where(static curve => curve.Name == Curve.GradientNorm).Select(static curve => Drawing("Length of the gradient", LineChart.Draw(curve, "steps"))),
                drawn.Where(static curve => curve.Name == Curve.LearningRate).Select(static curve => Drawing("Learning rate", LineChart.Draw(curve, "steps"))),
                drawn.Where(static curve => curve.Name.EndsWith(Curve.Weight, StringComparison.Ordinal)).Select(static curve => Drawing(
                    $"Weight of {curve.Name[..^Curve.Weight.Length]}", LineChart.Draw(curve, "steps")))));
    }

    private static XElement Scored(Curve curve, RunResult result)
    {
        List<Landmark> landmarks = [];
        if (result.Honest is { } honest)
            landmarks.Add(new Landmark(curve.Points[^1].Step, honest.Accuracy, "honest", Filled: true));
        if (result.Oracle is { } oracle && oracle.Step != curve.Points[^1].Step)
            landmarks.Add(new Landmark(oracle.Step, oracle.Accuracy, "oracle", Filled: false));
        return Drawing("Right on the target, by labels for scoring", LineChart.Draw(curve, "steps", landmarks, percent: true), "Nothing was chosen by it. Oracle: the highest point, which can’t be picked without labels.");
    }

    private static XElement Drawing(string title, XElement drawing, string? note = null) =>
        Tag("figure", Class("card"), Tag("h3", title), drawing, note is null ? null : Tag("figcaption", note));
}
