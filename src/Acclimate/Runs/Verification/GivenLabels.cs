using Acclimate.Data;

namespace Acclimate.Runs;

/// <summary>A label that somebody gave a disagreement.</summary>
/// <param name="Of">The disagreement.</param>
/// <param name="Place">Its place in the order in which to label them, from 0.</param>
/// <param name="Class">The class; none where it is none of the model's.</param>
internal sealed record GivenLabel(Disagreement Of, int Place, int? Class);

/// <summary>A table that somebody filled in: a sample and its label a row, other columns and rows without a label left aside.</summary>
internal static class GivenLabels
{
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
        foreach (LabelLine given in LabelTable.Read(file))
        {
            if (!places.TryGetValue(given.Sample, out int place))
                throw new DataException($"{file}, line {given.Line}: '{given.Sample}' is no sample on which the two models disagree; only such samples tell them apart, and {list.Target}'s are those of the run's own table");
            int? known = LabelTable.ClassOf(given, list.Classes, file);
            if (!lines.TryAdd(place, given.Line))
                throw new DataException($"{file}, line {given.Line}: '{given.Sample}' has a label already, on line {lines[place]}");
            found.Add(new GivenLabel(list.Order[place], place, known));
        }

        return found;
    }
}
