using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Commands;

/// <summary>Scores a trained model on labelled samples.</summary>
internal sealed class EvaluateCommand : ExampledCommand
{
    private const int WidestConfusion = 10;

    public EvaluateCommand(Screen screen, CancellationToken cancellation)
        : base("evaluate", "Score a trained model on labelled samples")
    {
        Argument<string> model = new("MODEL") { Description = "A run's folder, or a model's" };
        Argument<string> labelled = new("LABELLED") { Description = "Samples with labels" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(model);
        Add(labelled);
        Add(json);
        SetAction(parsed =>
        {
            using TransferModel opened = Models.Open(parsed.GetRequiredValue(model));
            string path = parsed.GetRequiredValue(labelled);
            using Domain domain = opened.Open(path);
            if (domain.Labels is not { } labels)
                throw new DataException($"{path} has no labels to score against (for pictures: one folder a class)");
            using Domain coded = domain.WithLabels(labels.AlignTo(opened.Classes));
            (Score score, long[][] confusion) = TransferRun.Evaluate(opened, coded, cancellation);
            if (parsed.GetValue(json))
                screen.Json(new { score.Accuracy, score.Low, score.High, score.MacroF1, score.Samples, opened.Classes, Confusion = confusion });
            else
                Write(score, confusion, opened.Classes, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate evaluate runs/office webcam.mat",
        "acclimate evaluate runs/demo/dan-0 'generated:digits-wild?seed=7'",
    ];

    private static void Write(Score score, long[][] confusion, IReadOnlyList<string> classes, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold($"{Numbers.Accuracy(score)} right; macro-F1 {Numbers.Percent(score.MacroF1)}."));
        screen.Out.WriteLine();
        ClassTable.Write(confusion, classes, screen);
        if (confusion.Length > WidestConfusion)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine("How often each true class (row) was taken for each class (column):");
        foreach (long[] row in confusion)
            screen.Out.WriteLine(string.Concat(row.Select(n => $"{n,7}")));
    }
}
