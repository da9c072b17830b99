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
        Option<bool> openSet = new("--open-set") { Description = "The labels may have classes that the model lacks; they count as one class, unknown. Taken for granted where the model has that class" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(model);
        Add(labelled);
        Add(openSet);
        Add(json);
        SetAction(parsed =>
        {
            using TransferModel opened = Models.Open(parsed.GetRequiredValue(model));
            if (opened is RegressionModel numbers)
                throw new UsageException($"this model gives numbers ({numbers.Column}), not classes: acclimate regress --test scores them, acclimate predict writes them");
            string path = parsed.GetRequiredValue(labelled);
            using Domain domain = opened.Open(path);
            if (domain.Labels is not { } labels)
                throw new DataException($"{path} has no labels to score against (for pictures: one folder a class)");
            bool open = parsed.GetValue(openSet) || OpenSet.IsTold(opened);
            using Domain coded = domain.WithLabels(open ? OpenSet.Code(labels, opened) : Aligned(labels, opened, path));
            IReadOnlyList<string> classes = open ? coded.Labels!.Classes : opened.Classes;
            (Score score, long[][] confusion) = TransferRun.Evaluate(opened, coded, cancellation);
            OpenSetScore? openScore = open ? OpenSetScore.Of(confusion, classes) : null;
            if (parsed.GetValue(json))
                screen.Json(new { score.Accuracy, score.Low, score.High, score.MacroF1, score.MacroRecall, score.Samples, OpenSet = openScore, Classes = classes, Confusion = confusion });
            else
                Write(score, openScore, confusion, classes, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate evaluate runs/office webcam.mat",
        "acclimate evaluate runs/office webcam.mat --open-set",
        "acclimate evaluate runs/demo/dan-0 'generated:digits-wild?seed=7'",
    ];

    private static Labels Aligned(Labels labels, TransferModel model, string path)
    {
        try
        {
            return labels.AlignTo(model.Classes);
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}\n  --open-set scores samples of such classes as one class, unknown.", e);
        }
    }

    private static void Write(Score score, OpenSetScore? open, long[][] confusion, IReadOnlyList<string> classes, Screen screen)
    {
        screen.Out.WriteLine(screen.Bold($"{Numbers.Accuracy(score)} right; macro-F1 {Numbers.Percent(score.MacroF1)}, mean over classes {Numbers.Percent(score.MacroRecall!.Value)}."));
        if (open is not null)
            screen.Out.WriteLine(Numbers.OpenSet(open));
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
