using Acclimate.Data;

namespace Acclimate.Relations.Learning;

/// <summary>Learns clauses and their weights from facts alone.</summary>
public static class StructureLearning
{
    /// <summary>Searches clauses beside those that the network has, and learns all weights. Each predicate gets a clause of its own, for how often it holds.</summary>
    /// <param name="network">The declarations, and clauses to start from. Hard ones stay as they are.</param>
    /// <param name="facts">One fact base or more; each is a world of its own.</param>
    /// <param name="modelled">The predicates to predict; all if left out.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of each clause that joins or goes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DataException">There is nothing to learn from, or too much.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LearntNetwork Learn(
        MarkovNetwork network,
        IReadOnlyList<FactBase> facts,
        IReadOnlyCollection<Predicate>? modelled = null,
        SearchOptions? options = null,
        Action<string>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(facts);
        options ??= new();
        options.Validate();
        RelationalData data = new(network, facts, modelled ?? network.Predicates, cancellation);
        Clause[] units = [.. Extensions.Units(data.Modelled)];
        Clause[] start = [.. network.Clauses.Where(static clause => !clause.IsHard).Select(static clause => clause.Clause).Concat(units).DistinctBy(static clause => clause.Canonical)];
        StructureSearch search = new(data, options, progress, cancellation);
        IReadOnlyList<Clause> found = search.Prune(search.Add(start, Extensions.Seeds(data.Modelled), network.Predicates, options.Literals - 1, options.Clauses));
        MarkovNetwork whole = network with { Clauses = [.. found.Select(static clause => new WeightedClause(clause, 0)), .. network.Clauses.Where(static clause => clause.IsHard)] };
        return WeightLearning.Learn(whole, data, options.Prior, cancellation);
    }
}
