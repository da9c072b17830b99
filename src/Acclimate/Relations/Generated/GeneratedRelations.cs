using Acclimate.Generated;
using Acclimate.Relations.Grounding;
using Acclimate.Relations.Inference;
using Acclimate.Torch;

namespace Acclimate.Relations.Generated;

/// <summary>
/// Relational worlds with a known answer: a university and the movies, whose predicates differ in name, and whose worlds are drawn from networks that are alike in
/// most of what they say. Who wrote what, who was in which movie and who is acclaimed is drawn by plain chance; everything else is drawn from the network given that, by Gibbs sampling.
/// </summary>
public sealed class GeneratedRelations
{
    private const int BurnIn = 400;
    private const float Marked = 0.3f;

    private readonly Predicate work;
    private readonly Predicate? mark;
    private readonly int people;
    private readonly int works;

    private GeneratedRelations(string name, string network, string given, string? mark, int people, int works)
    {
        (Name, Network, this.people, this.works) = (name, MarkovNetwork.Parse(network, name), people, works);
        (work, this.mark) = (Network.Predicate(given), mark is null ? null : Network.Predicate(mark));
        Asked = [.. Network.Predicates.Where(predicate => predicate != work && predicate != this.mark)];
    }

    /// <summary>A university: professors advise the students with whom they write.</summary>
    public static GeneratedRelations University { get; } = new(
        "university",
        """
        Professor(person)
        Student(person)
        Publication(title, person)
        AdvisedBy(person, person)

        -3    Professor(x)
        4     !Professor(x) v !Student(x)
        3     Professor(x) v Student(x)
        -7    AdvisedBy(x, y)
        3     !AdvisedBy(x, y) v Student(x)
        2     !AdvisedBy(x, y) v Professor(y)
        -9    !Publication(t, x) v !Publication(t, y) v !Professor(y) v !AdvisedBy(x, y)
        !AdvisedBy(x, x).
        """,
        "Publication",
        null,
        people: 30,
        works: 24);

    /// <summary>The movies: actors work under the directors of their movies, the acclaimed ones above all, of which the university knows nothing.</summary>
    public static GeneratedRelations Movie { get; } = new(
        "movie",
        """
        Director(person)
        Actor(person)
        InMovie(movie, person)
        WorkedUnder(person, person)
        Acclaimed(person)

        -3    Director(x)
        3.5   !Director(x) v !Actor(x)
        2.5   Director(x) v Actor(x)
        -7    WorkedUnder(x, y)
        3     !WorkedUnder(x, y) v Actor(x)
        2     !WorkedUnder(x, y) v Director(y)
        -8.5  !InMovie(t, x) v !InMovie(t, y) v !Director(y) v !WorkedUnder(x, y)
        !WorkedUnder(x, x).
        2     !WorkedUnder(x, y) v Acclaimed(y)
        """,
        "InMovie",
        "Acclaimed",
        people: 26,
        works: 22);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GeneratedRelations> All { get; } = [University, Movie];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The network that worlds are drawn from.</summary>
    public MarkovNetwork Network { get; }

    /// <summary>The declarations alone.</summary>
    public MarkovNetwork Declarations => Network with { Clauses = [] };

    /// <summary>What is drawn from the network, and can be asked for; the rest is given.</summary>
    public IReadOnlyList<Predicate> Asked { get; }

    /// <summary>A world.</summary>
    /// <param name="seed">The seed; the same gives the same world.</param>
    /// <param name="number">Which of the seed's worlds, from 0.</param>
    public FactBase World(long seed, int number)
    {
        long own = Generator.Derive(seed, number, Name.Length);
        RandomStream random = new(own, 0);
        List<Fact> facts = [];
        for (int title = 0; title < works; title++)
        {
            int[] order = [.. Enumerable.Range(0, people)];
            random.Shuffle(order);
            foreach (int person in order.Take(2 + random.Index(2)))
                facts.Add(new Fact(work, [$"{char.ToUpperInvariant(work.Types[0][0])}{title + 1}", $"P{person + 1}"]));
        }

        for (int person = 0; mark is not null && person < people; person++)
        {
            if (random.Chance(Marked))
                facts.Add(new Fact(mark, [$"P{person + 1}"]));
        }

        // Who is in no work is there all the same: what is drawn says so of everybody.
        MarkovNetwork all = Network with { Constants = new Dictionary<string, IReadOnlyList<string>> { ["person"] = [.. Enumerable.Range(1, people).Select(static n => $"P{n}")] } };
        GroundNetwork ground = new(all, new FactBase(Name, facts), Asked);
        GibbsSampler sampler = new(ground, new InferenceOptions { Seed = own });
        for (int sweep = 0; sweep < BurnIn; sweep++)
            sampler.Sweep(1 + sweep);
        for (int atom = 0; atom < ground.Atoms; atom++)
        {
            if (sampler.State[atom])
                facts.Add(ground[atom]);
        }

        // What does not hold is said of those alone that nothing else names, so that facts stay few.
        HashSet<string> named = [.. facts.SelectMany(static fact => fact.Things.Zip(fact.Predicate.Types).Where(static pair => pair.Second == "person").Select(static pair => pair.First))];
        Predicate single = Network.Predicates.First(static predicate => predicate.Arity == 1);
        facts.AddRange(all.Constants["person"].Where(person => !named.Contains(person)).Select(person => new Fact(single, [person], Holds: false)));
        return new FactBase($"{Name}-{seed}-{number}", facts);
    }
}
