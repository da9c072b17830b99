using Acclimate.Runs;

namespace Acclimate.Cli.Rendering;

/// <summary>How what was tried reads on a terminal.</summary>
internal static class AutoView
{
    /// <summary>So many rows are read; the page has all.</summary>
    private const int Most = 10;

    /// <summary>The verdict, then what most checks prefer.</summary>
    public static void Write(AutoReport auto, Screen screen)
    {
        Prose.Hang(screen.Out, string.Empty, auto.Verdict);
        if (auto.Plan.Length > 0)
            Prose.Hang(screen.Out, "Planned: ", auto.Plan);
        AutoTrial[] judged = [.. auto.Trials.Where(static trial => trial.IsJudged).OrderByDescending(static trial => trial.Preferring)];
        if (judged.Length > 0)
        {
            Box box = new("Tried; checks without labels that prefer it to the source's own model");
            foreach (AutoTrial trial in judged.Take(Most))
                box.Row(trial.Name, $"{trial.Preferring} of {trial.Evidence.Count}", trial.Outcome == TrialOutcome.Admitted ? "in the answer" : "no part", Numbers.Duration(trial.Seconds));
            if (judged.Length > Most)
                box.Row($"and {judged.Length - Most} more: report.html has all");
            box.Write(screen);
        }

        foreach (AutoTrial trial in auto.Trials.Where(static trial => trial.Outcome == TrialOutcome.Failed))
            Prose.Hang(screen.Out, "  ", $"{trial.Name} failed: {trial.Reason}");
        string[] left = [.. auto.Trials.Where(static trial => trial.Outcome == TrialOutcome.OutOfTime).Select(static trial => trial.Name)];
        if (left.Length > 0)
            Prose.Hang(screen.Out, "No time for: ", string.Join(", ", left));
        foreach (string note in auto.Notes)
            Prose.Hang(screen.Out, "  ", note);
    }

    /// <summary>A trial that is done, in a line.</summary>
    public static string Line(AutoProgress progress) => progress.Done is not { } done ? string.Empty : done.Outcome switch
    {
        TrialOutcome.Failed => $"{done.Name}: failed",
        TrialOutcome.OutOfTime => $"{done.Name}: {done.Reason}",
        _ => $"{done.Name}: {(done.Outcome == TrialOutcome.Admitted ? "in the answer" : "no part")}, {done.Preferring} of {done.Evidence.Count} checks ({Numbers.Duration(done.Seconds)})",
    };
}
