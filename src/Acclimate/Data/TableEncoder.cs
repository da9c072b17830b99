using System.Globalization;
using System.Text.Json.Serialization;
using Acclimate.Data.Readers;

namespace Acclimate.Data;

/// <summary>One column of a table: numbers, or one of a few categories.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Categories">The categories in order; null for a column of numbers.</param>
public sealed record TableColumn(string Name, IReadOnlyList<string>? Categories)
{
    /// <summary>How many features it becomes: 1, or one a category.</summary>
    [JsonIgnore]
    public int Width => Categories?.Count ?? 1;
}

/// <summary>
/// How a table becomes features: a column of numbers as it is, a column of categories as one feature a category that is 1
/// for the category and else 0. It is fitted on the source; a category that only the target has is 0 throughout and counted.
/// </summary>
public sealed class TableEncoder
{
    /// <summary>A text column with more different values than this is no column of categories.</summary>
    private const int MostCategories = 1000;

    /// <summary>Creates an encoder.</summary>
    /// <param name="columns">The columns in order.</param>
    [JsonConstructor]
    public TableEncoder(IReadOnlyList<TableColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        Columns = columns;
        FeatureNames = [.. columns.SelectMany(column => column.Categories?.Select(category => $"{column.Name}={category}") ?? [column.Name])];
    }

    /// <summary>The columns in order.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The features' names: a column's name, or <c>column=category</c>.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Reads off a table which columns hold numbers and which categories these are.</summary>
    internal static TableEncoder Fit(Table table, IReadOnlyCollection<string> categorical)
    {
        List<TableColumn> columns = [];
        for (int c = 0; c < table.Columns.Count; c++)
        {
            int at = c;
            string name = table.Columns[c];
            bool numeric = !categorical.Contains(name) && 2 * table.Rows.Count(row => IsNumber(row[at])) > table.Rows.Count;
            string[]? categories = numeric ? null : [.. table.Rows.Select(row => row[at]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (categories?.Length > MostCategories)
            {
                throw new DataException(
                    $"{table.File}: column '{name}' holds {categories.Length} different texts, too many for categories; leave it out with ignore={name}");
            }

            columns.Add(new TableColumn(name, categories));
        }

        return new TableEncoder(columns);
    }

    /// <summary>The table's features, row by row, and how many cells hold an unseen category.</summary>
    /// <exception cref="DataException">A column is missing or not known, or a cell of a column of numbers holds none.</exception>
    internal (float[] Features, int Unseen) Encode(Table table)
    {
        int[] places = Places(table);
        float[] features = new float[checked(table.Rows.Count * FeatureNames.Count)];
        Dictionary<string, int>?[] codes = [.. Columns.Select(column =>
            column.Categories?.Select((category, i) => (category, i)).ToDictionary(pair => pair.category, pair => pair.i, StringComparer.Ordinal))];
        int unseen = 0;
        int at = 0;
        for (int r = 0; r < table.Rows.Count; r++)
        {
            for (int c = 0; c < Columns.Count; c++)
            {
                string cell = table.Rows[r][places[c]];
                if (codes[c] is not { } known)
                    features[at] = Number(table, r, Columns[c].Name, cell);
                else if (known.TryGetValue(cell, out int code))
                    features[at + code] = 1;
                else
                    unseen++;
                at += Columns[c].Width;
            }
        }

        return (features, unseen);
    }

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static float Number(Table table, int row, string column, string cell)
    {
        if (float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number))
            return number;
        string found = cell.Length == 0 ? "is empty" : $"holds '{(cell.Length > 40 ? cell[..40] + "…" : cell)}'";
        throw new DataException(
            $"{table.File}, line {table.Lines[row]}, column '{column}': {found}; expected a finite number"
            + " (fill it in, leave the row out, or say that the column holds categories with categorical=…)");
    }

    private int[] Places(Table table)
    {
        string[] missing = [.. Columns.Select(column => column.Name).Where(name => !table.Columns.Contains(name))];
        if (missing.Length > 0)
        {
            throw new DataException(
                $"{table.File} has {table.Columns.Count} feature columns, the source has {Columns.Count}: it lacks {Listed(missing)}."
                + " Domain adaptation compares the same features.");
        }

        string[] extra = [.. table.Columns.Where(name => Columns.All(column => column.Name != name))];
        if (extra.Length > 0)
        {
            throw new DataException(
                $"{table.File} has columns that the source has not: {Listed(extra)}; leave them out with ignore={string.Join(',', extra.Take(3))}{(extra.Length > 3 ? ",…" : string.Empty)}");
        }

        return [.. Columns.Select(column => table.Columns.ToList().IndexOf(column.Name))];
    }

    private static string Listed(string[] names) =>
        string.Join(", ", names.Take(5).Select(name => $"'{name}'")) + (names.Length > 5 ? $" and {names.Length - 5} more" : string.Empty);
}
