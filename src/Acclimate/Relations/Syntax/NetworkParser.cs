using System.Globalization;
using Acclimate.Data;

namespace Acclimate.Relations.Syntax;

/// <summary>Reads <c>.mln</c> text: declarations of types and predicates, and formulas with their weights.</summary>
internal sealed class NetworkParser
{
    private readonly Dictionary<string, Predicate> predicates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> constants = new(StringComparer.Ordinal);
    private readonly List<WeightedClause> clauses = [];

    private NetworkParser()
    {
    }

    /// <exception cref="DataException">The text can't be understood.</exception>
    public static MarkovNetwork Parse(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        NetworkParser parser = new();
        foreach (Line line in Line.Of(text, file))
            parser.Read(line);
        return new MarkovNetwork { Predicates = [.. parser.predicates.Values], Constants = parser.constants, Clauses = parser.clauses };
    }

    private void Read(Line line)
    {
        if (line.Next.Kind == TokenKind.Name && line.Ahead(1).Is("=") && line.Ahead(2).Is("{"))
            ReadType(line);
        else if (line.Next.Kind == TokenKind.Name && !predicates.ContainsKey(line.Next.Value) && IsDeclaration(line))
            Declare(line);
        else
            ReadFormula(line);
    }

    /// <summary>Whether nothing stands there but a name and, in brackets, further names.</summary>
    private static bool IsDeclaration(Line line)
    {
        if (line.Ahead(1).Kind == TokenKind.End)
            return true;
        if (!line.Ahead(1).Is("("))
            return false;
        int at = 2;
        while (line.Ahead(at).Kind == TokenKind.Name && FormulaReader.IsVariable(line.Ahead(at).Value) && line.Ahead(at + 1).Is(","))
            at += 2;
        return line.Ahead(at).Kind == TokenKind.Name && line.Ahead(at + 1).Is(")") && line.Ahead(at + 2).Kind == TokenKind.End;
    }

    private static string TypeName(Line line, Token token)
    {
        if (token.Kind != TokenKind.Name || !FormulaReader.IsVariable(token.Value) || token.Value == "v")
            throw line.Fault(token, $"found {token.Shown}; expected a type: a name that starts with a small letter, such as person");
        return token.Value;
    }

    private void ReadType(Line line)
    {
        Token name = line.Take();
        string type = TypeName(line, name);
        if (constants.ContainsKey(type))
            throw line.Fault(name, $"the type {type} has its things already; expected each type once");
        line.Expect("=", "'='");
        line.Expect("{", "'{'");
        List<string> things = [];
        while (!line.TryTake("}"))
        {
            if (things.Count > 0)
                line.Expect(",", "',' and a further name, or '}'");
            Token thing = line.Take();
            if (thing.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
                throw line.Fault(thing, $"found {thing.Shown}; expected the name of a {type}, such as Anna");
            if (things.Contains(thing.Value))
                throw line.Fault(thing, $"{thing.Shown} is there already; expected each {type} once");
            things.Add(thing.Value);
        }

        line.ExpectEnd("nothing behind '}'");
        constants.Add(type, things);
    }

    private void Declare(Line line)
    {
        Token name = line.Take();
        if (name.Value == "v")
            throw line.Fault(name, "found 'v', which means 'or'; expected a predicate of another name");
        List<string> types = [];
        if (line.TryTake("("))
        {
            types.Add(TypeName(line, line.Take()));
            while (line.TryTake(","))
                types.Add(TypeName(line, line.Take()));
            line.Expect(")", "')'");
        }

        predicates.Add(name.Value, new Predicate(name.Value, types));
    }

    private void ReadFormula(Line line)
    {
        Token first = line.Next;
        double? weight = null;
        if (first.Kind == TokenKind.Number)
        {
            weight = double.Parse(line.Take().Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            if (!double.IsFinite(weight.Value))
                throw line.Fault(first, $"found {first.Shown}; expected a weight that is a finite number");
        }

        Token last = line.Last;
        bool hard = last.Is(".");
        if (hard)
        {
            if (weight is not null)
                throw line.Fault(last, "found '.': a hard formula, which ends so, has no weight; expected one of the two");
            line.DropLast();
        }

        Token start = line.Next;
        Formula formula = new FormulaReader(line, predicates).Read();
        line.ExpectEnd("the end of the formula, or '^', 'v', '=>' or '<=>' with more of it");
        IReadOnlyList<IReadOnlyList<Literal>> found = NormalForm.Of(formula)
            ?? throw line.Fault(start, "the formula comes to thousands of clauses; expected a simpler one, or several");
        if (found.Count == 0)
            throw line.Fault(start, "the formula holds whatever the world is like; expected one that says something");
        clauses.AddRange(found.Select(literals => new WeightedClause(new Clause(literals), hard ? 0 : (weight ?? 0) / found.Count, hard)));
    }
}
