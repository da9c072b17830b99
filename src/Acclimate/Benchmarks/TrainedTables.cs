using System.Globalization;
using Acclimate.Metrics;
using Acclimate.Runs;

namespace Acclimate.Benchmarks;

/// <summary>The tables of a suite that trains networks: mean and spread over the seeds, of the last step and of the best checkpoint.</summary>
internal static class TrainedTables
{
    private const string Missing = "–";

    /// <summary>A line for each row and task; percent, empty where it is not measured.</summary>
    public static IEnumerable<string> Csv(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results)
    {
        bool open = suite.Training!.OpenSet;
        yield return "row,method,options,task,seeds,failed,honest,honest_deviation,oracle,oracle_deviation,seconds" + (open ? ",os,os_star,unknown_recall,hos,hos_deviation" : string.Empty);
        foreach (BenchmarkResult result in results)
        {
            foreach ((BenchmarkTask task, BenchmarkFigure figure) in suite.Tasks.Zip(result.Tasks))
            {
                yield return BenchmarkTables.CsvLine([
                    result.Row.Name, result.Row.Method, result.Row.Options, task.Name, $"{figure.Cells.Count}", $"{figure.Cells.Count(static cell => cell.Failure is not null)}",
                    Number(figure.Accuracy?.Mean), Number(figure.Accuracy?.Deviation), Number(figure.Oracle?.Mean), Number(figure.Oracle?.Deviation),
                    figure.Cells.Count == 0 ? string.Empty : Number(figure.Seconds),
                    .. open ? (string[])[.. OpenSet([figure]).Select(Number), Number(figure.Hos?.Mean), Number(figure.Hos?.Deviation)] : []]);
            }
        }
    }

    /// <summary>The figures of the last step, then those of the best checkpoint, what failed, and the context.</summary>
    public static IEnumerable<string> Markdown(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results)
    {
        int done = results.Sum(static result => result.Tasks.Sum(static task => task.Cells.Count)), all = results.Count * suite.Tasks.Count * suite.Seeds.Count;
        yield return $"# {suite.Title}";
        yield return string.Empty;
        yield return $"Accuracy on the target in percent, mean ± sample standard deviation over the seeds {string.Join(", ", suite.Seeds)}; "
            + "in brackets how many seeds it is of, where some are missing or failed; a dash where there is none. "
            + $"{suite.Training!.Steps} steps of {suite.Training.BatchSize} + {suite.Training.BatchSize}; {done} of {all} cells are measured.";
        yield return string.Empty;
        yield return "## The last step: no target label anywhere, but the few of those methods that take them";
        yield return string.Empty;
        foreach (string line in Table(suite, results, static task => task.Accuracy, static result => result.Average, ["mean", "over source-only", "seconds a run"], result => [Gain(result.Gain(results)), Seconds(result)]))
            yield return line;
        yield return string.Empty;
        yield return "## The best checkpoint by the target's labels: what can't be known in earnest";
        yield return string.Empty;
        foreach (string line in Table(suite, results, static task => task.Oracle, static result => result.Oracle, ["mean"], static _ => []))
            yield return line;
        if (suite.Training.OpenSet)
        {
            yield return string.Empty;
            yield return "## The last step over known and unknown classes: HOS, and the means of OS, OS* and the unknown samples' recall over all cells";
            yield return string.Empty;
            foreach (string line in Table(suite, results, static task => task.Hos, static result => result.Hos, ["mean HOS", "OS", "OS*", "unknown recall"], static result => OpenSet(result.Tasks).Select(One)))
                yield return line;
        }

        foreach (string line in Failures(suite, results))
            yield return line;
        if (suite.Context.Count == 0)
            yield break;
        yield return string.Empty;
        yield return "## Other protocols, as context: not comparable figure by figure";
        yield return string.Empty;
        yield return BenchmarkTables.TableLine(["from", "method", .. suite.Tasks.Select(Arrow)]);
        yield return $"| --- | --- |{string.Concat(Enumerable.Repeat(" ---: |", suite.Tasks.Count))}";
        foreach (ReferenceRow reference in suite.Context)
            yield return BenchmarkTables.TableLine([reference.Table, reference.Method, .. suite.Tasks.Select((_, at) => Number(reference.Cells.ElementAtOrDefault(at)) is { Length: > 0 } known ? known : Missing)]);
    }

    /// <summary>As <c>78.4 ± 1.2 (2)</c>: of two seeds where there should be more.</summary>
    public static string Figure(MeanAndDeviation? figure, int seeds) =>
        figure is not { } known ? Missing : known.Count < seeds ? $"{known} ({known.Count})" : known.ToString();

    /// <summary>With one decimal, a dash where there is none.</summary>
    public static string One(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? Missing;

    /// <summary>The same with its sign.</summary>
    public static string Gain(double? value) => value?.ToString("+0.0;−0.0;0.0", CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>The row's name, with its options where it has any.</summary>
    private static string Name(BenchmarkRow row) => row.Options.Length == 0 ? row.Name : $"{row.Name} ({row.Options.Replace("|", "\\|", StringComparison.Ordinal)})";

    /// <summary>The means of OS, OS* and the unknown samples' recall over all cells, in percent.</summary>
    private static double?[] OpenSet(IEnumerable<BenchmarkFigure> figures)
    {
        OpenSetScore[] scores = [.. figures.SelectMany(static figure => figure.Cells).Select(static cell => cell.OpenSet).OfType<OpenSetScore>()];
        return [scores.Average(static score => (double?)(100 * score.Os)), scores.Average(static score => 100 * score.OsStar), scores.Average(static score => 100 * score.UnknownRecall)];
    }

    private static IEnumerable<string> Table(
        BenchmarkSuite suite,
        IReadOnlyList<BenchmarkResult> results,
        Func<BenchmarkFigure, MeanAndDeviation?> figure,
        Func<BenchmarkResult, double?> mean,
        string[] extra,
        Func<BenchmarkResult, IEnumerable<string>> beside)
    {
        yield return BenchmarkTables.TableLine(["row", .. suite.Tasks.Select(Arrow), .. extra]);
        yield return $"| --- |{string.Concat(Enumerable.Repeat(" ---: |", suite.Tasks.Count + extra.Length))}";
        foreach (BenchmarkResult result in results)
            yield return BenchmarkTables.TableLine([Name(result.Row), .. result.Tasks.Select(task => Figure(figure(task), suite.Seeds.Count)), $"**{One(mean(result))}**", .. beside(result)]);
    }

    private static IEnumerable<string> Failures(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results)
    {
        string[] reasons =
        [
            .. from result in results
               from pair in suite.Tasks.Zip(result.Tasks)
               from cell in pair.Second.Cells
               where cell.Failure is not null
               select $"- {result.Row.Name}, {Arrow(pair.First)}: {cell.Failure!.ReplaceLineEndings(" ")}",
        ];
        return reasons.Length == 0 ? [] : ["", "## Failed", "", .. reasons];
    }

    private static string Seconds(BenchmarkResult result)
    {
        BenchmarkCell[] cells = [.. result.Tasks.SelectMany(static task => task.Cells)];
        return cells.Length == 0 ? Missing : cells.Average(static cell => cell.Seconds).ToString("0", CultureInfo.InvariantCulture);
    }

    private static string Arrow(BenchmarkTask task) => task.Name.Replace(">", " → ", StringComparison.Ordinal);

    private static string Number(double? value) => value is null or double.NaN ? string.Empty : value.Value.ToString("0.00", CultureInfo.InvariantCulture);
}
