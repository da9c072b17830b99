namespace Acclimate.Relations.Grounding;

/// <summary>What flipping single atoms does to one clause: atom a of <see cref="Atoms"/> changes the count of ground instances that hold by n(a = 1) − n(a = 0), its change.</summary>
/// <param name="Atoms">The atoms for which it changes at all, rising.</param>
/// <param name="Changes">By how much.</param>
internal sealed record Column(int[] Atoms, double[] Changes)
{
    /// <summary>
    /// A clause's changes in a world of which everything is known. An atom counts where all literals but those of this very atom fail; these
    /// are found by joins. Where literals of one predicate come to the same atom, they are first made one: with opposite signs the instance always holds,
    /// with the same sign it counts once.
    /// </summary>
    /// <param name="clause">The clause.</param>
    /// <param name="world">The world.</param>
    /// <param name="first">The number of each modelled predicate's first atom; others don't count.</param>
    /// <param name="changes">Is added to.</param>
    /// <param name="cancellation">Stops it.</param>
    public static void Add(Clause clause, World world, IReadOnlyDictionary<Predicate, int> first, Dictionary<int, double> changes, CancellationToken cancellation)
    {
        IReadOnlyList<Literal> literals = clause.Literals;
        for (int j = 0; j < literals.Count; j++)
        {
            if (!first.TryGetValue(literals[j].Predicate, out int start))
                continue;
            int[] alike = [.. Enumerable.Range(j + 1, literals.Count - j - 1).Where(k => literals[k].Predicate.Equals(literals[j].Predicate) && literals[k].IsPositive == literals[j].IsPositive)];
            for (int subset = 0; subset < 1 << alike.Length; subset++)
            {
                int[] joined = [.. alike.Where((_, bit) => (subset >> bit & 1) == 1)];
                if (Unified(literals, j, joined) is { } rest)
                    Visit(rest, start);
            }
        }

        // The literal that makes the atom comes first, the others behind it.
        void Visit(IReadOnlyList<Literal> rest, int start)
        {
            if (GroundLiteral.All(rest, world, out int[] sizes) is not [var own, .. var others])
                return;
            GroundLiteral[] rivals = [.. others.Where(other => ReferenceEquals(other.Table, own.Table))];
            Join.ForEach(others, sizes, binding =>
            {
                long key = own.Key(binding);
                foreach (GroundLiteral rival in rivals)
                {
                    if (rival.Key(binding) == key)
                        return;
                }

                int atom = checked(start + (int)key);
                changes[atom] = changes.GetValueOrDefault(atom) + (own.IsPositive ? 1 : -1);
            }, cancellation);
        }
    }

    /// <summary>The literal j, then those of neither j nor <paramref name="joined"/>, once variables are the same that make these one; none where they can't be.</summary>
    private static IReadOnlyList<Literal>? Unified(IReadOnlyList<Literal> literals, int j, int[] joined)
    {
        Dictionary<Term, Term> same = [];
        foreach (int k in joined)
        {
            foreach ((Term left, Term right) in literals[j].Terms.Zip(literals[k].Terms))
            {
                (Term one, Term other) = (End(left), End(right));
                if (one == other)
                    continue;
                if (one.IsVariable)
                    same[one] = other;
                else if (other.IsVariable)
                    same[other] = one;
                else
                    return null;
            }
        }

        return [.. literals.Where((_, k) => k != j && !joined.Contains(k)).Prepend(literals[j]).Select(literal => literal.With(End))];

        Term End(Term term)
        {
            while (same.TryGetValue(term, out Term next))
                term = next;
            return term;
        }
    }
}
