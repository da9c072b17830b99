using Acclimate.Runs;
using Acclimate.Training;

namespace Acclimate.Cli.Rendering;

/// <summary>Shows a run while it trains, with the loss's terms in a table on a terminal; or while it fits in rounds.</summary>
internal sealed class RunProgressView(Screen screen, string name, bool toError = false) : IDisposable
{
    private ProgressLine line = new(screen, name, toError);
    private TermsTable terms = new();
    private string shown = name;

    public void Report(RunProgress progress)
    {
        // A hedged run trains two networks, each with a line of its own.
        if (progress.Of is { } of && of != shown)
        {
            line.Dispose();
            line = new ProgressLine(screen, of, toError);
            terms = new TermsTable();
            shown = of;
        }

        if (progress.Cached is { } part)
            line.Report((long)(100 * part), 100, "frozen stages, once for each sample", "%");
        if (progress.Validators is { } validators)
            terms.Add(validators);
        if (progress.Step is { } step)
        {
            terms.Add(step);
            line.Report(step.Step, step.Steps, Figures(step), "steps", terms.Lines);
        }

        if (progress.Round is { } round)
            line.Report(round.Round, round.Rounds, string.Empty, "rounds");
    }

    public void Dispose() => line.Dispose();

    /// <summary>The classification loss, and what the method adds first, summed over layers or tasks.</summary>
    private static string Figures(StepReport step)
    {
        string loss = step.Terms.TryGetValue("task", out double task) ? $"loss {Numbers.Fixed(task)}" : string.Empty;
        string[] others = [.. step.Terms.Keys.Where(term => term != "task")];
        if (others.Length == 0)
            return loss;
        string first = others[0].Split('.')[0];
        return $"{loss}  {first} {Numbers.Fixed(others.Where(term => term.Split('.')[0] == first).Sum(term => step.Terms[term]))}";
    }
}
