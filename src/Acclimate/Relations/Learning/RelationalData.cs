using Acclimate.Data;
using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Learning;

/// <summary>
/// Fact bases of which everything is known (what is not said is false), their atoms in one row: those of the modelled predicates, world by world. What clauses
/// change there is computed once for each clause.
/// </summary>
internal sealed class RelationalData
{
    private readonly List<(World World, Dictionary<Predicate, int> First)> worlds = [];
    private readonly Dictionary<string, Column> columns = new(StringComparer.Ordinal);
    private readonly CancellationToken cancellation;

    /// <param name="network">The predicates.</param>
    /// <param name="facts">One fact base or more.</param>
    /// <param name="modelled">The predicates whose atoms are to be predicted; the others are given.</param>
    /// <param name="cancellation">Stops grounding.</param>
    /// <exception cref="DataException">There is no fact base, no atom, or there are too many.</exception>
    public RelationalData(MarkovNetwork network, IReadOnlyList<FactBase> facts, IReadOnlyCollection<Predicate> modelled, CancellationToken cancellation = default)
    {
        (Predicates, Modelled, this.cancellation) = (network.Predicates, [.. network.Predicates.Where(modelled.Contains)], cancellation);
        if (facts.Count == 0)
            throw new DataException("there are no facts to learn from; expected one fact base or more");
        List<(int First, Predicate Predicate, PredicateTable Table)> places = [];
        long atoms = 0;
        foreach (FactBase one in facts)
        {
            World world = new(network, one, []);
            Dictionary<Predicate, int> first = [];
            foreach (Predicate predicate in Modelled)
            {
                first.Add(predicate, (int)atoms);
                places.Add(((int)atoms, predicate, world[predicate]));
                atoms += world[predicate].Size;
                if (atoms > World.MostAtoms)
                    throw new DataException($"the facts have more than {World.MostAtoms:N0} atoms; expected smaller worlds, or fewer predicates to model");
            }

            worlds.Add((world, first));
        }

        if (atoms == 0)
            throw new DataException($"{string.Join(", ", facts.Select(static one => one.Name))}: there is not one atom to learn from; expected facts about things");
        (Holds, Of) = (new bool[atoms], new int[atoms]);
        foreach ((int start, Predicate predicate, PredicateTable table) in places)
        {
            Of.AsSpan(start, (int)table.Size).Fill(Modelled.ToList().IndexOf(predicate));
            foreach (long key in table.Holding)
                Holds[start + (int)key] = true;
        }
    }

    /// <summary>All predicates.</summary>
    public IReadOnlyList<Predicate> Predicates { get; }

    /// <summary>The predicates whose atoms these are.</summary>
    public IReadOnlyList<Predicate> Modelled { get; }

    /// <summary>Whether each atom holds.</summary>
    public bool[] Holds { get; }

    /// <summary>The place of each atom's predicate among the modelled.</summary>
    public int[] Of { get; }

    /// <summary>The worlds.</summary>
    public IEnumerable<World> Worlds => worlds.Select(static pair => pair.World);

    /// <summary>What a clause changes.</summary>
    public Column this[Clause clause]
    {
        get
        {
            if (columns.TryGetValue(clause.Canonical, out Column? known))
                return known;
            Dictionary<int, double> changes = [];
            foreach ((World world, Dictionary<Predicate, int> first) in worlds)
                Column.Add(clause, world, first, changes, cancellation);
            int[] atoms = [.. changes.Where(static pair => pair.Value != 0).Select(static pair => pair.Key)];
            Array.Sort(atoms);
            return columns[clause.Canonical] = new Column(atoms, [.. atoms.Select(atom => changes[atom])]);
        }
    }

    /// <summary>For each atom one over the number of atoms of its predicate: the weighted pseudo-log-likelihood's weights.</summary>
    public double[] ByPredicate()
    {
        int[] counts = new int[Modelled.Count];
        foreach (int predicate in Of)
            counts[predicate]++;
        return [.. Of.Select(predicate => 1.0 / counts[predicate])];
    }
}
