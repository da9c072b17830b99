namespace Acclimate.Relations.Grounding;

/// <summary>A literal whose terms are places: of a variable among a clause's, or (as −1 − place) of a thing in its type.</summary>
/// <param name="Table">Its predicate's atoms.</param>
/// <param name="IsPositive">Whether it is no opposite.</param>
/// <param name="Terms">Its terms.</param>
internal sealed record GroundLiteral(PredicateTable Table, bool IsPositive, int[] Terms)
{
    /// <summary>The atom's key once every variable has its thing.</summary>
    public long Key(ReadOnlySpan<int> binding)
    {
        Span<int> things = stackalloc int[Terms.Length];
        for (int i = 0; i < Terms.Length; i++)
            things[i] = Terms[i] >= 0 ? binding[Terms[i]] : -1 - Terms[i];
        return Table.Key(things);
    }

    /// <summary>Whether what is known leaves open that the literal does not hold.</summary>
    public bool MayFail(ReadOnlySpan<int> binding) => Table[Key(binding)] != (IsPositive ? Truth.True : Truth.False);

    /// <summary>The literals of a clause in a world; none where the world lacks a thing that one names.</summary>
    /// <param name="literals">The literals.</param>
    /// <param name="world">The world.</param>
    /// <param name="sizes">How many things each variable stands for.</param>
    public static GroundLiteral[]? All(IReadOnlyList<Literal> literals, World world, out int[] sizes)
    {
        Dictionary<string, int> variables = new(StringComparer.Ordinal);
        List<int> counts = [];
        GroundLiteral[] found = new GroundLiteral[literals.Count];
        sizes = [];
        for (int i = 0; i < found.Length; i++)
        {
            int[] terms = new int[literals[i].Terms.Count];
            for (int t = 0; t < terms.Length; t++)
            {
                (Term term, string type) = (literals[i].Terms[t], literals[i].Predicate.Types[t]);
                if (!term.IsVariable)
                {
                    if (world.Find(type, term.Name) is not { } place)
                        return null;
                    terms[t] = -1 - place;
                }
                else
                {
                    if (!variables.TryGetValue(term.Name, out int variable))
                    {
                        variables[term.Name] = variable = counts.Count;
                        counts.Add(world.Things(type).Count);
                    }

                    terms[t] = variable;
                }
            }

            found[i] = new GroundLiteral(world[literals[i].Predicate], literals[i].IsPositive, terms);
        }

        sizes = [.. counts];
        return found;
    }
}
