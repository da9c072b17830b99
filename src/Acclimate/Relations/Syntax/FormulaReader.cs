using Acclimate.Data;

namespace Acclimate.Relations.Syntax;

/// <summary>Reads a formula from a line: <c>!</c> binds most, then <c>^</c>, <c>v</c>, <c>=&gt;</c>, <c>&lt;=&gt;</c>.</summary>
/// <param name="line">The line.</param>
/// <param name="predicates">The predicates that are declared, by name.</param>
internal sealed class FormulaReader(Line line, IReadOnlyDictionary<string, Predicate> predicates)
{
    private const int Deepest = 200;

    private static readonly string[] Unread = ["EXIST", "FORALL", "Exist", "Forall", "exist", "forall"];

    private readonly Dictionary<string, string> types = new(StringComparer.Ordinal);
    private int depth;

    /// <summary>Whether a name is a variable's: it starts with a small letter.</summary>
    public static bool IsVariable(string name) => char.IsAsciiLetterLower(name[0]);

    /// <summary>The formula that starts at the line's next word.</summary>
    /// <exception cref="DataException">It can't be understood.</exception>
    public Formula Read() => Chain("<=>", () => Chain("=>", Disjunction));

    private Formula Chain(string symbol, Func<Formula> part)
    {
        Formula left = part();
        if (!line.TryTake(symbol))
            return left;
        Enter();
        Formula right = Chain(symbol, part);
        depth--;
        return symbol == "=>" ? new Formula.Or(new Formula.Not(left), right) : new Formula.Same(left, right);
    }

    private Formula Disjunction() => Folded(Conjunction, static token => token is { Kind: TokenKind.Name, Value: "v" }, static (left, right) => new Formula.Or(left, right));

    private Formula Conjunction() => Folded(Unary, static token => token.Is("^"), static (left, right) => new Formula.And(left, right));

    private Formula Folded(Func<Formula> part, Predicate<Token> joined, Func<Formula, Formula, Formula> join)
    {
        Formula left = part();
        int entered = 0;
        for (; joined(line.Next); entered++)
        {
            line.Take();
            Enter();
            left = join(left, part());
        }

        depth -= entered;
        return left;
    }

    private Formula Unary()
    {
        if (line.TryTake("!"))
        {
            Enter();
            Formula inner = Unary();
            depth--;
            return new Formula.Not(inner);
        }

        if (!line.TryTake("("))
            return new Formula.Atom(Atom());
        Enter();
        Formula whole = Read();
        depth--;
        line.Expect(")", "')', or '^', 'v', '=>' or '<=>' with more of the formula");
        return whole;
    }

    /// <summary>Formulas are read, and brought into clauses, by calls within calls: there must be an end to them.</summary>
    private void Enter()
    {
        if (++depth > Deepest)
            throw line.Fault(line.Next, $"the formula has more than {Deepest} parts within parts; expected a simpler one, or several");
    }

    private Literal Atom()
    {
        Token name = line.Take();
        if (name.Kind != TokenKind.Name)
            throw line.Fault(name, $"found {name.Shown}; expected a predicate, '!' or '('");
        if (Unread.Contains(name.Value))
            throw line.Fault(name, $"found {name.Shown}: quantifiers are not understood; every variable stands for all things of its type; expected a predicate, '!' or '('");
        if (line.Next.Is("="))
            throw line.Fault(line.Next, "found '=': equality of terms is not understood; expected '(' behind a predicate");
        if (!predicates.TryGetValue(name.Value, out Predicate? predicate))
            throw line.Fault(name, $"the predicate '{name.Value}' is not declared{NearestName.Hint(name.Value, predicates.Keys)}{(predicates.Count == 0 ? "; expected a declaration before it, such as Smokes(person)" : $"; expected one of {string.Join(", ", predicates.Keys)}, or a declaration before it")}");
        return new Literal(predicate, Terms(predicate));
    }

    private List<Term> Terms(Predicate predicate)
    {
        List<Term> terms = [];
        if (predicate.Arity == 0)
            return terms;
        line.Expect("(", $"'(' with the terms of {predicate}");
        foreach (string type in predicate.Types)
        {
            if (terms.Count > 0)
                line.Expect(",", $"',': {predicate} takes {predicate.Arity} terms");
            terms.Add(OneTerm(predicate, type));
        }

        line.Expect(")", $"')': {predicate} takes {predicate.Arity} {(predicate.Arity == 1 ? "term" : "terms")}");
        return terms;
    }

    private Term OneTerm(Predicate predicate, string type)
    {
        Token token = line.Take();
        if (token.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
            throw line.Fault(token, $"found {token.Shown}; expected a {type}: a variable such as x, or a name such as Anna");
        if (token.Kind != TokenKind.Name || !IsVariable(token.Value))
            return Term.Constant(token.Value);
        if (token.Value == "v")
            throw line.Fault(token, "found 'v', which means 'or'; expected a variable of another name");
        if (types.TryGetValue(token.Value, out string? other) && other != type)
            throw line.Fault(token, $"the variable {token.Value} stands for a {other} before, and {predicate} has a {type} here; expected a variable of its own");
        types[token.Value] = type;
        return Term.Variable(token.Value);
    }
}
