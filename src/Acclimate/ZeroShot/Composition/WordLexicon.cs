using System.Globalization;
using Acclimate.Data;
using CsvHelper;
using CsvHelper.Configuration;

namespace Acclimate.ZeroShot.Composition;

/// <summary>Words by name, as sequences of a model's classes.</summary>
/// <param name="Words">The words, in the lexicon's order.</param>
/// <param name="Lexicon">Their units, as places among the model's classes.</param>
public sealed record WordLexicon(IReadOnlyList<string> Words, Lexicon Lexicon)
{
    private const string WordColumn = "word", UnitsColumn = "units";

    /// <summary>Reads a table with a word a row: its name in the column <c>word</c>, its units in the column <c>units</c>, spaces between.</summary>
    /// <param name="file">The table: CSV with a line that names the columns; other columns are left aside.</param>
    /// <param name="units">The units' names: a model's classes.</param>
    /// <exception cref="DataException">A column or a cell is missing, a unit is not known, or two words can't be told apart: with the line.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static WordLexicon Read(string file, IReadOnlyList<string> units)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(units);
        using StreamReader text = new(file);
        using CsvParser parser = new(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = bad => throw new DataException($"{file}, line {bad.Context.Parser?.RawRow}: a quotation mark inside a cell that is not quoted"),
        });
        (int word, int of) = parser.Read() ? (Column(WordColumn), Column(UnitsColumn)) : throw new DataException($"{file} is empty; expected a line with the columns' names, {WordColumn} and {UnitsColumn} among them");
        List<string> words = [];
        List<int[]> sequences = [];
        Dictionary<string, (string Word, int Line)> known = new(StringComparer.Ordinal);
        while (parser.Read())
        {
            string[] cells = parser.Record ?? [];
            int line = parser.RawRow;
            if (cells.Length <= Math.Max(word, of) || cells[word].Trim().Length == 0 || cells[of].Trim().Length == 0)
                throw new DataException($"{file}, line {line}: expected a word and one unit of it or more");
            int[] sequence = [.. cells[of].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(unit => UnitOf(unit, line))];
            string name = cells[word].Trim();
            if (!known.TryAdd(string.Join(' ', sequence), (name, line)))
            {
                (string other, int before) = known[string.Join(' ', sequence)];
                throw new DataException($"{file}, line {line}: '{name}' has the units of '{other}' on line {before}: nothing tells the two apart. Leave one out");
            }

            words.Add(name);
            sequences.Add(sequence);
        }

        return words.Count > 0 ? new WordLexicon(words, new Lexicon(units.Count, sequences)) : throw new DataException($"{file} names no word");

        int UnitOf(string name, int line)
        {
            int at = units.ToList().IndexOf(name);
            return at >= 0 ? at : throw new DataException($"{file}, line {line}: there is no unit '{name}'{NearestName.Hint(name, units)}\n  The model's classes are {Labels.Listed(units)}.");
        }

        int Column(string name)
        {
            string[] columns = [.. (parser.Record ?? []).Select(static cell => cell.Trim())];
            int at = Array.FindIndex(columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            return at >= 0 ? at : throw new DataException($"{file}, line {parser.RawRow}: there is no column '{name}'; it has {string.Join(", ", columns)}");
        }
    }
}
