using Acclimate.Data;
using Acclimate.Relations.Learning;

namespace Acclimate.Relations.Transfer;

/// <summary>What became of something of the source.</summary>
/// <param name="From">The source's clause, or second-order clique.</param>
/// <param name="To">What it is in the target; none where nothing there fits it.</param>
/// <param name="Score">How good that is, by the method's own measure.</param>
public sealed record TransferNote(string From, string? To, double Score);

/// <summary>A network of the target, made by means of the source's.</summary>
/// <param name="Learnt">The network, and how likely the target's facts are under it.</param>
/// <param name="Notes">What became of the source's clauses.</param>
public sealed record TransferredNetwork(LearntNetwork Learnt, IReadOnlyList<TransferNote> Notes);

/// <summary>A source of relations, or a target: its network and the facts that are known.</summary>
/// <param name="Network">Declarations; the source's clauses with their weights. The target's clauses have no part.</param>
/// <param name="Facts">Fact bases, each a world of its own.</param>
public sealed record RelationalDomain(MarkovNetwork Network, IReadOnlyList<FactBase> Facts);

/// <summary>A way of making a network of a target with few facts by means of what is known of a source with other predicates.</summary>
public abstract class RelationalTransfer
{
    /// <summary>Transfers.</summary>
    /// <param name="source">The source.</param>
    /// <param name="target">The target: one fact base or more, of which everything is known.</param>
    /// <param name="modelled">The target's predicates that are to be predicted; all if left out. The others are taken as given.</param>
    /// <param name="progress">Hears what is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DataException">There are no facts, too many, or nothing to transfer.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TransferredNetwork Transfer(
        RelationalDomain source, RelationalDomain target, IReadOnlyCollection<Predicate>? modelled = null, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Validate();
        MarkovNetwork declarations = target.Network with { Clauses = [] };
        RelationalData data = new(declarations, target.Facts, modelled ?? declarations.Predicates, cancellation);
        (IReadOnlyList<WeightedClause> clauses, IReadOnlyList<TransferNote> notes) = Clauses(source, data, progress, cancellation);
        return new TransferredNetwork(WeightLearning.Learn(declarations with { Clauses = clauses }, data, Search.Prior, cancellation, aroundWeights: true), notes);
    }

    /// <summary>Refuses options that can't be.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public virtual void Validate() => Search.Validate();

    /// <summary>How clauses are searched in the target.</summary>
    private protected abstract SearchOptions Search { get; }

    /// <summary>The target's clauses, each with the weight that its prior is around.</summary>
    private protected abstract (IReadOnlyList<WeightedClause> Clauses, IReadOnlyList<TransferNote> Notes) Clauses(
        RelationalDomain source, RelationalData target, Action<string>? progress, CancellationToken cancellation);
}
