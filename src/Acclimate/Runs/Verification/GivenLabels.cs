using System.Globalization;
using Acclimate.Data;
using CsvHelper;
using CsvHelper.Configuration;

namespace Acclimate.Runs;

/// <summary>A label that somebody gave a disagreement.</summary>
/// <param name="Of">The disagreement.</param>
/// <param name="Place">Its place in the order in which to label them, from 0.</param>
/// <param name="Class">The class; none where it is none of the model's.</param>
internal sealed record GivenLabel(Disagreement Of, int Place, int? Class);

/// <summary>A table that somebody filled in: a sample and its label a row, other columns and rows without a label left aside.</summary>
internal static class GivenLabels
{
    private const string SampleColumn = "sample", LabelColumn = "label";

    /// <summary>Reads the labels, in the table's order.</summary>
    /// <param name="file">The table: CSV with a line that names the columns.</param>
    /// <param name="list">What was to be labelled.</param>
    /// <exception cref="DataException">A column is missing; or a line names a sample that was not drawn, or twice, or a label that is no class: with the line.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static IReadOnlyList<GivenLabel> Read(string file, ToLabel list)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < list.Order.Count; i++)
            places[list.Order[i].Sample] = i;
        Dictionary<int, int> lines = [];
        List<GivenLabel> found = [];
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
            if (said.Length == 0)
                continue;
            if (!places.TryGetValue(name, out int place))
                throw new DataException($"{file}, line {line}: '{name}' is no sample on which the two models disagree; only such samples tell them apart, and {list.Target}'s are those of the run's own table");
            int? known = ClassOf(said, list.Classes, file, line);
            if (!lines.TryAdd(place, line))
                throw new DataException($"{file}, line {line}: '{name}' has a label already, on line {lines[place]}");
            found.Add(new GivenLabel(list.Order[place], place, known));
        }

        return found;

        int Column(string name)
        {
            string[] columns = [.. (parser.Record ?? []).Select(static cell => cell.Trim())];
            int at = Array.FindIndex(columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at >= 0 ? at : throw new DataException($"{file}, line {parser.RawRow}: there is no column '{name}'; it has {string.Join(", ", columns)}");
        }
    }

    private static int? ClassOf(string said, IReadOnlyList<string> classes, string file, int line)
    {
        int index = classes.ToList().IndexOf(said);
        if (index >= 0)
            return index;
        return said == Labels.Unknown
            ? null
            : throw new DataException($"{file}, line {line}: there is no class '{said}'{NearestName.Hint(said, classes)}\n  The classes are {Labels.Listed(classes)}; write {Labels.Unknown} for a sample of none of them.");
    }
}
