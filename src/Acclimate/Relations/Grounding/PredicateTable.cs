namespace Acclimate.Relations.Grounding;

/// <summary>Whether an atom holds, as far as is known.</summary>
internal enum Truth
{
    False,
    True,
    Unknown,
}

/// <summary>
/// The atoms of one predicate in one world. An atom is known by its key, its things' places in their types read as the digits of a number.
/// What holds or may hold is also found by the thing in a place, so that clauses are grounded by joins.
/// </summary>
internal sealed class PredicateTable
{
    private readonly int[] sizes;
    private readonly HashSet<long> holding = [];
    private readonly HashSet<long>? denied;
    private readonly List<int[]> candidates = [];
    private readonly List<int[]>?[][] byThing;

    /// <param name="sizes">How many things there are of each argument's type.</param>
    /// <param name="isAsked">Whether what is not said is unknown, and not false.</param>
    public PredicateTable(int[] sizes, bool isAsked)
    {
        this.sizes = sizes;
        Size = sizes.Aggregate(1L, static (product, size) => checked(product * size));
        denied = isAsked ? [] : null;
        byThing = [.. sizes.Select(static size => new List<int[]>?[size])];
    }

    /// <summary>How many atoms there are.</summary>
    public long Size { get; }

    /// <summary>Whether what is not said is unknown, and not false.</summary>
    public bool IsAsked => denied is not null;

    /// <summary>The atoms that hold.</summary>
    public IReadOnlyCollection<long> Holding => holding;

    /// <summary>Atoms that hold or may.</summary>
    public IReadOnlyList<int[]> Candidates => candidates;

    /// <summary>The same with a thing in a place.</summary>
    public IReadOnlyList<int[]> With(int place, int thing) => byThing[place][thing] ?? (IReadOnlyList<int[]>)[];

    public long Key(ReadOnlySpan<int> things)
    {
        long key = 0;
        for (int i = 0; i < things.Length; i++)
            key = (key * sizes[i]) + things[i];
        return key;
    }

    public int[] Things(long key)
    {
        int[] things = new int[sizes.Length];
        for (int i = sizes.Length - 1; i >= 0; i--)
            (key, things[i]) = (key / sizes[i], (int)(key % sizes[i]));
        return things;
    }

    public Truth this[long key] => holding.Contains(key) ? Truth.True : denied?.Contains(key) == false ? Truth.Unknown : Truth.False;

    public void Say(int[] things, bool holds) => (holds ? holding : denied)?.Add(Key(things));

    /// <summary>Finds what holds or may by its things. To be called once, after all has been said.</summary>
    public void Index()
    {
        if (denied is null)
        {
            foreach (long key in holding.Order())
                Add(Things(key));
            return;
        }

        for (long key = 0; key < Size; key++)
        {
            if (!denied.Contains(key))
                Add(Things(key));
        }
    }

    private void Add(int[] things)
    {
        candidates.Add(things);
        for (int place = 0; place < things.Length; place++)
            (byThing[place][things[place]] ??= []).Add(things);
    }
}
