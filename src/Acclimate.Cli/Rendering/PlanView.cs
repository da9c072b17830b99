using Acclimate.Selection.Planning;

namespace Acclimate.Cli.Rendering;

/// <summary>A plan: the path first, then why, what to type, and what is not known.</summary>
internal static class PlanView
{
    /// <summary>All of it for another program.</summary>
    public static object AsData(PlanFacts? facts, TransferPlan plan) => new
    {
        plan.Path.Path,
        plan.Path.Title,
        plan.Path.SameTask,
        plan.Path.SameDomain,
        plan.Path.AtOnce,
        plan.Path.Page,
        plan.Quadrant,
        plan.Methods,
        plan.Missing,
        plan.Reasons,
        plan.Assumptions,
        Facts = facts,
    };

    public static void Write(PlanFacts facts, TransferPlan plan, Screen screen)
    {
        string first = plan.Methods.Count > 0 ? $"start with {plan.Methods[0].Method}" : "nothing here does it";
        screen.Out.WriteLine(screen.Bold($"{plan.Path.Title}: {first}."));
        if (plan.Missing is { } missing)
            Prose.Hang(screen.Out, string.Empty, $"This project has no {missing}.");
        screen.Out.WriteLine();
        Known("Source", facts.Source, facts.SourceSamples, facts.SourceLabels);
        Known("Target", facts.Target, facts.TargetSamples, facts.TargetLabels);
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold("Why"));
        foreach (string reason in plan.Reasons)
            Prose.Hang(screen.Out, "  - ", reason);
        WriteMethods(plan, screen);
        if (plan.Assumptions.Count > 0)
        {
            screen.Out.WriteLine();
            screen.Out.WriteLine(screen.Bold("Not known, and it would change the answer"));
            foreach (PlanAssumption open in plan.Assumptions)
                Prose.Hang(screen.Out, "  - ", $"{open.Question} Taken for granted: {open.Assumed}. Otherwise: {open.Otherwise} ({open.Option}).");
        }

        screen.Out.WriteLine();
        screen.Out.WriteLine($"More: {plan.Path.Page} and docs/planning.md");

        void Known(string side, string path, int? samples, LabelState? labels)
        {
            string count = samples is { } n ? $"{Numbers.Count(n)} samples, " : string.Empty;
            string told = labels switch { LabelState.All => "labelled", LabelState.Few => "a few labels", LabelState.None => "no labels to learn from", _ => "labels not known" };
            screen.Fact(side, $"{path}  {count}{told}");
        }
    }

    private static void WriteMethods(TransferPlan plan, Screen screen)
    {
        if (plan.Methods.Count == 0)
            return;
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold("Try, in this order"));
        foreach ((PlannedMethod method, int place) in plan.Methods.Select(static (method, i) => (method, i + 1)))
        {
            Prose.Hang(screen.Out, $"  {place} ", $"{method.Method}: {method.Why}");
            foreach (string command in method.Commands)
                screen.Out.WriteLine($"    {command}");
        }
    }
}
