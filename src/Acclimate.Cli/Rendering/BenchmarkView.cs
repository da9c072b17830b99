using System.Globalization;
using Acclimate.Benchmarks;

namespace Acclimate.Cli.Rendering;

/// <summary>Shows a benchmark: each row with its cells as it is finished, then all averages beside the printed ones.</summary>
internal sealed class BenchmarkView : IDisposable
{
    private const int NameWidth = 24;
    private const int TrainedNameWidth = 18;
    private const int TrainedWidth = 14;
    private const double Close = 1;

    private readonly Screen screen;
    private readonly BenchmarkSuite suite;
    private readonly bool quiet;
    private ProgressLine line;

    public BenchmarkView(Screen screen, BenchmarkSuite suite, bool quiet)
    {
        this.screen = screen;
        this.suite = suite;
        this.quiet = quiet;
        line = new ProgressLine(screen, suite.Name, toError: quiet);
        if (quiet || screen.Quiet)
            return;
        screen.Out.WriteLine($"{suite.Title}: {(suite.IsOpen ? "OS" : "accuracy")} on the target, %");
        if (suite.Training is null)
            screen.Out.WriteLine(Cells(suite.Tasks.Select(static task => task.Name)));
    }

    public void Report(BenchmarkProgress progress)
    {
        line.Report(progress.Done, progress.Cells, $"{progress.Row.Name} {progress.Task.Name}", "cells");
        if (quiet || screen.Quiet || (suite.Training is null && progress.Finished is null))
            return;
        if (screen.Live)
        {
            line.Dispose();
            line = new ProgressLine(screen, suite.Name);
        }

        if (suite.Training is not null)
            Write(progress);
        else
            Write(progress.Finished!);
    }

    public void Dispose() => line.Dispose();

    /// <summary>The averages, the verdict first.</summary>
    public static void Write(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results, Screen screen, string csv, string markdown)
    {
        screen.Out.WriteLine();
        if (suite.Training is null)
            WriteCompared(suite, results, screen);
        else
            WriteTrained(suite, results, screen);
        screen.Out.WriteLine();
        screen.Out.WriteLine($"Every cell: {markdown} and {csv}");
    }

    /// <summary>The figures for another program.</summary>
    public static object AsData(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results) => new
    {
        Suite = suite.Name,
        Tasks = suite.Tasks.Select(static task => task.Name),
        suite.Seeds,
        Rows = results.Select(result => new
        {
            result.Row.Name,
            result.Row.Method,
            result.Row.Options,
            result.Row.Preprocess,
            Classifier = suite.Training is null ? result.Row.Classifier : null,
            Accuracies = result.Tasks.Select(static task => task.Accuracy?.Mean),
            result.Average,
            OsStar = suite.Training is null ? result.OsStar : null,
            Hos = suite.Training is null ? result.Hos : null,
            result.Seconds,
            result.EigenResidual,
            result.Oracle,
            Cells = suite.Training is null ? null : result.Tasks.Select(static task => task.Cells.Select(static cell => new { cell.Accuracy, cell.Oracle, cell.Seconds, cell.OpenSet, cell.Failure })),
            References = result.Row.References.Select(reference => new { reference.Table, reference.Method, Accuracies = reference.Cells, reference.Average, Difference = result.Above(reference) }),
        }),
    };

    private static void WriteCompared(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results, Screen screen)
    {
        if (suite.IsOpen)
        {
            screen.Out.WriteLine($"{"Row",-NameWidth}{"OS",8}{"OS*",8}{"HOS",8}{"seconds",9}");
            foreach (BenchmarkResult result in results)
                screen.Out.WriteLine($"{result.Row.Name,-NameWidth}{Two(result.Average),8}{Two(result.OsStar),8}{Two(result.Hos),8}{result.Seconds.ToString("0.0", CultureInfo.InvariantCulture),9}");
            return;
        }

        BenchmarkResult[] compared = [.. results.Where(static result => result.Above(result.Reference) is not null)];
        int close = compared.Count(static result => Math.Abs(result.Above(result.Reference)!.Value) <= Close);
        string verdict = compared.Length == 0
            ? "No printed figure to compare with."
            : $"{close} of {compared.Length} {(compared.Length == 1 ? "row is" : "rows are")} within {Close:0} point of the average beside {(compared.Length == 1 ? "it" : "them")}.";
        screen.Out.WriteLine(screen.Bold(verdict));
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{"Row",-NameWidth}{"average",8}{"theirs",8}{"apart",8}{"seconds",9}   from");
        foreach (BenchmarkResult result in results)
        {
            string theirs = Two(result.Reference?.Average), apart = Signed(result.Above(result.Reference));
            screen.Out.WriteLine($"{result.Row.Name,-NameWidth}{Two(result.Average),8}{theirs,8}{apart,8}{result.Seconds.ToString("0.0", CultureInfo.InvariantCulture),9}   {result.Reference?.Table}".TrimEnd());
        }
    }

