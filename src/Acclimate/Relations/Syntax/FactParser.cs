using Acclimate.Data;

namespace Acclimate.Relations.Syntax;

/// <summary>Reads <c>.db</c> text: a fact a line.</summary>
internal static class FactParser
{
    /// <exception cref="DataException">The text can't be understood, or says of a fact that it holds and that it does not.</exception>
    public static FactBase Parse(string text, string file, MarkovNetwork network)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(network);
        Dictionary<string, Predicate> predicates = network.Predicates.ToDictionary(static predicate => predicate.Name, StringComparer.Ordinal);
        Dictionary<Fact, int> lines = [];
        foreach (Line line in Line.Of(text, file))
        {
            Token start = line.Next;
            Fact fact = Read(line, predicates);
            if (lines.TryGetValue(fact with { Holds = !fact.Holds }, out int before))
                throw line.Fault(start, $"{fact} is said here, and the opposite on line {before}; expected one of the two");
            lines.TryAdd(fact, line.Number);
        }

        return new FactBase(file, [.. lines.Keys]);
    }

    private static Fact Read(Line line, Dictionary<string, Predicate> predicates)
    {
        bool holds = !line.TryTake("!");
        Token name = line.Take();
        if (name.Kind != TokenKind.Name)
            throw line.Fault(name, $"found {name.Shown}; expected a fact such as Smokes(Anna) or !Smokes(Anna)");
        if (!predicates.TryGetValue(name.Value, out Predicate? predicate))
            throw line.Fault(name, $"the network declares no predicate '{name.Value}'{NearestName.Hint(name.Value, predicates.Keys)}; expected {(predicates.Count == 0 ? "a network with declarations" : $"one of {string.Join(", ", predicates.Values)}")}");
        List<string> things = [];
        if (predicate.Arity > 0)
            line.Expect("(", $"'(' with the things of {predicate}");
        foreach (string type in predicate.Types)
        {
            if (things.Count > 0)
                line.Expect(",", $"',': {predicate} takes {predicate.Arity} names");
            Token thing = line.Take();
            if (thing.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
                throw line.Fault(thing, $"found {thing.Shown}; expected the name of a {type}, such as Anna");
            things.Add(thing.Value);
        }

        if (predicate.Arity > 0)
            line.Expect(")", $"')': {predicate} takes {predicate.Arity} {(predicate.Arity == 1 ? "name" : "names")}");
        line.ExpectEnd("the end of the line: one fact a line");
        return new Fact(predicate, things, holds);
    }
}
