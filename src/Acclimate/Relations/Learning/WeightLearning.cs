using Acclimate.Data;

namespace Acclimate.Relations.Learning;

/// <summary>Weights for a network's clauses.</summary>
/// <param name="Network">The network with its weights.</param>
/// <param name="LogLikelihood">The pseudo-log-likelihood there, without the prior's term.</param>
/// <param name="Weighted">The same with every predicate counting alike (WPLL), divided by the number of predicates: the mean log-probability of an atom.</param>
public sealed record LearntNetwork(MarkovNetwork Network, double LogLikelihood, double Weighted);

/// <summary>Learns weights, and clauses, from facts of which everything is known: what is not said is false.</summary>
public static class WeightLearning
{
    /// <summary>The prior's deviation where none is said.</summary>
    public const double DefaultPrior = 2;

    /// <summary>Finds the weights of highest pseudo-likelihood under a Gaussian prior around 0. Hard clauses stay as they are.</summary>
    /// <param name="network">The clauses; their weights are where the search starts, and have no part in the result.</param>
    /// <param name="facts">One fact base or more; each is a world of its own.</param>
    /// <param name="modelled">The predicates to predict; all if left out. The others are taken as given.</param>
    /// <param name="prior">σ of the prior, above 0.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DataException">There is nothing to learn from, or too much.</exception>
    /// <exception cref="ArgumentException">The network has no clause, or σ is not above 0.</exception>
    public static LearntNetwork Learn(
        MarkovNetwork network, IReadOnlyList<FactBase> facts, IReadOnlyCollection<Predicate>? modelled = null, double prior = DefaultPrior, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(facts);
        if (network.Clauses.Count == 0)
            throw new ArgumentException("the network has no clause whose weight could be learnt; write formulas into it, or have clauses searched too", nameof(network));
        RequirePrior(prior);
        return Learn(network, new RelationalData(network, facts, modelled ?? network.Predicates, cancellation), prior, cancellation);
    }

    internal static void RequirePrior(double prior)
    {
        if (!(prior > 0))
            throw new ArgumentException($"the prior's deviation is {prior}; expected a number above 0", nameof(prior));
    }

    /// <param name="network">The clauses.</param>
    /// <param name="data">What is known.</param>
    /// <param name="prior">σ of the prior.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="aroundWeights">Whether the prior is around the weights that the clauses have, and not around 0.</param>
    internal static LearntNetwork Learn(MarkovNetwork network, RelationalData data, double prior, CancellationToken cancellation, bool aroundWeights = false)
    {
        Clause[] soft = [.. network.Clauses.Where(static clause => !clause.IsHard).Select(static clause => clause.Clause)];
        Clause[] hard = [.. network.Clauses.Where(static clause => clause.IsHard).Select(static clause => clause.Clause)];
        double[] given = [.. network.Clauses.Where(static clause => !clause.IsHard).Select(static clause => clause.Weight)];
        PseudoLikelihood likelihood = new(data, soft, hard, prior, aroundWeights ? given : null);
        double[] weights = likelihood.Maximise(given, cancellation);
        int at = 0;
        return new LearntNetwork(
            network with { Clauses = [.. network.Clauses.Select(clause => clause.IsHard ? clause : clause with { Weight = weights[at++] })] },
            likelihood.LogLikelihood(weights),
            new PseudoLikelihood(data, soft, hard, prior, weighted: true).LogLikelihood(weights) / data.Modelled.Count);
    }
}
