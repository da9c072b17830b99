using System.Globalization;
using System.Text;

namespace Acclimate.Relations.Syntax;

/// <summary>Writes networks and facts as the parsers read them.</summary>
internal static class NetworkText
{
    public static string Write(MarkovNetwork network, IEnumerable<string> remarks)
    {
        StringBuilder text = new();
        foreach (string line in remarks.SelectMany(static remark => remark.ReplaceLineEndings("\n").Split('\n')))
            text.Append($"// {line}".TrimEnd()).Append('\n');
        foreach ((string type, IReadOnlyList<string> things) in network.Constants)
            text.Append(CultureInfo.InvariantCulture, $"{type} = {{{string.Join(", ", things.Select(Quoted))}}}\n");
        foreach (Predicate predicate in network.Predicates)
            text.Append(CultureInfo.InvariantCulture, $"{predicate}\n");
        if (network.Clauses.Count > 0 && text.Length > 0)
            text.Append('\n');
        foreach (WeightedClause clause in network.Clauses)
            text.Append(CultureInfo.InvariantCulture, $"{clause}\n");
        return text.ToString();
    }

    public static string Write(WeightedClause clause) => clause.IsHard
        ? $"{clause.Clause}."
        : string.Create(CultureInfo.InvariantCulture, $"{clause.Weight:R}  {clause.Clause}");

    public static string Write(Literal literal)
    {
        string name = (literal.IsPositive ? string.Empty : "!") + literal.Predicate.Name;
        return literal.Terms.Count == 0 ? name : $"{name}({string.Join(", ", literal.Terms.Select(Write))})";
    }

    public static string Write(Fact fact)
    {
        string name = (fact.Holds ? string.Empty : "!") + fact.Predicate.Name;
        return fact.Things.Count == 0 ? name : $"{name}({string.Join(", ", fact.Things.Select(Quoted))})";
    }

    private static string Write(Term term) => term.IsVariable ? term.Name : Quoted(term.Name);

    /// <summary>A thing's name as it is where it can't be taken for a variable or a number, in quotes otherwise.</summary>
    private static string Quoted(string name) => name.Length > 0 && char.IsAsciiLetterUpper(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
        ? name
        : $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}\"";
}
