namespace Acclimate.Selection.Guard;

/// <summary>What a hedge is made of: p = (1 − w) Σ_j a_j p_j + w p₀, p₀ the source's own model.</summary>
/// <param name="Source">w, 0 to 1.</param>
/// <param name="Adapted">a: what each candidate weighs beside it; 0 or more, they sum to 1. The source's own model may be among them.</param>
public sealed record HedgeWeights(double Source, IReadOnlyList<double> Adapted)
{
    /// <summary>What each candidate weighs in all.</summary>
    /// <param name="source">Which is the source's own model.</param>
    public IReadOnlyList<double> Total(int source) => [.. Adapted.Select((weight, i) => ((1 - Source) * weight) + (i == source ? Source : 0))];
}

/// <summary>A rule that sets the weights of a hedge by label-free evidence alone: a pure function of numbers.</summary>
public abstract class HedgeRule
{
    /// <summary>What to call it.</summary>
    public abstract string Name { get; }

    /// <summary>The checks that it asks, by their names in the <see cref="ValidatorCatalog"/>.</summary>
    public abstract IReadOnlyList<string> Validators { get; }

    /// <summary>Sets the weights.</summary>
    /// <param name="evidence">What is known.</param>
    public abstract HedgeWeights Weigh(PoolEvidence evidence);

    /// <summary>Why the source's own model weighs what it weighs, as the end of a sentence; none where there is nothing to add.</summary>
    /// <param name="evidence">What is known.</param>
    public virtual string? Why(PoolEvidence evidence) => null;

    /// <summary>The mean over families of their members' mean, over the candidates that a rule counts.</summary>
    protected static double[] FamilyMean(PoolEvidence evidence, Func<int, bool> counts)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(counts);
        IGrouping<string, int>[] families = [.. Enumerable.Range(0, evidence.Names.Count).Where(counts).GroupBy(i => evidence.Families[i])];
        double[] weights = new double[evidence.Names.Count];
        foreach (IGrouping<string, int> family in families)
        {
            foreach (int member in family)
                weights[member] = 1.0 / (families.Length * family.Count());
        }

        return weights;
    }
}

/// <summary>
/// Averaging beats choosing: half a good default, half the mean over families of methods, and the source's own model beside them,
/// with a weight that evidence and class shares decide. What it gains and where it loses is measured by <c>acclimate benchmark honest</c>.
/// </summary>
public sealed class HalfAndHalfRule : HedgeRule
{
    /// <summary>The default's part of the adapted side, the families' mean having the rest.</summary>
    public const double DefaultShare = 0.5;

    /// <summary>w where nothing speaks against the adapted side.</summary>
    public const double Low = 0.2;

    /// <summary>w where too few checks are for it.</summary>
    public const double Doubted = 0.5;

    /// <summary>w where class shares are at odds: there the adapted side was up to 13 points below the source's own model.</summary>
    public const double AtOdds = 0.65;

    /// <summary>How many of the six checks must prefer a candidate. No check alone tells better from worse in more than 68 % of cases.</summary>
    public const int Needed = 2;

    /// <inheritdoc/>
    public override string Name => "half-and-half";

    /// <summary>Two that look at the target's own clusters, two with a judge that is the same for all, two that ask the crowd.</summary>
    public override IReadOnlyList<string> Validators { get; } = ["knn", "silhouette", "rev-fix", "rev-raw", "crowd-share", "dawid-skene"];

    /// <summary>The three parts of the adapted side count alike where a method was asked for and <see cref="Needed"/> checks prefer it to the source's own model; else it has no part.</summary>
    /// <param name="evidence">What is known.</param>
    public override HedgeWeights Weigh(PoolEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        double[] adapted = FamilyMean(evidence, i => i != evidence.Method);
        int? method = evidence.Method is { } asked && evidence.Preferring(asked, Validators) >= Needed ? asked : null;
        double families = method is null ? 1 - DefaultShare : 1.0 / 3, good = method is null ? DefaultShare : 1.0 / 3;
        for (int i = 0; i < adapted.Length; i++)
            adapted[i] *= families;
        adapted[evidence.Default] += good;
        if (method is { } third)
            adapted[third] += 1 - families - good;
        return new HedgeWeights(evidence.SharesAtOdds ? AtOdds : evidence.Preferring(evidence.Default, Validators) < Needed ? Doubted : Low, adapted);
    }

    /// <inheritdoc/>
    public override string? Why(PoolEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return evidence.SharesAtOdds
            ? FormattableString.Invariant($"the class shares that the adapted side finds in the target are not those that the source's own model tells of (which differ from the source's by {evidence.LabelShift:0.00} of 1), and aligning domains whose class shares differ does harm")
            : evidence.Preferring(evidence.Default, Validators) < Needed ? $"fewer than {Needed} of {Validators.Count} label-free checks prefer the adapted side" : null;
    }
}
