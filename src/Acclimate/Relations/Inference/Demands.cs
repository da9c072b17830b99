namespace Acclimate.Relations.Inference;

/// <summary>Clauses that are all to hold, and a world that is changed until they do.</summary>
internal sealed class Demands
{
    private readonly IReadOnlyList<int[]> clauses;
    private readonly bool[] state;
    private readonly List<int>[] occurrences;
    private readonly int[] held;
    private readonly List<int> broken = [];
    private readonly int[] places;

    /// <param name="clauses">Their literals: 2a for atom a, 2a + 1 for its opposite.</param>
    /// <param name="state">The world, which is changed.</param>
    public Demands(IReadOnlyList<int[]> clauses, bool[] state)
    {
        (this.clauses, this.state) = (clauses, state);
        occurrences = [.. Enumerable.Range(0, 2 * state.Length).Select(static _ => new List<int>())];
        (held, places) = (new int[clauses.Count], new int[clauses.Count]);
        for (int c = 0; c < clauses.Count; c++)
        {
            foreach (int literal in clauses[c])
            {
                occurrences[literal].Add(c);
                held[c] += Holds(literal) ? 1 : 0;
            }

            if (held[c] == 0)
                Break(c);
        }
    }

    /// <summary>The clauses that don't hold.</summary>
    public IReadOnlyList<int> Broken => broken;

    /// <summary>A clause's literals.</summary>
    public int[] this[int clause] => clauses[clause];

    /// <summary>How many clauses a flip would break.</summary>
    public int Breaks(int atom)
    {
        int count = 0;
        foreach (int clause in occurrences[Now(atom)])
            count += held[clause] == 1 ? 1 : 0;
        return count;
    }

    /// <summary>How many clauses a flip would mend.</summary>
    public int Mends(int atom)
    {
        int count = 0;
        foreach (int clause in occurrences[Now(atom) ^ 1])
            count += held[clause] == 0 ? 1 : 0;
        return count;
    }

    public void Flip(int atom)
    {
        foreach (int clause in occurrences[Now(atom)])
        {
            if (--held[clause] == 0)
                Break(clause);
        }

        state[atom] = !state[atom];
        foreach (int clause in occurrences[Now(atom)])
        {
            if (++held[clause] == 1)
                Mend(clause);
        }
    }

    private bool Holds(int literal) => state[literal / 2] == ((literal & 1) == 0);

    private int Now(int atom) => (2 * atom) + (state[atom] ? 0 : 1);

    private void Break(int clause)
    {
        places[clause] = broken.Count;
        broken.Add(clause);
    }

    private void Mend(int clause)
    {
        int last = broken[^1];
        (broken[places[clause]], places[last]) = (last, places[clause]);
        broken.RemoveAt(broken.Count - 1);
    }
}
