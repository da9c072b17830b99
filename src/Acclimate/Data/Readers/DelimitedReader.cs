using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Acclimate.Data.Readers;

/// <summary>CSV and TSV: a row a sample. The first line names the columns, unless it holds numbers only (they are then named 1, 2, …).</summary>
internal sealed class DelimitedReader : IDomainReader
{
    public string Format => "csv";

    public string Description => "CSV or TSV (.csv, .tsv)";

    public IReadOnlyList<string> Options => [.. Table.Options, "delimiter", "header"];

    public bool Recognises(string path) =>
        path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    public Domain Read(SourceString source, DomainOptions options)
    {
        string file = source.Path;
        string delimiter = source.GetWord("delimiter", "comma", "semicolon", "tab") switch
        {
            "semicolon" => ";",
            "tab" => "\t",
            "comma" => ",",
            _ => file.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase) ? "\t" : ",",
        };
        CsvConfiguration configuration = new(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            BadDataFound = bad => throw new DataException($"{file}, line {bad.Context.Parser?.RawRow}: a quotation mark inside a cell that is not quoted"),
        };
        using StreamReader text = new(file);
        using CsvParser parser = new(text, configuration);
        string[]? columns = null;
        List<string[]> rows = [];
        List<int> lines = [];
        while (parser.Read())
        {
            string[] cells = parser.Record ?? [];
            if (columns is null)
            {
                bool header = source.GetWord("header", "yes", "no") is { } said ? said == "yes" : !cells.All(IsNumber);
                columns = header
                    ? [.. cells.Select(name => name.Trim())]
                    : [.. Enumerable.Range(1, cells.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
                if (header)
                    continue;
            }

            if (cells.Length != columns.Length)
                throw new DataException($"{file}, line {parser.RawRow}: {cells.Length} cells, but {columns.Length} columns");
            rows.Add(cells);
            lines.Add(parser.RawRow);
        }

        return new Table(file, columns ?? [], rows, lines).ToDomain(source, options);
    }

    private static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
