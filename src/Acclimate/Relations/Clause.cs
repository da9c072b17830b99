namespace Acclimate.Relations;

/// <summary>Literals of which one at least should hold, whatever its variables stand for. Each variable has one type, and no literal stands there twice.</summary>
public sealed class Clause
{
    private const int MostOrders = 5040;

    private readonly Lazy<string> canonical;

    /// <summary>Creates it.</summary>
    /// <param name="literals">One or more; one that is there already is dropped.</param>
    /// <exception cref="ArgumentException">There is none, or a variable would have two types.</exception>
    public Clause(params IEnumerable<Literal> literals)
    {
        ArgumentNullException.ThrowIfNull(literals);
        Literals = [.. literals.Distinct()];
        if (Literals.Count == 0)
            throw new ArgumentException("a clause has one literal or more", nameof(literals));
        Dictionary<string, string> types = new(StringComparer.Ordinal);
        foreach ((Term term, string type) in Literals.SelectMany(static literal => literal.Terms.Zip(literal.Predicate.Types)).Where(static pair => pair.First.IsVariable))
        {
            if (types.TryGetValue(term.Name, out string? other) && other != type)
                throw new ArgumentException($"the variable {term.Name} stands for a {other} and for a {type}", nameof(literals));
            types[term.Name] = type;
        }

        Variables = types;
        canonical = new(() => Orders(Literals).Select(Named).Min(StringComparer.Ordinal)!);
    }

    /// <summary>Its literals.</summary>
    public IReadOnlyList<Literal> Literals { get; }

    /// <summary>The type of each variable.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>Whether it holds in every world: a literal and its opposite are there.</summary>
    public bool IsTautology => Literals.Any(literal => literal.IsPositive && Literals.Contains(literal.Negated()));

    /// <summary>The same text for clauses that differ in the order of literals and in the names of variables only.</summary>
    internal string Canonical => canonical.Value;

    /// <summary>As it is written in a network: <c>!Smokes(x) v Cancer(x)</c>.</summary>
    public override string ToString() => string.Join(" v ", Literals);

    private static string Named(IEnumerable<Literal> literals)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        return string.Join(" v ", literals.Select(literal => literal.With(term =>
        {
            if (!term.IsVariable)
                return term;
            if (!names.TryGetValue(term.Name, out string? name))
                names[term.Name] = name = $"v{names.Count}";
            return Term.Variable(name);
        })));
    }

    /// <summary>Every order of the literals that keeps those of one predicate and sign together; the one order where there would be too many.</summary>
    private static IEnumerable<IEnumerable<Literal>> Orders(IReadOnlyList<Literal> literals)
    {
        Literal[][] groups = [.. literals.GroupBy(static literal => (literal.IsPositive ? "+" : "-") + literal.Predicate).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => group.ToArray())];
        double orders = groups.Aggregate(1.0, static (product, group) => Enumerable.Range(1, group.Length).Aggregate(product, static (so, n) => so * n));
        if (orders > MostOrders)
            return [groups.SelectMany(static group => group)];
        IEnumerable<IEnumerable<Literal>> found = [[]];
        return groups.Aggregate(found, static (before, group) => before.SelectMany(front => Permutations(group).Select(front.Concat)));
    }

    private static IEnumerable<IEnumerable<Literal>> Permutations(Literal[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany((first, at) => Permutations([.. items.Where((_, i) => i != at)]).Select(rest => rest.Prepend(first)));
}

/// <summary>A clause and how much it counts.</summary>
/// <param name="Clause">The clause.</param>
/// <param name="Weight">What each of its ground instances that holds adds to a world's log-probability; of no meaning where it is hard.</param>
/// <param name="IsHard">Whether a world in which it does not hold can't be.</param>
public sealed record WeightedClause(Clause Clause, double Weight, bool IsHard = false)
{
    /// <summary>As it is written in a network: <c>1.5  !Smokes(x) v Cancer(x)</c>, or with a full stop and no weight where it is hard.</summary>
    public override string ToString() => Syntax.NetworkText.Write(this);
}
