using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Data;
using Acclimate.Selection;

namespace Acclimate.Cli.Commands;

/// <summary>Adapts a model on generated digits, before the user's eyes.</summary>
internal sealed class DemoCommand : ExampledCommand
{
    private const long DefaultSteps = 600;
    private const int DefaultSeeds = 3;

    public DemoCommand(Screen screen, CancellationToken cancellation)
        : base("demo", "Adapt a model on generated digits: no download, under 5 minutes")
    {
        Option<long> steps = new("--steps") { Description = "Training steps of each model", DefaultValueFactory = _ => DefaultSteps, HelpName = "N" };
        Option<int> seeds = new("--seeds") { Description = "Models of each method", DefaultValueFactory = _ => DefaultSeeds, HelpName = "N" };
        Option<string?> output = new("--out", "-o") { Description = "Where the runs go; runs/demo if left out. An interrupted demo goes on from there", HelpName = "FOLDER" };
        Option<bool> json = new("--json") { Description = "Write the figures as JSON, progress to standard error" };
        Option<bool> noProgress = CommandLine.Quiet();
        steps.Validators.Add(result => { if (result.GetValueOrDefault<long>() < 1) result.AddError("--steps must be 1 or more"); });
        seeds.Validators.Add(result => { if (result.GetValueOrDefault<int>() < 1) result.AddError("--seeds must be 1 or more"); });
        foreach (Option option in (Option[])[steps, seeds, output, json, noProgress])
            Add(option);
        SetAction(parsed =>
        {
            bool quiet = parsed.GetValue(json);
            string folder = parsed.GetValue(output) ?? Unfinished(Path.Combine("runs", "demo"));
            if (!quiet)
                Introduce(screen, cancellation);
            DemoReport report;
            try
            {
                report = new Demonstration(folder, parsed.GetValue(steps), parsed.GetValue(seeds), screen with { Quiet = parsed.GetValue(noProgress) }, quiet, cancellation).Run();
            }
            catch (OperationCanceledException)
            {
                screen.Error.WriteLine($"What is done is kept in {folder}: the same command goes on from there.");
                throw;
            }

            if (quiet)
            {
                screen.Json(report);
                return ExitCode.Success;
            }

            screen.Out.WriteLine();
            Demonstration.Write(report, screen);
            screen.Out.WriteLine($"Models and figures: {folder}");
            screen.Out.WriteLine("Next: ./acclimate train your/source your/target");
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate demo                          three seeds of source-only and of DAN",
        "acclimate demo --steps 200 --seeds 1    a quick look",
    ];

    /// <summary>The folder of a demo that was interrupted, or of a new one.</summary>
    private static string Unfinished(string wanted) =>
        Enumerable.Range(1, int.MaxValue).Select(n => n == 1 ? wanted : $"{wanted}-{n}").First(folder => !File.Exists(DemoReport.In(folder)));

    private static void Introduce(Screen screen, CancellationToken cancellation)
    {
        using Domain source = Domain.Open(Demonstration.Source), target = Domain.Open(Demonstration.Target);
        screen.Out.WriteLine();
        screen.Fact("Source", $"drawn digits, clean        {Numbers.Count(source.Count)} labelled");
        screen.Fact("Target", $"drawn digits, in the wild  {Numbers.Count(target.Count)} unlabelled (labels kept aside for scoring only)");
        DomainShift shift = DomainShift.OfSamples(source, target, distancesAlone: true, cancellation);
        screen.Fact("Shift", $"A-distance {Numbers.Fixed(shift.ADistance.Value)} of 2 · MMD² {Numbers.Short(shift.Mmd.Mmd)} ({Numbers.PValue(shift.Mmd)}), pixel by pixel");
        screen.Out.WriteLine();
    }
}
