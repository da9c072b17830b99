using Acclimate.Data;

namespace Acclimate.Relations.Grounding;

/// <summary>A clause of atoms that are asked for: each literal is 2a where atom a is to hold, 2a + 1 where it is not to.</summary>
/// <param name="Literals">The literals, rising.</param>
/// <param name="Weight">What it adds where it holds.</param>
/// <param name="IsHard">Whether it must hold.</param>
internal sealed record GroundClause(int[] Literals, double Weight, bool IsHard);

/// <summary>A network over what is asked of one fact base: the ground clauses that evidence leaves open. Those with the same literals are one.</summary>
internal sealed class GroundNetwork
{
    /// <summary>More ground clauses than this are refused: each takes memory and every sweep.</summary>
    public const int MostClauses = 20_000_000;

    private readonly World world;
    private readonly List<(Predicate Predicate, long Key)> atoms = [];

    /// <param name="network">The clauses.</param>
    /// <param name="facts">What is known: all of the predicates that are not asked for, and some of those that are.</param>
    /// <param name="asked">The predicates that are asked for.</param>
    /// <param name="cancellation">Stops grounding.</param>
    /// <exception cref="DataException">A hard clause can't hold, or there would be too much.</exception>
    public GroundNetwork(MarkovNetwork network, FactBase facts, IReadOnlyCollection<Predicate> asked, CancellationToken cancellation = default)
    {
        world = new World(network, facts, asked);
        Dictionary<PredicateTable, Dictionary<long, int>> numbers = [];
        foreach (Predicate predicate in network.Predicates.Where(asked.Contains))
        {
            Dictionary<long, int> known = numbers[world[predicate]] = [];
            foreach (int[] things in world[predicate].Candidates)
            {
                long key = world[predicate].Key(things);
                if (world[predicate][key] != Truth.Unknown)
                    continue;
                known[key] = atoms.Count;
                atoms.Add((predicate, key));
            }
        }

        Dictionary<Literals, (double Weight, bool IsHard)> clauses = [];
        foreach (WeightedClause clause in network.Clauses.Where(static clause => clause.IsHard || clause.Weight != 0))
        {
            if (GroundLiteral.All(clause.Clause.Literals, world, out int[] sizes) is not { } literals)
                continue;
            Join.ForEach(literals, sizes, binding => Add(clause, literals, binding), cancellation);
        }

        Clauses = [.. clauses.Select(static pair => new GroundClause(pair.Key.Of, pair.Value.Weight, pair.Value.IsHard))];

        void Add(WeightedClause clause, GroundLiteral[] literals, int[] binding)
        {
            SortedSet<int> open = [];
            foreach (GroundLiteral literal in literals)
            {
                long key = literal.Key(binding);
                if (literal.Table[key] == Truth.Unknown)
                    open.Add((2 * numbers[literal.Table][key]) + (literal.IsPositive ? 0 : 1));
            }

            if (open.Any(literal => (literal & 1) == 0 && open.Contains(literal + 1)))
                return;
            if (open.Count == 0)
            {
                if (clause.IsHard)
                    throw new DataException($"{facts.Name}: what is known breaks the hard clause {clause}; expected facts under which it can hold");
                return;
            }

            // Of a single atom, a weight on its opposite is the negated weight on itself: apart, two that nearly cancel would bind MC-SAT twice.
            double sign = open.Count == 1 && !clause.IsHard && (open.Min & 1) == 1 ? -1 : 1;
            Literals same = new(sign < 0 ? [open.Min - 1] : [.. open]);
            (double weight, bool hard) = clauses.GetValueOrDefault(same);
            clauses[same] = (weight + (clause.IsHard ? 0 : sign * clause.Weight), hard || clause.IsHard);
            if (clauses.Count > MostClauses)
                throw new DataException($"{facts.Name}: the network has more than {MostClauses:N0} ground clauses; expected smaller worlds, or clauses with fewer variables");
        }
    }

    /// <summary>How many atoms are asked for.</summary>
    public int Atoms => atoms.Count;

    /// <summary>The ground clauses.</summary>
    public IReadOnlyList<GroundClause> Clauses { get; }

    /// <summary>An asked atom as a fact.</summary>
    public Fact this[int atom] => world.Named(atoms[atom].Predicate, atoms[atom].Key);

    /// <summary>Where each literal stands: the clauses of literal 2a and 2a + 1.</summary>
    public int[][] Occurrences()
    {
        List<int>[] found = [.. Enumerable.Range(0, 2 * Atoms).Select(static _ => new List<int>())];
        for (int c = 0; c < Clauses.Count; c++)
        {
            foreach (int literal in Clauses[c].Literals)
                found[literal].Add(c);
        }

        return [.. found.Select(static list => list.ToArray())];
    }

    /// <summary>Literals that are the same where their numbers are.</summary>
    private readonly record struct Literals(int[] Of)
    {
        public bool Equals(Literals other) => Of.AsSpan().SequenceEqual(other.Of);

        public override int GetHashCode()
        {
            HashCode code = default;
            foreach (int literal in Of)
                code.Add(literal);
            return code.ToHashCode();
        }
    }
}
