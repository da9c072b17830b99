using System.Globalization;
using Acclimate.Runs;
using Acclimate.Selection.Verification;

namespace Acclimate.Cli.Rendering;

/// <summary>What is to be labelled of a run, and what labels said.</summary>
internal static class VerificationView
{
    /// <summary>Whether somebody has begun to fill in the run's own table.</summary>
    public static bool HasLabels(RunFolder run, ToLabel list) => File.Exists(run.Labels) && GivenLabels.Read(run.Labels, list).Count > 0;

    /// <summary>What is to be labelled.</summary>
    public static void Write(ToLabel list, RunFolder run, Screen screen)
    {
        int all = list.Order.Count;
        if (all == 0)
        {
            screen.Out.WriteLine(screen.Bold($"Nothing to decide: both models say the same of all {Numbers.Count(list.Samples)} target samples."));
            return;
        }

        screen.Out.WriteLine(screen.Bold($"The source's own model and the adapted one disagree on {Numbers.Part(all, list.Samples, "target samples")}."));
        screen.Out.WriteLine($"{Numbers.Count(list.Listed)} of them are drawn at random: write their classes into the column label of");
        screen.Out.WriteLine($"  {run.Labels}");
        Prose.Hang(screen.Out, string.Empty, $"From the top on, as many as you like, leaving none out; '{Data.Labels.Unknown}' for a sample of none of the classes ({Data.Labels.Listed(list.Classes)}).");
        screen.Out.WriteLine();
        screen.Out.WriteLine("How probably so many labels point to the better model / decide for it, in percent:");
        ChancesView.Rows([(double)all / list.Samples], list.Classes.Count == 2 ? 1 : LabelChances.UsualOneRight, screen);
        screen.Out.WriteLine($"Next: acclimate verify {run.Path}");
    }

    /// <summary>What labels said.</summary>
    public static void Write(Verification found, ToLabel list, RunFolder run, Screen screen)
    {
        PairedTest test = found.Test;
        screen.Out.WriteLine(screen.Bold($"{found.Verdict}."));
        Prose.Hang(screen.Out, "Labels  ", $"{Numbers.Count(test.Labels)} of {Numbers.Count(test.Disagreements)} disagreements ({Numbers.Count(test.Samples)} target samples): the adapted model alone is right on {test.Adapted}, the source's own on {test.Source}, neither on {test.Neither}");
        screen.Fact("Test", string.Create(CultureInfo.InvariantCulture, $"p = {test.PValue:0.###}, exact, two-sided"));
        screen.Fact("Differ", string.Create(CultureInfo.InvariantCulture, $"adapted {Points(test.Difference)} points on the whole target (95 % interval {Points(test.Low)} to {Points(test.High)})"));
        if (!test.Decided)
        {
            Prose.Hang(screen.Out, "More    ", test.MoreLabels is { } more
                ? $"about {Numbers.Count(more)} more labels decide, if things go on as they are{(list.Listed - test.Labels >= more ? string.Empty : $"; to list them: acclimate verify {run.Path} --more {Math.Max(1, test.Labels + more - list.Listed)}")}"
                : "how many more labels decide can't be said while neither leads");
        }

        string now = Name(found.Kept), before = Name(found.Before);
        Prose.Hang(screen.Out, "Kept    ", found.Kept == found.Before ? $"{now}, as before: {run.Model}" : $"{now}, in place of {before}: {run.Model}. Both are still in it, and other labels choose again");
        foreach (string note in found.Notes)
            Prose.Hang(screen.Out, "Note    ", note + ".");
        screen.Out.WriteLine($"Next: acclimate predict {run.Path} INPUT --out predictions.csv");
    }

    private static string Name(Kept kept) => kept switch
    {
        Kept.Source => "the source's own model",
        Kept.Adapted => "the adapted model",
        _ => "the hedge of both",
    };

    private static string Points(double share) => (100 * share).ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture);
}
