using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Reports;

namespace Acclimate.Cli.Commands;

/// <summary>Puts runs side by side.</summary>
internal sealed class CompareCommand : ExampledCommand
{
    public CompareCommand(Screen screen)
        : base("compare", "Put runs side by side: figures, and the options that differ")
    {
        Argument<string[]> runs = new("RUN") { Description = "Folders of complete runs, two or more", Arity = ArgumentArity.OneOrMore };
        Option<bool> classes = new("--classes") { Description = "Each class's figures too" };
        Option<bool> differentTargets = new("--different-targets") { Description = "Compare runs on different targets all the same" };
        Option<string?> html = new("--html") { Description = "Write one self-contained page too", HelpName = "FILE" };
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(runs);
        Add(classes);
        Add(differentTargets);
        Add(html);
        Add(json);
        SetAction(parsed =>
        {
            string[] named = parsed.GetRequiredValue(runs);
            if (named.Length < 2)
                throw new UsageException("compare takes two runs or more; one alone: acclimate report RUN");
            Comparison comparison = Comparison.Of([.. named.Select(Models.Run)], parsed.GetValue(differentTargets));
            if (parsed.GetValue(html) is { } page)
                ComparisonPage.Write(comparison, page);
            if (parsed.GetValue(json))
                screen.Json(comparison);
            else
                ComparisonView.Write(comparison, parsed.GetValue(classes), screen);
            if (parsed.GetValue(html) is { } written)
                (parsed.GetValue(json) ? screen.Error : screen.Out).WriteLine($"Page: {written}");
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate compare runs/office-jda runs/office-tca",
        "acclimate compare runs/demo/source-only-0 runs/demo/dan-0 --classes --html comparison.html",
        "acclimate compare runs/* --json",
    ];
}
