using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Studies;

/// <summary>What a study came to, as files.</summary>
public static class StudyTables
{
    /// <summary>Writes <c>STUDY.csv</c>, a line a measurement, and <c>STUDY.md</c>, a line a row; each there whole or not at all.</summary>
    /// <param name="study">The study.</param>
    /// <param name="cells">What was measured.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>The two files.</returns>
    /// <exception cref="IOException">They can't be written.</exception>
    public static (string Csv, string Markdown) Save(Study study, IReadOnlyList<StudyCell> cells, string folder)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(cells);
        string csv = Path.Combine(folder, study.Name + ".csv"), markdown = Path.Combine(folder, study.Name + ".md");
        Write(csv, Csv(study, cells));
        Write(markdown, Markdown(study, cells));
        return (csv, markdown);
    }

    private static IEnumerable<string> Csv(Study study, IReadOnlyList<StudyCell> cells)
    {
        yield return BenchmarkTables.CsvLine(["row", "seed", .. study.Figures, "seconds", "failure"]);
        foreach (StudyCell cell in cells)
        {
            yield return BenchmarkTables.CsvLine(
            [
                cell.Row, $"{cell.Seed}", .. study.Figures.Select((_, i) => i < cell.Values.Count ? cell.Values[i].ToString("0.00", CultureInfo.InvariantCulture) : ""),
                cell.Seconds.ToString("0.0", CultureInfo.InvariantCulture), cell.Failure ?? "",
            ]);
        }
    }

    private static IEnumerable<string> Markdown(Study study, IReadOnlyList<StudyCell> cells)
    {
        yield return $"# {study.Title}";
        yield return string.Empty;
        yield return $"{study.Protocol} Mean ± sample deviation over {cells.Select(static cell => cell.Seed).Distinct().Count()} draws.";
        yield return string.Empty;
        yield return BenchmarkTables.TableLine(["row", "what", .. study.Figures, "seconds"]);
        yield return $"| --- | --- |{string.Concat(Enumerable.Repeat(" ---: |", study.Figures.Count + 1))}";
        foreach (StudyRow row in study.Rows.Where(row => cells.Any(cell => cell.Row == row.Name)))
        {
            double seconds = cells.Where(cell => cell.Row == row.Name).Average(static cell => cell.Seconds);
            yield return BenchmarkTables.TableLine(
                [row.Name, row.About, .. study.Figures.Select((_, i) => StudyRunner.Figure(cells, row.Name, i)?.ToString() ?? "–"), seconds.ToString("0.0", CultureInfo.InvariantCulture)]);
        }
    }

    private static void Write(string path, IEnumerable<string> lines) => AtomicFile.Write(path, stream =>
    {
        using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
            writer.WriteLine(line);
    });
}
