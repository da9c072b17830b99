using System.Globalization;

namespace Acclimate.Benchmarks;

/// <summary>A row of figures to compare with.</summary>
/// <param name="Table">Whose table it is in: "JDA paper", "MEDA Table 2", "recomputed" …</param>
/// <param name="Method">What the table calls the row.</param>
/// <param name="Cells">The accuracy in percent on each task of the suite; none where it was not given.</param>
/// <param name="GivenAverage">The average, where the table has no more than that.</param>
public sealed record ReferenceRow(string Table, string Method, IReadOnlyList<double?> Cells, double? GivenAverage = null)
{
    /// <summary>The mean of the cells, added up anew (some tables' own averages are wrong); none where a cell is not known.</summary>
    public double? Average => GivenAverage ?? (Cells.All(static cell => cell is not null) ? Cells.Average() : null);
}

/// <summary>A table that was printed in a paper, or that an independent program recomputed from the same files.</summary>
public sealed class ReferenceTable
{
    private readonly Dictionary<string, ReferenceRow> rows;

    private ReferenceTable(string name, Dictionary<string, ReferenceRow> rows)
    {
        Name = name;
        this.rows = rows;
    }

    /// <summary>Whose table it is.</summary>
    public string Name { get; }

    /// <summary>All rows, in the table's order.</summary>
    public IReadOnlyCollection<ReferenceRow> Rows => rows.Values;

    /// <summary>The row of that name.</summary>
    /// <param name="method">As the table calls it.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public ReferenceRow this[string method] => rows.TryGetValue(method, out ReferenceRow? row)
        ? row
        : throw new ArgumentException($"{Name} has no row '{method}'; it has: {string.Join(", ", rows.Keys)}");

    /// <summary>
    /// Reads a table: a line a row, its name up to the first "|", then a figure for each task ("-" where none is known),
    /// or "= 79.5" where only the average is.
    /// </summary>
    /// <param name="name">Whose table it is.</param>
    /// <param name="text">The lines.</param>
    internal static ReferenceTable Parse(string name, string text)
    {
        Dictionary<string, ReferenceRow> rows = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = line.Split('|', 2, StringSplitOptions.TrimEntries);
            ReferenceRow row = sides[1].StartsWith('=')
                ? new ReferenceRow(name, sides[0], [], Number(sides[1][1..]))
                : new ReferenceRow(name, sides[0], [.. sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
            rows.Add(row.Method, row);
        }

        return new ReferenceTable(name, rows);
    }

    private static double? Number(string text) => text == "-" ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
