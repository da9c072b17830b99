using System.Globalization;
using Acclimate.Benchmarks;

namespace Acclimate.Cli.Rendering;

/// <summary>Shows a benchmark: each row with its cells as it is finished, then all averages beside the printed ones.</summary>
internal sealed class BenchmarkView : IDisposable
{
    private const int NameWidth = 24;
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
        if (quiet)
            return;
        screen.Out.WriteLine($"{suite.Title}: accuracy on the target, %");
        screen.Out.WriteLine(Cells(suite.Tasks.Select(static task => task.Name)));
    }

    public void Report(BenchmarkProgress progress)
    {
        line.Report(progress.Done, progress.Cells, $"{progress.Row.Name} {progress.Task.Name}", "cells");
        if (quiet || progress.Finished is not { } row)
            return;
        if (screen.Live)
        {
            line.Dispose();
            line = new ProgressLine(screen, suite.Name);
        }

        Write(row);
    }

    public void Dispose() => line.Dispose();

    /// <summary>The averages, the verdict first.</summary>
    public static void Write(IReadOnlyList<BenchmarkResult> results, Screen screen, string csv, string markdown)
    {
        BenchmarkResult[] compared = [.. results.Where(static result => result.Reference?.Average is not null)];
        int close = compared.Count(static result => Math.Abs(result.Above(result.Reference)!.Value) <= Close);
        string verdict = compared.Length == 0
            ? "No printed figure to compare with."
            : $"{close} of {compared.Length} {(compared.Length == 1 ? "row is" : "rows are")} within {Close:0} point of the average beside {(compared.Length == 1 ? "it" : "them")}.";
        screen.Out.WriteLine();
        screen.Out.WriteLine(screen.Bold(verdict));
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{"Row",-NameWidth}{"average",8}{"theirs",8}{"apart",8}{"seconds",9}   from");
        foreach (BenchmarkResult result in results)
        {
            string theirs = Two(result.Reference?.Average), apart = Signed(result.Above(result.Reference));
            screen.Out.WriteLine($"{result.Row.Name,-NameWidth}{Two(result.Average),8}{theirs,8}{apart,8}{result.Seconds.ToString("0.0", CultureInfo.InvariantCulture),9}   {result.Reference?.Table}".TrimEnd());
        }

        screen.Out.WriteLine();
        screen.Out.WriteLine($"Every cell: {markdown} and {csv}");
    }

    /// <summary>The figures for another program.</summary>
    public static object AsData(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results) => new
    {
        Suite = suite.Name,
        Tasks = suite.Tasks.Select(static task => task.Name),
        Rows = results.Select(static result => new
        {
            result.Row.Name,
            result.Row.Method,
            result.Row.Options,
            result.Row.Preprocess,
            result.Row.Classifier,
            Accuracies = result.Cells.Select(static cell => cell.Accuracy),
            result.Average,
            result.Seconds,
            EigenResidual = result.Cells.Max(static cell => cell.EigenResidual),
            References = result.Row.References.Select(reference => new { reference.Table, reference.Method, Accuracies = reference.Cells, reference.Average, Difference = result.Above(reference) }),
        }),
    };

    private void Write(BenchmarkResult result)
    {
        screen.Out.WriteLine();
        screen.Out.WriteLine($"{screen.Bold(result.Row.Name)}  {Two(result.Average)}  in {Numbers.Duration(result.Seconds)}");
        screen.Out.WriteLine(Cells(result.Cells.Select(static cell => Two(cell.Accuracy))));
        foreach (ReferenceRow reference in result.Row.References)
        {
            string apart = result.Above(reference) is { } above ? $" ({Signed(above)})" : string.Empty;
            screen.Out.WriteLine($"  {reference.Table}, {reference.Method}  {Two(reference.Average)}{apart}");
            if (reference.Cells.Count > 0)
                screen.Out.WriteLine(Cells(reference.Cells.Select(static cell => cell is null ? "–" : Two(cell))));
        }
    }

    private static string Cells(IEnumerable<string> cells) => "   " + string.Concat(cells.Select(static cell => $"{cell,6}"));

    private static string Two(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";

    private static string Signed(double? value) => value?.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture) ?? "–";
}