    /// <summary>The last step's figures, mean ± deviation over the seeds.</summary>
    private static void WriteTrained(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results, Screen screen)
    {
        int done = results.Sum(static result => result.Tasks.Sum(static task => task.Cells.Count)), all = results.Count * suite.Tasks.Count * suite.Seeds.Count;
        int failed = results.Sum(static result => result.Tasks.Sum(static task => task.Cells.Count(static cell => cell.Failure is not null)));
        bool open = suite.Training!.OpenSet;
        BenchmarkResult? best = results.Where(static result => result.Average is not null).MaxBy(static result => result.Average);
        string verdict = best is null ? "No row is complete." : $"{best.Row.Name} has the best mean: {TrainedTables.One(best.Average)} %.";
        screen.Out.WriteLine(screen.Bold($"{verdict} {done} of {all} cells{(failed > 0 ? $", {failed} of them failed" : string.Empty)}."));
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{"Last step",-TrainedNameWidth}{string.Concat(suite.Tasks.Select(static task => $"{task.Name,TrainedWidth}"))}{"mean",7}{"gain",7}{(open ? "HOS" : "oracle"),7}");
        foreach (BenchmarkResult result in results)
        {
            string figures = string.Concat(result.Tasks.Select(task => $"{TrainedTables.Figure(task.Accuracy, suite.Seeds.Count).Replace(" ", string.Empty, StringComparison.Ordinal),TrainedWidth}"));
            screen.Out.WriteLine($"{result.Row.Name,-TrainedNameWidth}{figures}{TrainedTables.One(result.Average),7}{TrainedTables.Gain(result.Gain(results)),7}{TrainedTables.One(open ? result.Hos : result.Oracle),7}");
        }
    }

    private void Write(BenchmarkProgress progress)
    {
        string figures = progress.Cell.Failure is { } reason
            ? $"failed: {reason}"
            : $"{TrainedTables.One(progress.Cell.Accuracy)} (best checkpoint {TrainedTables.One(progress.Cell.Oracle)}) in {Numbers.Duration(progress.Cell.Seconds)}";
        screen.Out.WriteLine($"  {progress.Row.Name} {progress.Task.Name} seed {progress.Seed}: {figures}");
    }

    private void Write(BenchmarkResult result)
    {
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{screen.Bold(result.Row.Name)}  {Two(result.Average)}  in {Numbers.Duration(result.Seconds)}");
        screen.Out.WriteLine(Cells(result.Tasks.Select(static task => Two(task.Accuracy?.Mean))));
        foreach (ReferenceRow reference in result.Row.References)
        {
            string apart = result.Above(reference) is { } above ? $" ({Signed(above)})" : string.Empty;
            screen.Out.WriteLine($"  {reference.Table}, {reference.Method}  {Two(reference.Average)}{apart}");
            if (reference.Cells.Count > 0)
                screen.Out.WriteLine(Cells(reference.Cells.Select(static cell => cell is null ? "–" : Two(cell))));
        }

        foreach (BenchmarkCell cell in result.Tasks.SelectMany(static task => task.Cells).Where(static cell => cell.Failure is not null))
            screen.Out.WriteLine($"  failed: {cell.Failure}");
    }

    private static string Cells(IEnumerable<string> cells) => "   " + string.Concat(cells.Select(static cell => $"{cell,6}"));

    private static string Two(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static string Signed(double? value) => value?.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture) ?? "–";
}
