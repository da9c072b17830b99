using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <summary>Measured rows with the printed ones under them, as files.</summary>
public static class BenchmarkTables
{
    /// <summary>Writes <c>SUITE.csv</c> and <c>SUITE.md</c>, each there whole or not at all.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="results">What was measured.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>The two files.</returns>
    /// <exception cref="IOException">They can't be written.</exception>
    public static (string Csv, string Markdown) Save(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results, string folder)
    {
        ArgumentNullException.ThrowIfNull(suite);
        string csv = Path.Combine(folder, suite.Name + ".csv"), markdown = Path.Combine(folder, suite.Name + ".md");
        Write(csv, suite.Training is null ? Csv(suite, results) : TrainedTables.Csv(suite, results));
        Write(markdown, suite.Training is null ? Markdown(suite, results) : TrainedTables.Markdown(suite, results));
        return (csv, markdown);
    }

    /// <summary>A line for each measured row of a suite of shallow methods and each row that it is compared with; percent, a dash where it is not measured.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="results">What was measured.</param>
    public static IEnumerable<string> Csv(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(results);
        yield return string.Join(',', ["row", "from", "method", "options", "preprocess", "classifier", .. suite.Tasks.Select(static task => task.Name), "average", "difference", "seconds", .. suite.IsOpen ? (string[])["OS*", "HOS"] : []]);
        foreach (BenchmarkResult result in results)
        {
            BenchmarkRow row = result.Row;
            yield return CsvLine([row.Name, "measured", row.Method, row.Options, row.Preprocess, row.Classifier, .. result.Tasks.Select(static task => Measured(task.Accuracy?.Mean)), Measured(result.Average), "", Two(result.Seconds), .. suite.IsOpen ? (string[])[Measured(result.OsStar), Measured(result.Hos)] : []]);
            foreach (ReferenceRow reference in row.References)
                yield return CsvLine([row.Name, reference.Table, reference.Method, "", "", "", .. Cells(suite, reference), Two(reference.Average), Two(result.Above(reference)), ""]);
        }

    }

    /// <summary>The same as a table to read, the measured figures in bold.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="results">What was measured.</param>
    public static IEnumerable<string> Markdown(BenchmarkSuite suite, IReadOnlyList<BenchmarkResult> results)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(results);
        yield return $"# {suite.Title}";
        yield return string.Empty;
        string open = suite.IsOpen ? " | OS\\* | HOS" : string.Empty;
        yield return (suite.IsOpen
            ? "OS in percent: the mean over the known classes and the unknown one of the share that is right. OS\\* leaves the unknown class out; HOS is the harmonic mean of OS\\* and the share of unknown samples that is found."
            : "Accuracy on the target in percent.") + " A measured row is bold; under it stand the rows that it is compared with, as printed or recomputed, and how far the measured average is above theirs.";
        yield return string.Empty;
        yield return $"| row | {string.Join(" | ", suite.Tasks.Select(static task => task.Name.Replace(">", " → ", StringComparison.Ordinal)))} | average | difference | seconds{open} |";
        yield return $"| --- |{string.Concat(Enumerable.Repeat(" ---: |", suite.Tasks.Count + (suite.IsOpen ? 5 : 3)))}";
        foreach (BenchmarkResult result in results)
        {
            yield return TableLine([$"**{result.Row.Name}**", .. result.Tasks.Select(static task => Measured(task.Accuracy?.Mean)), $"**{Measured(result.Average)}**", "", Two(result.Seconds), .. suite.IsOpen ? (string[])[Measured(result.OsStar), Measured(result.Hos)] : []]);
            foreach (ReferenceRow reference in result.Row.References)
                yield return TableLine([$"{reference.Table}: {reference.Method}", .. Cells(suite, reference), Two(reference.Average), Signed(result.Above(reference)), ""]);
        }

        yield return string.Empty;
        yield return "| row | method | options | preprocessing | classifier |";
        yield return "| --- | --- | --- | --- | --- |";
        foreach (BenchmarkRow row in results.Select(static result => result.Row))
            yield return TableLine([row.Name, row.Method, row.Options.Replace("|", "\\|", StringComparison.Ordinal), row.Preprocess, row.Classifier]);
    }

    internal static string CsvLine(string[] fields) =>
        string.Join(',', fields.Select(static field => field.AsSpan().IndexOfAny(",\"\n") >= 0 ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field));

    internal static string TableLine(string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static IEnumerable<string> Cells(BenchmarkSuite suite, ReferenceRow reference) =>
        suite.Tasks.Select((_, at) => Two(reference.Cells.ElementAtOrDefault(at)));

    private static string Measured(double? value) => value is null ? "–" : Two(value);

    private static string Two(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Signed(double? value) => value?.ToString("+0.00;−0.00;0.00", CultureInfo.InvariantCulture) ?? string.Empty;

    private static void Write(string path, IEnumerable<string> lines) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
            writer.WriteLine(line);
    });
}
