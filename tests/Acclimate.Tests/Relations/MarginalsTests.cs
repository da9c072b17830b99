using Acclimate.Data;
using Acclimate.Relations;
using Acclimate.Relations.Inference;

namespace Acclimate.Tests.Relations;

public sealed class MarginalsTests
{
    private static readonly FactBase Nothing = new("nothing", []);

    /// <summary>All 64 worlds by plain loops.</summary>
    [Fact]
    public void Infer_Exactly_IsTheSumOverAllWorlds()
    {
        Dictionary<Fact, double> expected = Expected(Networks.Smoking, new HashSet<Fact>(), Networks.Atoms(Networks.Smoking));
        foreach (Marginal found in Marginals.Infer(Networks.Smoking, Nothing, Networks.Smoking.Predicates, new() { Sampler = Sampler.Exact }))
            Assert.Equal(expected[found.Fact], found.Probability, 1e-12);
    }

    [Fact]
    public void Infer_WithEvidence_KnowsWhatIsSaidAndAsksTheRest()
    {
        FactBase evidence = FactBase.Parse("Friends(Anna, Bob)\nSmokes(Anna)", Networks.Smoking);
        IReadOnlyList<Marginal> found = Marginals.Infer(Networks.Smoking, evidence, [Networks.Smoking.Predicate("Smokes")], new() { Sampler = Sampler.Exact });
        Dictionary<Fact, double> expected = Expected(Networks.Smoking, [.. evidence.Facts], [new Fact(Networks.Smoking.Predicate("Smokes"), ["Bob"])]);
        Assert.Equal(expected.Single().Value, Assert.Single(found).Probability, 1e-12);
    }

    // A mean of N independent draws has a deviation of at most √(1/4N). Draws of a chain are worth fewer: on a network that binds as loosely as this, a tenth of
    // them at the least. Five deviations are passed by chance once in a million.
    [Theory]
    [InlineData(Sampler.Gibbs)]
    [InlineData(Sampler.McSat)]
    public void Infer_BySampling_IsNearTheExact(Sampler sampler)
    {
        const int samples = 8000;
        double tolerance = 5 * Math.Sqrt(1 / (4.0 * samples / 10));
        IReadOnlyList<Marginal> exact = Marginals.Infer(Networks.Smoking, Nothing, Networks.Smoking.Predicates, new() { Sampler = Sampler.Exact });
        IReadOnlyList<Marginal> sampled = Marginals.Infer(Networks.Smoking, Nothing, Networks.Smoking.Predicates, new() { Sampler = sampler, Samples = samples, Seed = 3 });
        Assert.All(exact.Zip(sampled), pair =>
        {
            Assert.Equal(pair.First.Fact, pair.Second.Fact);
            Assert.Equal(pair.First.Probability, pair.Second.Probability, tolerance);
        });
    }

    // Two worlds that a hard clause keeps apart: both atoms hold, or none. Gibbs can't get from one to the other; MC-SAT must.
    [Fact]
    public void McSat_WorldsThatAreKeptApart_VisitsBoth()
    {
        MarkovNetwork network = MarkovNetwork.Parse("A\nB\nA <=> B.\n0.5 A");
        IReadOnlyList<Marginal> exact = Marginals.Infer(network, Nothing, network.Predicates, new() { Sampler = Sampler.Exact });
        IReadOnlyList<Marginal> sampled = Marginals.Infer(network, Nothing, network.Predicates, new() { Samples = 4000 });
        Assert.Equal(1 / (1 + Math.Exp(-0.5)), exact[0].Probability, 1e-12);
        Assert.Equal(sampled[0].Probability, sampled[1].Probability);

        // As above; here SampleSAT starts anew for each draw, so that a fourth of the draws is the least they are worth.
        Assert.Equal(exact[0].Probability, sampled[0].Probability, 5 * Math.Sqrt(1 / (4.0 * 4000 / 4)));
    }

    [Theory]
    [InlineData(Sampler.Gibbs)]
    [InlineData(Sampler.McSat)]
    public void Infer_TheSameSeed_GivesTheSameBits(Sampler sampler)
    {
        double[] Probabilities(long seed) => [.. Marginals.Infer(Networks.Smoking, Nothing, Networks.Smoking.Predicates, new() { Sampler = sampler, Samples = 50, Seed = seed }).Select(static marginal => marginal.Probability)];
        Assert.Equal(Probabilities(1), Probabilities(1));
        Assert.NotEqual(Probabilities(1), Probabilities(2));
    }

    [Fact]
    public void Infer_WhatCannotBe_IsRefused()
    {
        MarkovNetwork network = MarkovNetwork.Parse("thing = {K}\nA(thing)\nB(thing)\nA(x) => B(x).\n!A(K).\nA(K).");
        Assert.Contains("no world was found", Assert.Throws<DataException>(() => Marginals.Infer(network, Nothing, network.Predicates, new() { Sampler = Sampler.McSat })).Message, StringComparison.Ordinal);
        Assert.Contains("breaks the hard clause", Assert.Throws<DataException>(() => Marginals.Infer(network, FactBase.Parse("A(K)", network), [network.Predicate("B")])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Marginals.Infer(network, Nothing, []));
        Assert.Throws<ArgumentException>(() => Marginals.Infer(network, Nothing, network.Predicates, new() { Samples = 0 }));
        MarkovNetwork many = MarkovNetwork.Parse($"thing = {{{string.Join(", ", Enumerable.Range(0, 21))}}}\nA(thing)\n1 A(x)");
        Assert.Contains("21 atoms", Assert.Throws<ArgumentException>(() => Marginals.Infer(many, Nothing, many.Predicates, new() { Sampler = Sampler.Exact })).Message, StringComparison.Ordinal);
    }

    private static Dictionary<Fact, double> Expected(MarkovNetwork network, HashSet<Fact> known, Fact[] open)
    {
        Dictionary<Fact, double> masses = open.ToDictionary(static atom => atom, static _ => 0.0);
        double all = 0;
        for (int world = 0; world < 1 << open.Length; world++)
        {
            Fact[] holding = [.. open.Where((_, i) => (world >> i & 1) == 1)];
            double mass = Math.Exp(Networks.LogWeight(network, new HashSet<Fact>(known.Concat(holding))));
            all += mass;
            foreach (Fact atom in holding)
                masses[atom] += mass;
        }

        return masses.ToDictionary(static pair => pair.Key, pair => pair.Value / all);
    }
}
