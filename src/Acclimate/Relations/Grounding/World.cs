using Acclimate.Data;

namespace Acclimate.Relations.Grounding;

/// <summary>A network's predicates over the things of one <see cref="FactBase"/>: what holds, what does not, what is asked.</summary>
internal sealed class World
{
    /// <summary>More atoms than this are refused: each takes memory.</summary>
    public const long MostAtoms = 20_000_000;

    private readonly Dictionary<string, Dictionary<string, int>> places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> things = new(StringComparer.Ordinal);
    private readonly Dictionary<Predicate, PredicateTable> tables = [];

    /// <param name="network">The predicates, and things that it names.</param>
    /// <param name="facts">What is known.</param>
    /// <param name="asked">The predicates of which what is not said is unknown; of all others it is false.</param>
    /// <exception cref="DataException">There would be too many atoms.</exception>
    public World(MarkovNetwork network, FactBase facts, IReadOnlyCollection<Predicate> asked)
    {
        foreach ((string type, IReadOnlyList<string> names) in network.Constants)
        {
            foreach (string name in names)
                Place(type, name);
        }

        foreach (Literal literal in network.Clauses.SelectMany(static clause => clause.Clause.Literals))
        {
            foreach ((Term term, string type) in literal.Terms.Zip(literal.Predicate.Types))
            {
                if (!term.IsVariable)
                    Place(type, term.Name);
            }
        }

        foreach (Fact fact in facts.Facts)
        {
            foreach ((string thing, string type) in fact.Things.Zip(fact.Predicate.Types))
                Place(type, thing);
        }

        foreach (Predicate predicate in network.Predicates)
        {
            int[] sizes = [.. predicate.Types.Select(type => Things(type).Count)];
            if (sizes.Aggregate(1.0, static (product, size) => product * size) > MostAtoms)
                throw new DataException($"{facts.Name}: {predicate} has {string.Join(" × ", sizes)} atoms; expected {MostAtoms:N0} at most. Split the facts into several files: each is a world of its own");
            tables.Add(predicate, new PredicateTable(sizes, asked.Contains(predicate)));
        }

        foreach (Fact fact in facts.Facts)
        {
            if (!tables.TryGetValue(fact.Predicate, out PredicateTable? table))
                throw new DataException($"{facts.Name}: {fact} is of a predicate that the network does not declare");
            table.Say([.. fact.Things.Zip(fact.Predicate.Types, (thing, type) => Place(type, thing))], fact.Holds);
        }

        foreach (PredicateTable table in tables.Values)
            table.Index();
    }

    /// <summary>The atoms of a predicate.</summary>
    public PredicateTable this[Predicate predicate] => tables[predicate];

    /// <summary>The names of a type's things, by their places.</summary>
    public IReadOnlyList<string> Things(string type) => things.TryGetValue(type, out List<string>? names) ? names : [];

    /// <summary>The place of a thing in its type; none where the world has no such thing.</summary>
    public int? Find(string type, string thing) => places.TryGetValue(type, out Dictionary<string, int>? known) && known.TryGetValue(thing, out int place) ? place : null;

    /// <summary>An atom as a fact that holds.</summary>
    public Fact Named(Predicate predicate, long key) =>
        new(predicate, [.. tables[predicate].Things(key).Zip(predicate.Types, (thing, type) => things[type][thing])]);

    private int Place(string type, string thing)
    {
        if (!places.TryGetValue(type, out Dictionary<string, int>? known))
            (places[type], things[type]) = (known = new(StringComparer.Ordinal), []);
        if (!known.TryGetValue(thing, out int place))
        {
            known[thing] = place = known.Count;
            things[type].Add(thing);
        }

        return place;
    }
}
