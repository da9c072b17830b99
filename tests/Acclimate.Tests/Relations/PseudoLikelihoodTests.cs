using Acclimate.Data;
using Acclimate.Relations;
using Acclimate.Relations.Learning;

namespace Acclimate.Tests.Relations;

public sealed class PseudoLikelihoodTests
{
    private static readonly FactBase Facts = FactBase.Parse("Smokes(Anna)\nFriends(Anna, Bob)\nFriends(Bob, Bob)", Networks.Smoking);
    private static readonly Clause[] Clauses = [.. Networks.Smoking.Clauses.Select(static clause => clause.Clause)];

    /// <summary>From nothing but the worlds' weights: P(x_a | rest) is the world's weight over the sum of it and of the world with the atom flipped.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LogLikelihood_OfATinyWorld_IsThatOfAllFlips(bool weighted)
    {
        Fact[] atoms = Networks.Atoms(Networks.Smoking);
        HashSet<Fact> holding = [.. Facts.Facts];
        double expected = atoms.Sum(atom =>
        {
            HashSet<Fact> flipped = [.. holding];
            if (!flipped.Remove(atom))
                flipped.Add(atom);
            double difference = Networks.LogWeight(Networks.Smoking, holding) - Networks.LogWeight(Networks.Smoking, flipped);
            return -Math.Log(1 + Math.Exp(-difference)) / (weighted ? atoms.Count(other => other.Predicate.Equals(atom.Predicate)) : 1);
        });
        RelationalData data = new(Networks.Smoking, [Facts], Networks.Smoking.Predicates);
        Assert.Equal(expected, new PseudoLikelihood(data, Clauses, weighted: weighted).LogLikelihood([.. Networks.Smoking.Clauses.Select(static clause => clause.Weight)]), 1e-12);
    }

    // Central differences at h = 1e-5 err by h²/6 of the third derivative (≲ 10 here) and by rounding, 1e-16 · |value| / h: 1e-8 is above both.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradient_AnyWeights_IsThatOfFiniteDifferences(bool weighted)
    {
        PseudoLikelihood likelihood = new(new RelationalData(Networks.Smoking, [Facts, Facts with { Facts = [.. Facts.Facts.Skip(1)] }], Networks.Smoking.Predicates), Clauses, prior: 1.7, means: [0.3, 0, -1, 0], weighted: weighted);
        double[] weights = [-0.8, 1.3, 0.2, 0.6];
        double[] gradient = likelihood.Gradient(weights);
        const double h = 1e-5;
        for (int i = 0; i < weights.Length; i++)
        {
            double[] above = [.. weights], below = [.. weights];
            (above[i], below[i]) = (weights[i] + h, weights[i] - h);
            Assert.Equal((likelihood.Value(above) - likelihood.Value(below)) / (2 * h), gradient[i], 1e-8);
        }
    }

    [Fact]
    public void Maximise_FromAnywhere_ComesToTheOneMaximum()
    {
        PseudoLikelihood likelihood = new(new RelationalData(Networks.Smoking, [Facts], Networks.Smoking.Predicates), Clauses, prior: 2);
        double[] one = likelihood.Maximise(), other = likelihood.Maximise([5, -5, 8, -8]);
        Assert.All(likelihood.Gradient(one), static slope => Assert.Equal(0, slope, 1e-6));

        // The prior alone curves the value by 1/4: a slope of 1e-6 is at most 4e-6 away from the maximum.
        Assert.All(one.Zip(other), static pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    // One predicate alone: without a prior its weight is the log odds of how often it holds.
    [Fact]
    public void Learn_OfAUnitClause_IsTheLogOdds()
    {
        MarkovNetwork network = MarkovNetwork.Parse("thing = {A, B, C, D, E}\nHolds(thing)\n0 Holds(x)");
        LearntNetwork learnt = WeightLearning.Learn(network, [FactBase.Parse("Holds(A)\nHolds(B)", network)], prior: 1e6);
        Assert.Equal(Math.Log(2.0 / 3), learnt.Network.Clauses[0].Weight, 1e-6);
        Assert.Equal((2 * Math.Log(0.4)) + (3 * Math.Log(0.6)), learnt.LogLikelihood, 1e-9);
        Assert.Equal(learnt.LogLikelihood / 5, learnt.Weighted, 1e-12);
    }

    [Fact]
    public void Gain_OfAClause_IsWhatItsOwnBestWeightBrings()
    {
        RelationalData data = new(Networks.Smoking, [Facts], Networks.Smoking.Predicates);
        PseudoLikelihood before = new(data, Clauses[..1], prior: 2);
        double[] weights = before.Maximise();
        double gain = new ClauseGain(data, before.Margins(weights), 2).Of(Clauses[1]);

        // By a fine grid over the weight, which misses the maximum by at most half a step: curvature ≤ 100 makes that 100 · 0.0005² / 2 ≈ 1e-5.
        PseudoLikelihood after = new(data, Clauses[..2], prior: 2);
        double best = Enumerable.Range(-8000, 16001).Max(step => after.Value([weights[0], step / 1000.0])) - before.Value(weights);
        Assert.Equal(best, gain, 2e-5);
    }

    // The value is concave in the weight: it falls on the one side of 0, so that nothing is gained there, and all on the other.
    [Fact]
    public void Gain_OfOneSign_IsAllOrNothing()
    {
        RelationalData data = new(Networks.Smoking, [Facts], Networks.Smoking.Predicates);
        foreach (Clause clause in Clauses)
        {
            ClauseGain gain = new(data, new double[data.Of.Length], 2);
            Assert.Equal([0, gain.Of(clause)], ((double[])[gain.Of(clause, 1), gain.Of(clause, -1)]).Order());
            Assert.Equal(gain.Of(clause), gain.Of(clause, 0));
        }

        // One friendship that is not returned: the clause that they are speaks against itself.
        Assert.True(new ClauseGain(data, new double[data.Of.Length], 2).Of(Clauses[2], -1) > 0);
    }

    [Fact]
    public void Learn_NothingToLearnFrom_IsRefused()
    {
        Assert.Throws<DataException>(() => WeightLearning.Learn(Networks.Smoking, []));
        Assert.Throws<ArgumentException>(() => WeightLearning.Learn(Networks.Smoking with { Clauses = [] }, [Facts]));
        Assert.Throws<ArgumentException>(() => WeightLearning.Learn(Networks.Smoking, [Facts], prior: 0));
        MarkovNetwork empty = MarkovNetwork.Parse("P(thing)\n1 P(x)");
        Assert.Contains("not one atom", Assert.Throws<DataException>(() => WeightLearning.Learn(empty, [new FactBase("none", [])])).Message, StringComparison.Ordinal);
        MarkovNetwork large = MarkovNetwork.Parse($"thing = {{{string.Join(", ", Enumerable.Range(0, 300))}}}\nP(thing, thing, thing)\n1 P(x, y, z)");
        Assert.Contains("300 × 300 × 300 atoms", Assert.Throws<DataException>(() => WeightLearning.Learn(large, [new FactBase("large", [])])).Message, StringComparison.Ordinal);
    }
}
