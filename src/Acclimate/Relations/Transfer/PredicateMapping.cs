namespace Acclimate.Relations.Transfer;

/// <summary>Which target predicate each predicate of a source clause becomes. It is legal where arguments keep their number and every source type becomes one target type.</summary>
/// <param name="Of">The predicates.</param>
internal sealed record PredicateMapping(IReadOnlyDictionary<Predicate, Predicate> Of)
{
    /// <summary>Every legal mapping of some predicates.</summary>
    public static IEnumerable<PredicateMapping> All(IReadOnlyList<Predicate> source, IReadOnlyList<Predicate> target) =>
        Complete(source, target, 0, [], []).Select(static found => new PredicateMapping(found));

    /// <summary>The clause in the target's predicates; what names single things of the source has no counterpart.</summary>
    public Clause? Map(Clause clause) => clause.Literals.Any(static literal => literal.Terms.Any(static term => !term.IsVariable))
        ? null
        : new Clause(clause.Literals.Select(literal => new Literal(Of[literal.Predicate], literal.Terms, literal.IsPositive)));

    /// <summary>As <c>AdvisedBy → WorkedUnder, Professor → Director</c>.</summary>
    public override string ToString() => string.Join(", ", Of.Select(static pair => $"{pair.Key.Name} → {pair.Value.Name}"));

    private static IEnumerable<Dictionary<Predicate, Predicate>> Complete(
        IReadOnlyList<Predicate> source, IReadOnlyList<Predicate> target, int at, Dictionary<Predicate, Predicate> so, Dictionary<string, string> types)
    {
        if (at == source.Count)
            return [so];
        return target.Where(candidate => candidate.Arity == source[at].Arity).SelectMany(candidate =>
        {
            Dictionary<string, string> joined = new(types, StringComparer.Ordinal);
            foreach ((string from, string to) in source[at].Types.Zip(candidate.Types))
            {
                if (joined.GetValueOrDefault(from, to) != to)
                    return [];
                joined[from] = to;
            }

            return Complete(source, target, at + 1, new(so) { [source[at]] = candidate }, joined);
        });
    }
}
