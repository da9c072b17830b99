using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Transfer;

/// <summary>A second-order clique: literals whose predicates are variables too, such as r(x, y), r(z, y), s(x, z).</summary>
/// <param name="Text">The clique, the same for all that differ in names only.</param>
/// <param name="Clique">One of its first-order cliques.</param>
internal sealed record CliqueTemplate(string Text, Clause Clique)
{
    private const string Letters = "rstuvwpq";

    /// <summary>The template of a first-order clique.</summary>
    public static CliqueTemplate Of(Clause clique)
    {
        // Which predicate is called r matters to no one: the least text of all ways of naming them is the template's.
        Predicate[] predicates = [.. clique.Literals.Select(static literal => literal.Predicate).Distinct()];
        return new CliqueTemplate(Orders(predicates).Select(order => Named(clique, order)).Min(StringComparer.Ordinal)!, clique);
    }

    /// <summary>The first-order cliques that the template has in a target: every way of putting predicates of the same arity, and of types that agree where variables are the same, for its own.</summary>
    public IEnumerable<Clause> In(IReadOnlyList<Predicate> target)
    {
        Predicate[] own = [.. Clique.Literals.Select(static literal => literal.Predicate).Distinct()];
        IEnumerable<Predicate[]> all = [[]];
        foreach (Predicate predicate in own)
            all = all.SelectMany(front => target.Where(candidate => candidate.Arity == predicate.Arity && !front.Contains(candidate)).Select(candidate => (Predicate[])[.. front, candidate]));
        foreach (Predicate[] chosen in all)
        {
            Literal[] literals = [.. Clique.Literals.Select(literal => new Literal(chosen[Array.IndexOf(own, literal.Predicate)], literal.Terms))];
            bool agree = literals.SelectMany(static literal => literal.Terms.Zip(literal.Predicate.Types)).GroupBy(static pair => pair.First).All(static group => group.Select(static pair => pair.Second).Distinct().Count() == 1);
            if (agree)
                yield return new Clause(literals);
        }
    }

    /// <summary>Every clique of two literals or more that some predicates can make, each literal joined to another by a variable, and none with a variable in two places.</summary>
    public static IReadOnlyList<Clause> Cliques(IReadOnlyList<Predicate> predicates, int literals, int variables)
    {
        Dictionary<string, Clause> all = new(StringComparer.Ordinal);
        List<Clause> level = [.. Extensions.Units(predicates)];
        for (int length = 2; length <= literals; length++)
        {
            level = [.. level.SelectMany(clause => Extensions.Longer(clause, predicates, variables, plain: true)).DistinctBy(static clause => clause.Canonical)];
            foreach (Clause clause in level)
                all.TryAdd(clause.Canonical, clause);
        }

        return [.. all.Values];
    }

    private static string Named(Clause clique, Predicate[] order)
    {
        Dictionary<Predicate, Predicate> names = order.Select(static (predicate, i) => (predicate, i))
            .ToDictionary(static pair => pair.predicate, static pair => new Predicate($"{Letters[pair.i % Letters.Length]}", [.. pair.predicate.Types.Select(static _ => "thing")]));
        return new Clause(clique.Literals.Select(literal => new Literal(names[literal.Predicate], literal.Terms))).Canonical.Replace(" v ", ", ", StringComparison.Ordinal);
    }

    private static IEnumerable<Predicate[]> Orders(Predicate[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany((first, at) => Orders([.. items.Where((_, i) => i != at)]).Select(rest => (Predicate[])[first, .. rest]));
}
