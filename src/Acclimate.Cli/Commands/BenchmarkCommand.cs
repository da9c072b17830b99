using System.CommandLine;
using System.Globalization;
using Acclimate.Benchmarks;
using Acclimate.Benchmarks.Honest;
using Acclimate.Benchmarks.Policies;
using Acclimate.Benchmarks.Relations;
using Acclimate.Benchmarks.Studies;
using Acclimate.Cli.Rendering;

namespace Acclimate.Cli.Commands;

/// <summary>Measures methods on a protocol: shallow ones with the printed figures beside them, networks seed by seed.</summary>
internal sealed class BenchmarkCommand : ExampledCommand
{
    public BenchmarkCommand(Screen screen, CancellationToken cancellation)
        : base("benchmark", "Measure methods on a protocol, printed figures beside them")
    {
        Argument<string> suite = new("SUITE") { Description = string.Join(", ", [.. BenchmarkSuites.All.Select(static known => known.Name), .. StudyCatalog.All.Select(static study => study.Name), HonestBenchmark.Name, RegressionBenchmark.Name, RelationsBenchmark.Name, PoliciesBenchmark.Name]) };
        Option<string?> methods = new("--methods", "-m") { Description = "Only these methods or rows, with commas between", HelpName = "NAMES" };
        Option<string?> tasks = new("--tasks") { Description = "Only these tasks, with commas between: \"M>U\" or M-U", HelpName = "NAMES" };
        Option<string?> seeds = new("--seeds") { Description = "Only these seeds, with commas between", HelpName = "NUMBERS" };
        Option<string?> cells = new("--cells") { Description = "Only this share of the cells: 3/8 is the third of eight. Shares of several machines become one table when their folders named cells are copied together", HelpName = "SHARE" };
        Option<int?> parallel = new("--parallel") { Description = "Networks to train at a time, one thread each; one after another with all threads if left out", HelpName = "N" };
        Option<long?> steps = new("--steps") { Description = "Other training steps than the suite's, for a quick look; kept apart from its own figures", HelpName = "N" };
        Option<string?> precision = new("--precision") { Description = "What networks compute in: float32, bf16 or auto", HelpName = "TYPE" };
        Option<string?> budget = new("--budget") { Description = $"For {HonestBenchmark.Name}: measure auto too, with this time for each pair: 90s, 2m", HelpName = "TIME" };
        Option<bool> again = new("--again") { Description = "Measure cells that are there once more" };
        Option<string?> output = new("--out", "-o") { Description = "Where tables and finished cells go; runs/benchmark-SUITE if left out. What is done there is not done again", HelpName = "FOLDER" };
        Option<bool> json = CommandLine.Json("Write the figures as JSON, progress to standard error"), noProgress = CommandLine.Quiet();
        Add(suite);
        foreach (Option option in (Option[])[methods, tasks, seeds, cells, parallel, steps, precision, budget, again, output, json, noProgress])
            Add(option);
        SetAction(parsed =>
        {
            if (parsed.GetValue(budget) is not null && parsed.GetRequiredValue(suite) != HonestBenchmark.Name)
                throw new UsageException($"--budget is the time of auto, which {HonestBenchmark.Name} alone measures");
            if (parsed.GetRequiredValue(suite) == HonestBenchmark.Name)
            {
                if (parsed.GetValue(methods) is not null || parsed.GetValue(steps) is not null || parsed.GetValue(precision) is not null)
                    throw new UsageException($"{HonestBenchmark.Name} measures choosing itself: it takes no --methods, --steps or --precision");
                (int one, int of) = parsed.GetValue(cells) is { } some ? Share(some) : (1, 1);
                BenchmarkOptions how = new()
                {
                    Folder = parsed.GetValue(output) ?? Path.Combine("runs", $"benchmark-{HonestBenchmark.Name}"),
                    Share = one,
                    Shares = of,
                    Parallel = parsed.GetValue(parallel),
                    Again = parsed.GetValue(again),
                    Cancellation = cancellation,
                };
                return Asked(() => HonestView.Run(screen with { Quiet = parsed.GetValue(noProgress) }, Names(parsed.GetValue(tasks)), [.. Names(parsed.GetValue(seeds)).Select(Seed)], how, parsed.GetValue(budget) is { } time ? AutoCommand.Seconds(time) : null, parsed.GetValue(json)));
            }

            if (parsed.GetRequiredValue(suite) == RegressionBenchmark.Name)
            {
                if (parsed.GetValue(cells) is not null || parsed.GetValue(parallel) is not null || parsed.GetValue(steps) is not null || parsed.GetValue(precision) is not null)
                    throw new UsageException($"{RegressionBenchmark.Name} takes minutes, and trains no networks: it takes no --cells, --parallel, --steps or --precision");
                string to = parsed.GetValue(output) ?? Path.Combine("runs", $"benchmark-{RegressionBenchmark.Name}");
                return Asked(() => RegressionView.Benchmark(
                    screen with { Quiet = parsed.GetValue(noProgress) }, Names(parsed.GetValue(tasks)), Names(parsed.GetValue(methods)), [.. Names(parsed.GetValue(seeds)).Select(Seed)], to, parsed.GetValue(json), cancellation));
            }

            if (StudyCatalog.Find(parsed.GetRequiredValue(suite)) is { } study)
            {
                if (new Option[] { tasks, parallel, steps, precision }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } other)
                    throw new UsageException($"{study.Name} has rows and seeds alone: it takes no {other.Name}");
                (int one, int of) = parsed.GetValue(cells) is { } some ? Share(some) : (1, 1);
                BenchmarkOptions how = new()
                {
                    Folder = parsed.GetValue(output) ?? Path.Combine("runs", $"benchmark-{study.Name}"),
                    Share = one,
                    Shares = of,
                    Again = parsed.GetValue(again),
                    Cancellation = cancellation,
                };
                return Asked(() => StudyView.Run(screen with { Quiet = parsed.GetValue(noProgress) }, study, Names(parsed.GetValue(methods)), [.. Names(parsed.GetValue(seeds)).Select(Seed)], how, parsed.GetValue(json)));
            }

            if (parsed.GetRequiredValue(suite) is RelationsBenchmark.Name or PoliciesBenchmark.Name)
            {
                Option[] others = [tasks, cells, parallel, steps, precision, again, output];
                if (others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
                    throw new UsageException($"{parsed.GetRequiredValue(suite)} makes its own worlds within minutes: it takes --methods, --seeds, --json and --quiet, and no {given.Name}");
                return Asked(() => GeneratedView.Run(
                    parsed.GetRequiredValue(suite), Names(parsed.GetValue(methods)), [.. Names(parsed.GetValue(seeds)).Select(Seed)],
                    screen with { Quiet = parsed.GetValue(noProgress) }, parsed.GetValue(json), cancellation));
            }

            BenchmarkSuite whole = Asked(() => BenchmarkSuites.Find(parsed.GetRequiredValue(suite)));
            BenchmarkSuite chosen = Asked(() => Trained(whole, parsed.GetValue(steps), parsed.GetValue(precision))
                .Only(Names(parsed.GetValue(methods)), Names(parsed.GetValue(tasks)), [.. Names(parsed.GetValue(seeds)).Select(Seed)]));
            (int share, int shares) = parsed.GetValue(cells) is { } part ? Share(part) : (1, 1);
            string folder = parsed.GetValue(output) ?? Path.Combine("runs", $"benchmark-{chosen.Name}");
            bool quiet = parsed.GetValue(json);
            IReadOnlyList<BenchmarkResult> results;
            using BenchmarkData data = new();
            try
            {
                using BenchmarkView view = new(screen with { Quiet = parsed.GetValue(noProgress) }, chosen, quiet);
                BenchmarkOptions options = new()
                {
                    Folder = folder,
                    Share = share,
                    Shares = shares,
                    Parallel = parsed.GetValue(parallel),
                    Again = parsed.GetValue(again),
                    Progress = view.Report,
                    Cancellation = cancellation,
                };
                results = Asked(() => BenchmarkRunner.Run(chosen, data, options));
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
                BenchmarkView.Write(chosen, results, screen, csv, markdown);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate benchmark office-caltech-surf --methods no-adaptation,jda",
        "acclimate benchmark jda-digits --out runs/digits --json",
        "acclimate benchmark digits-deep --methods source-only,dann --seeds 0",
        "acclimate benchmark digits-deep --cells 3/8 --parallel 2",
        "acclimate benchmark regression --tasks generated",
        "acclimate benchmark surf-open --methods no-adaptation-svm,ati",
        "acclimate benchmark heterogeneous",
        "acclimate benchmark honest --tasks surf,amazon --parallel 2",
        "acclimate benchmark honest --seeds 0 --budget 60s",
        "acclimate benchmark relations --methods all,quarter,tamar --seeds 0,1",
        "acclimate benchmark policies",
    ];

    private static string[] Names(string? list) => list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static BenchmarkSuite Trained(BenchmarkSuite suite, long? steps, string? precision)
    {
        if (steps is null && precision is null)
            return suite;
        if (suite.Training is not { } training)
            throw new ArgumentException($"--steps and --precision are for suites that train networks; the rows of {suite.Name} are shallow methods");
        return suite with { Training = training with { Steps = steps ?? training.Steps, Precision = precision ?? training.Precision } };
    }

    private static long Seed(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seed)
        ? seed
        : throw new ArgumentException($"--seeds: '{text}' is no whole number from 0");

    private static (int Share, int Shares) Share(string text) =>
        text.Split('/') is [string first, string second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int share)
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int shares)
        && share >= 1 && share <= shares
            ? (share, shares)
            : throw new UsageException($"--cells: '{text}' is no share; write 3/8 for the third of eight");

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
