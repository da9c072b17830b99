using System.Globalization;
using Acclimate.Data;
using CsvHelper;
using CsvHelper.Configuration;

namespace Acclimate.Runs;

/// <summary>A line of a table of labels.</summary>
/// <param name="Sample">What the sample is called.</param>
/// <param name="Label">What it was labelled.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record LabelLine(string Sample, string Label, int Line);

/// <summary>A table that somebody filled in: a sample and its label a row, other columns and rows without a label left aside.</summary>
internal static class LabelTable
{
    private const string SampleColumn = "sample", LabelColumn = "label";

    /// <summary>Reads the rows that have a label, in the table's order.</summary>
    /// <param name="file">The table: CSV with a line that names the columns.</param>
    /// <exception cref="DataException">A column is missing, or a line is damaged.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IEnumerable<LabelLine> Read(string file)
    {
        using StreamReader text = new(file);
        using CsvParser parser = new(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = bad => throw new DataException($"{file}, line {bad.Context.Parser?.RawRow}: a quotation mark inside a cell that is not quoted"),
        });
        (int sample, int label) = parser.Read() ? (Column(SampleColumn), Column(LabelColumn)) : throw new DataException($"{file} is empty; expected a line with the columns' names, {SampleColumn} and {LabelColumn} among them");
        while (parser.Read())
        {
            string[] cells = parser.Record ?? [];
            int line = parser.RawRow;
            if (cells.Length <= Math.Max(sample, label))
                throw new DataException($"{file}, line {line}: {cells.Length} cells; expected {Math.Max(sample, label) + 1} or more");
            string name = cells[sample].Trim(), said = cells[label].Trim();
            if (said.Length > 0)
                yield return new LabelLine(name, said, line);
        }

        int Column(string name)
        {
            string[] columns = [.. (parser.Record ?? []).Select(static cell => cell.Trim())];
            int at = Array.FindIndex(columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at >= 0 ? at : throw new DataException($"{file}, line {parser.RawRow}: there is no column '{name}'; it has {string.Join(", ", columns)}");
        }
    }

    /// <summary>The class that a label names; none where it says that the sample is of none.</summary>
    /// <param name="given">The line.</param>
    /// <param name="classes">The classes' names.</param>
    /// <param name="file">The table, for a message.</param>
    /// <exception cref="DataException">It names no class.</exception>
    public static int? ClassOf(LabelLine given, IReadOnlyList<string> classes, string file)
    {
        int index = classes.ToList().IndexOf(given.Label);
        if (index >= 0)
            return index;
        return given.Label == Labels.Unknown
            ? null
            : throw new DataException($"{file}, line {given.Line}: there is no class '{given.Label}'{NearestName.Hint(given.Label, classes)}\n  The classes are {Labels.Listed(classes)}; write {Labels.Unknown} for a sample of none of them.");
    }
}
