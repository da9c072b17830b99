using System.Globalization;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>A table as text: the columns' names, and the cells of each row with the line that it stands on.</summary>
/// <param name="File">What to call it in a message.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The cells, as many in each row as there are columns.</param>
/// <param name="Lines">The line of each row.</param>
internal sealed record Table(string File, IReadOnlyList<string> Columns, IReadOnlyList<string[]> Rows, IReadOnlyList<int> Lines)
{
    private static readonly string[] LabelNames = ["label", "labels", "class", "target", "y"];

    /// <summary>The keys that every format of tables takes.</summary>
    public static readonly string[] Options = ["label", "features", "ignore", "categorical", "text", .. DocumentReader.VocabularyOptions];

    /// <summary>Makes a domain of the table: one column the label, the others features.</summary>
    public Domain ToDomain(SourceString source, DomainOptions options)
    {
        if (Rows.Count == 0)
            throw new DataException($"{File}: holds no rows");
        if (Columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new DataException($"{File}: two columns are named '{twice.Key}'");
        string? label = LabelColumn(source);
        if (source.Get("text") is { } given)
            return Texts(source, options, Known("text", given), label);
        string[] ignored = Names(source, "ignore");
        string[] wanted = Names(source, "features");
        string[] categorical = Names(source, "categorical");
        Table features = Only([.. Columns.Where(name =>
            name != label && !ignored.Contains(name) && (wanted.Length == 0 || wanted.Contains(name)))]);
        if (features.Columns.Count == 0)
            throw new DataException($"{File}: no column is left for the features");

        TableEncoder encoder = options.Encoder ?? TableEncoder.Fit(features, categorical);
        (float[] elements, int unseen) = encoder.Encode(features);
        Labels? labels = label is null ? null : ReadLabels(label, options);
        return new Domain(source.Name, new TensorSamples(Tensor.From(elements, Rows.Count, encoder.FeatureNames.Count)), labels, source.Text)
        {
            FeatureNames = encoder.FeatureNames,
            Encoder = encoder,
            UnseenCategories = unseen,
        };
    }

    /// <summary>A domain of one column's texts.</summary>
    private Domain Texts(SourceString source, DomainOptions options, string column, string? label)
    {
        int place = Columns.ToList().IndexOf(column);
        return DocumentReader.ToDomain(
            source, options, [.. Rows.Select(row => row[place])], [.. Lines.Select(line => $"{File}, line {line}")], label is null ? null : ReadLabels(label, options));
    }

    private string? LabelColumn(SourceString source)
    {
        switch (source.Get("label"))
        {
            case "none":
                return null;
            case { } given:
                return Known("label", given);
            default:
                string[] named = [.. Columns.Where(name => LabelNames.Contains(name, StringComparer.OrdinalIgnoreCase))];
                return named.Length <= 1
                    ? named.FirstOrDefault()
                    : throw new DataException($"{File}: which column holds the label: {string.Join(" or ", named)}? Say label=… or label=none");
        }
    }

    private string[] Names(SourceString source, string key) =>
        [.. (source.Get(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []).Select(name => Known(key, name))];

    private string Known(string key, string name) =>
        Columns.Contains(name)
            ? name
            : throw new DataException(
                $"{File}: {key}={name}: no such column"
                + (NearestName.Of(name, Columns) is { } near
                    ? $"; did you mean '{near}'?"
                    : $"; it has {string.Join(", ", Columns.Take(12))}{(Columns.Count > 12 ? ", …" : string.Empty)}"));

    private Table Only(string[] columns)
    {
        int[] places = [.. columns.Select(name => Columns.ToList().IndexOf(name))];
        return new Table(File, columns, [.. Rows.Select(row => places.Select(place => row[place]).ToArray())], Lines);
    }

    private Labels ReadLabels(string column, DomainOptions options)
    {
        int place = Columns.ToList().IndexOf(column);
        string[] names = [.. Rows.Select(row => Canonical(row[place].Trim()))];
        int empty = Array.FindIndex(names, name => name.Length == 0);
        if (empty >= 0 && !options.EmptyLabels)
        {
            throw new DataException(
                $"{File}, line {Lines[empty]}, column '{column}': the label is empty; expected one in every row that is learnt from or scored on.\n" +
                $"  A target that is labelled in part: open it as {File}?label=none&ignore={column}, and score on its labelled rows, in a file of their own, with --test.");
        }

        return Labels.FromNames(names);
    }

    /// <summary>1 and 1.0 are the same class.</summary>
    private static string Canonical(string name) =>
        double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 1e15 && number == Math.Floor(number)
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : name;
}
