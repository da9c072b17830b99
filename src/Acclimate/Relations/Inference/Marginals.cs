using Acclimate.Data;
using Acclimate.Relations.Grounding;

namespace Acclimate.Relations.Inference;

/// <summary>How marginals are found.</summary>
public enum Sampler
{
    /// <summary>MC-SAT where a hard clause is about several atoms that are asked for, Gibbs otherwise.</summary>
    Auto,

    /// <summary>Gibbs sampling: fast, but it doesn't get across what must not be.</summary>
    Gibbs,

    /// <summary>MC-SAT, which jumps between worlds that hard clauses keep apart.</summary>
    McSat,

    /// <summary>All worlds, one after another: up to 20 atoms.</summary>
    Exact,
}

/// <summary>The probability that a fact holds, given what is known.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Probability">From 0 to 1.</param>
public sealed record Marginal(Fact Fact, double Probability);

/// <summary>What inference is to do.</summary>
public sealed record InferenceOptions
{
    /// <summary>How.</summary>
    public Sampler Sampler { get; init; }

    /// <summary>Sweeps over all atoms, or worlds of MC-SAT, that count; 1 or more.</summary>
    public int Samples { get; init; } = 1000;

    /// <summary>Those before, which don't; 0 or more.</summary>
    public int BurnIn { get; init; } = 100;

    /// <summary>Where every random choice starts from.</summary>
    public long Seed { get; init; }

    /// <summary>Refuses what can't be.</summary>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public void Validate()
    {
        if (Samples < 1)
            throw new ArgumentException($"samples is {Samples}; expected 1 or more");
        if (BurnIn < 0)
            throw new ArgumentException($"burn-in is {BurnIn}; expected 0 or more");
    }
}

/// <summary>Infers what is not known: the marginal probability of every atom that is asked for.</summary>
public static class Marginals
{
    /// <summary>Infers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="facts">What is known. Of predicates that are not asked for, what is not said is false.</param>
    /// <param name="asked">The predicates that are asked for; what the facts say of them, they know.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Each atom that is not known, by predicate and things.</returns>
    /// <exception cref="DataException">A hard clause can't hold, or there would be too much to do.</exception>
    /// <exception cref="ArgumentException">An option is out of range, or nothing is asked for.</exception>
    public static IReadOnlyList<Marginal> Infer(
        MarkovNetwork network, FactBase facts, IReadOnlyCollection<Predicate> asked, InferenceOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(asked);
        options ??= new();
        options.Validate();
        if (asked.Count == 0)
            throw new ArgumentException("nothing is asked for; expected one predicate or more", nameof(asked));
        GroundNetwork ground = new(network, facts, asked, cancellation);
        double[] probabilities = Probabilities(ground, options, cancellation);
        return [.. probabilities.Select((probability, atom) => new Marginal(ground[atom], probability))];
    }

    internal static double[] Probabilities(GroundNetwork ground, InferenceOptions options, CancellationToken cancellation = default) => options.Sampler switch
    {
        Sampler.Exact => Enumeration.Marginals(ground, cancellation),
        Sampler.Gibbs => new GibbsSampler(ground, options).Marginals(cancellation),
        Sampler.McSat => new McSat(ground, options).Marginals(cancellation),
        _ => ground.Clauses.Any(static clause => clause.IsHard && clause.Literals.Length > 1) ? new McSat(ground, options).Marginals(cancellation) : new GibbsSampler(ground, options).Marginals(cancellation),
    };
}
