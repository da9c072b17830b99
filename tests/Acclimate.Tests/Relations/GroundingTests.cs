using Acclimate.Relations;
using Acclimate.Relations.Grounding;
using Acclimate.Relations.Learning;
using Acclimate.Relations.Transfer;

namespace Acclimate.Tests.Relations;

public sealed class GroundingTests
{
    private static readonly MarkovNetwork Declared = MarkovNetwork.Parse("person = {Anna, Bob, Carl}\nbook = {K, L}\nP(person)\nQ(person, person)\nR(book, person)\n");

    // Clauses in which literals come to the same atom, with the same sign and with another, with constants and with variables of one literal only.
    public static TheoryData<string> Clauses =>
    [
        "P(x)",
        "Q(x, x)",
        "!Q(x, y) v Q(y, x)",
        "Q(x, y) v Q(y, x)",
        "!Q(x, y) v !Q(y, z) v Q(x, z)",
        "Q(x, y) v Q(y, z) v Q(z, x)",
        "!R(b, x) v !R(b, y) v !P(y) v Q(x, y)",
        "P(x) v R(b, y)",
        "!P(Anna) v P(x)",
        "P(Anna) v Q(Anna, y) v Q(x, Bob)",
        "!P(x) v !P(y) v R(K, y)",
    ];

    /// <summary>By its meaning: the clause is counted in all its ground instances, once with the atom false and once with it true.</summary>
    [Theory]
    [MemberData(nameof(Clauses))]
    public void Column_OfAClause_IsTheDifferenceOfItsCounts(string text)
    {
        MarkovNetwork network = MarkovNetwork.Parse(Declared.ToString() + text);
        Clause clause = network.Clauses[0].Clause;
        for (int seed = 0; seed < 4; seed++)
        {
            FactBase facts = Drawn(seed);
            RelationalData data = new(network, [facts], network.Predicates);
            Column column = data[clause];
            World world = data.Worlds.Single();
            int first = 0;
            foreach (Predicate predicate in network.Predicates)
            {
                for (int key = 0; key < world[predicate].Size; key++)
                {
                    Fact atom = world.Named(predicate, key);
                    HashSet<Fact> without = [.. facts.Facts.Where(fact => !fact.Equals(atom))], with = [.. without, atom];
                    int at = Array.IndexOf(column.Atoms, first + key);
                    Assert.Equal(Networks.Holding(clause, network, with) - Networks.Holding(clause, network, without), at < 0 ? 0 : column.Changes[at]);
                }

                first += (int)world[predicate].Size;
            }
        }
    }

    /// <summary>A world's weight by the ground network, apart from a constant of what evidence settles, is that of going through all instances.</summary>
    [Theory]
    [MemberData(nameof(Clauses))]
    public void GroundNetwork_OfEvidence_WeighsWorldsAsTheNetworkDoes(string text)
    {
        MarkovNetwork network = MarkovNetwork.Parse($"{Declared}{text.Insert(0, "0.7 ")}\n-0.4 !P(x) v Q(x, y)\n");
        FactBase all = Drawn(3);
        Predicate asked = network.Predicate("P");
        FactBase evidence = all with { Facts = [.. all.Facts.Where(fact => !fact.Predicate.Equals(asked)), new Fact(asked, ["Bob"], false)] };
        GroundNetwork ground = new(network, evidence, [asked]);
        Assert.Equal(["P(Anna)", "P(Carl)"], Enumerable.Range(0, ground.Atoms).Select(atom => ground[atom].ToString()));
        double? constant = null;
        for (int world = 0; world < 4; world++)
        {
            HashSet<Fact> holding = [.. evidence.Facts.Where(static fact => fact.Holds), .. Enumerable.Range(0, 2).Where(atom => (world >> atom & 1) == 1).Select(atom => ground[atom])];
            double found = ground.Clauses.Where(clause => clause.Literals.Any(literal => (world >> (literal / 2) & 1) != (literal & 1))).Sum(static clause => clause.Weight);
            double expected = Networks.LogWeight(network, holding);
            constant ??= expected - found;
            Assert.Equal(expected, found + constant.Value, 1e-12);
        }
    }

    [Fact]
    public void CliqueStates_OfLiterals_AreCountedAsByAllInstances()
    {
        FactBase facts = Drawn(1);
        Clause clique = MarkovNetwork.Parse(Declared + "1 R(b, x) v R(b, y) v Q(x, y)").Clauses[0].Clause;
        double[] counts = CliqueStates.Of(clique.Literals, [new World(Declared, facts, [])]);
        HashSet<Fact> holding = [.. facts.Facts];
        double[] expected = new double[8];
        foreach (string[] things in Networks.Products([Declared.Constants["book"], Declared.Constants["person"], Declared.Constants["person"]]))
        {
            bool Holds(string predicate, params string[] of) => holding.Contains(new Fact(Declared.Predicate(predicate), of));
            expected[(Holds("R", things[0], things[1]) ? 1 : 0) + (Holds("R", things[0], things[2]) ? 2 : 0) + (Holds("Q", things[1], things[2]) ? 4 : 0)]++;
        }

        Assert.Equal(expected, counts);
    }

    [Fact]
    public void Divergence_OfIndependentLiterals_IsNone_AndOfEqualOnesTheirEntropy()
    {
        Assert.Equal(0, CliqueStates.Divergence([28, 42, 12, 18]), 1e-12);

        // Two literals that are always alike, each true in 30 of 100: the divergence is the entropy of one, 100 times.
        Assert.Equal(-100 * ((0.3 * Math.Log(0.3)) + (0.7 * Math.Log(0.7))), CliqueStates.Divergence([70, 0, 0, 30]), 1e-12);

        // A third that is independent of such a pair can be parted from it at no loss.
        Assert.Equal(0, CliqueStates.Divergence([35, 0, 0, 15, 35, 0, 0, 15]), 1e-12);
    }

    private static FactBase Drawn(int seed)
    {
        Acclimate.Generated.RandomStream random = new(seed, 7);
        List<Fact> facts = [];
        foreach (Fact atom in Networks.Atoms(Declared))
        {
            if (random.Chance(0.4f))
                facts.Add(atom);
        }

        return new FactBase("drawn", facts);
    }
}
