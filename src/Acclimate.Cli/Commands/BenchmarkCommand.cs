using System.CommandLine;
using Acclimate.Benchmarks;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>Measures shallow methods on published protocols, the printed figures beside them.</summary>
internal sealed class BenchmarkCommand : ExampledCommand
{
    public BenchmarkCommand(Screen screen, CancellationToken cancellation)
        : base("benchmark", "Measure shallow methods on a published protocol, the printed figures beside them")
    {
        Argument<string> suite = new("SUITE") { Description = string.Join(", ", BenchmarkSuites.All.Select(static known => known.Name)) };
        Option<string?> methods = new("--methods", "-m") { Description = "Only these methods or rows, with commas between", HelpName = "NAMES" };
        Option<string?> output = new("--out", "-o") { Description = "Where tables and finished cells go; runs/benchmark-SUITE if left out. What is done there is not done again", HelpName = "FOLDER" };
        Option<bool> json = new("--json") { Description = "Write the figures as JSON, progress to standard error" };
        Add(suite);
        foreach (Option option in (Option[])[methods, output, json])
            Add(option);
        SetAction(parsed =>
        {
            BenchmarkSuite chosen = Asked(() => BenchmarkSuites.Find(parsed.GetRequiredValue(suite)));
            string[] names = parsed.GetValue(methods)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
            IReadOnlyList<BenchmarkRow> rows = Asked(() => chosen.Choose(names));
            string folder = parsed.GetValue(output) ?? Path.Combine("runs", $"benchmark-{chosen.Name}");
            bool quiet = parsed.GetValue(json);
            IReadOnlyList<BenchmarkResult> results;
            using BenchmarkData data = new();
            try
            {
                using BenchmarkView view = new(screen, chosen, quiet);
                results = BenchmarkRunner.Run(chosen, rows, data, folder, view.Report, cancellation);
            }
            catch (OperationCanceledException)
            {
                screen.Error.WriteLine($"What is done is kept in {folder}: the same command goes on from there.");
                throw;
            }

            (string csv, string markdown) = BenchmarkTables.Save(chosen, results, folder);
            if (quiet)
                screen.Json(BenchmarkView.AsData(chosen, results));
            else
                BenchmarkView.Write(results, screen, csv, markdown);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate benchmark office-caltech-surf --methods no-adaptation,jda",
        "acclimate benchmark jda-digits --out runs/digits --json",
    ];

    /// <summary>What the user asked for by name; a name that is not known is wrong use.</summary>
    private static T Asked<T>(Func<T> find)
    {
        try
        {
            return find();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
