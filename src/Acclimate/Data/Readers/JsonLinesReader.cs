using System.Text.Json;

namespace Acclimate.Data.Readers;

/// <summary>JSON lines: an object a line, each with the same keys, whose values are numbers, texts or truth values.</summary>
internal sealed class JsonLinesReader : IDomainReader
{
    public string Format => "jsonl";

    public string Description => "JSON lines (.jsonl, .ndjson)";

    public IReadOnlyList<string> Options => Table.Options;

    public bool Recognises(string path) =>
        path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase);

    public Domain Read(SourceString source, DomainOptions options)
    {
        string file = source.Path;
        string[]? columns = null;
        List<string[]> rows = [];
        List<int> lines = [];
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string place = $"{file}, line {number}";
            using JsonDocument document = Parse(line, place);
            columns ??= [.. document.RootElement.EnumerateObject().Select(property => property.Name)];
            rows.Add(Cells(document.RootElement, columns, place));
            lines.Add(number);
        }

        return new Table(file, columns ?? [], rows, lines).ToDomain(source, options);
    }

    private static JsonDocument Parse(string line, string place)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new DataException($"{place}: not JSON: {e.Message}", e);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        JsonValueKind found = document.RootElement.ValueKind;
        document.Dispose();
        throw new DataException($"{place}: a JSON {found}; expected an object");
    }

    private static string[] Cells(JsonElement row, string[] columns, string place)
    {
        string[] cells = new string[columns.Length];
        int count = row.EnumerateObject().Count();
        for (int c = 0; c < columns.Length; c++)
        {
            if (!row.TryGetProperty(columns[c], out JsonElement value))
                throw new DataException($"{place}: has no '{columns[c]}', which the first line has");
            cells[c] = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                JsonValueKind.Null => string.Empty,
                _ => throw new DataException($"{place}: '{columns[c]}' holds a JSON {value.ValueKind}; expected a number, a text or a truth value"),
            };
        }

        return count == columns.Length ? cells : throw new DataException($"{place}: has {count} keys, but the first line has {columns.Length}");
    }
}
