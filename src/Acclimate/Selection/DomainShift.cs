using Acclimate.Data;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>How two domains differ, as their samples stand or as a network sees them: how far, in what, and what that puts at risk.</summary>
/// <param name="ADistance">How well a linear classifier tells them apart, 0 to 2.</param>
/// <param name="Mmd">MMD² with its permutation test.</param>
public sealed record DomainShift(ProxyADistanceResult ADistance, PermutationTestResult Mmd)
{
    /// <summary>Below this p-value, a difference is called one.</summary>
    public const double Significance = 0.05;

    private const int Limit = 1000;

    /// <summary>How far mass has to be moved from one to the other; none where distances alone were asked for.</summary>
    public WassersteinShift? Wasserstein { get; init; }

    /// <summary>How much of the target lies where the source has nothing; none where distances alone were asked for.</summary>
    public SupportMismatch? Support { get; init; }

    /// <summary>Each feature's drift, the farthest first; of pictures, their appearance's; none where distances alone were asked for.</summary>
    public IReadOnlyList<Drift> Drifts { get; init; } = [];

    /// <summary>What is known of the classes; none where the source has no labels, or distances alone were asked for.</summary>
    public ClassShift? Classes { get; init; }

    /// <summary>
    /// The total variation between the class shares, 0 to 1; none where one domain has no labels, or other classes.
    /// </summary>
    public double? ClassBalanceChange => Classes is { Known: true } known ? known.BalanceChange : null;

    /// <summary>Which kinds of shift there are, as far as can be told.</summary>
    public ShiftKinds Kinds => ShiftKinds.Of(this);

    /// <summary>What speaks for adaptation doing harm here.</summary>
    public TransferRisk Risk => TransferRisk.Of(this);

    /// <summary>
    /// Compares samples: features standardised by the source, texts by tf-idf, or pictures pixel by pixel at 16 × 16. Of more than 1,000
    /// samples of a domain, 1,000 evenly spaced ones are looked at.
    /// </summary>
    /// <param name="source">One domain.</param>
    /// <param name="target">The other. Its labels, where it has any, are compared with the source's: this describes, and chooses nothing.</param>
    /// <param name="distancesAlone">Whether <see cref="ADistance"/> and <see cref="Mmd"/> are enough, which takes a fraction of the time.</param>
    /// <param name="cancellation">Stops between two parts of the work.</param>
    /// <exception cref="DataException">A sample can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DomainShift OfSamples(Domain source, Domain target, bool distancesAlone = false, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        ShiftSamples samples = ShiftSamples.Read(source, target, cancellation);
        if (distancesAlone)
            return OfFeatures(samples.Source, samples.Target);
        return Describe(samples.Source, samples.Target, samples.SourceLabels, samples.TargetLabels, cancellation) with
        {
            Drifts = Drift.Between(samples.SourceFeatures, samples.TargetFeatures, samples.Names),
        };
    }

    /// <summary>How far features are apart: <see cref="ADistance"/> and <see cref="Mmd"/>.</summary>
    /// <param name="source">Samples × features.</param>
    /// <param name="target">Samples × features.</param>
    /// <exception cref="ArgumentException">Not two matrices of one width, device and type, too few rows, or a value that is not finite.</exception>
    public static DomainShift OfFeatures(Tensor source, Tensor target) =>
        new(new ProxyADistance().Estimate(source, target), new PermutationTest().Run(source, target));

    /// <summary>Compares features in every way.</summary>
    /// <param name="source">Samples × features, floating point, finite; two samples or more.</param>
    /// <param name="target">Samples × features.</param>
    /// <param name="sourceLabels">The source's classes, where anything is to be said of classes.</param>
    /// <param name="targetLabels">The target's, where they are known; of the source's classes.</param>
    /// <param name="cancellation">Stops between two parts of the work.</param>
    /// <exception cref="ArgumentException">Not two matrices of one width, device and type, too few rows, a value that is not finite, or labels that don't fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DomainShift Describe(
        Tensor source, Tensor target, Labels? sourceLabels = null, Labels? targetLabels = null, CancellationToken cancellation = default)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        DomainShift distances = OfFeatures(source, target);
        cancellation.ThrowIfCancellationRequested();
        SupportMismatch support = SupportMismatch.Of(source, target);
        return distances with
        {
            Wasserstein = WassersteinShift.Of(source, target, cancellation),
            Support = support.Summary,
            Drifts = Drift.Between(source, target),
            Classes = sourceLabels is null ? null : ClassShift.Of(source, sourceLabels, target, targetLabels, support, cancellation),
        };
    }

    /// <summary>At most 1,000 of a domain's samples, evenly spaced, so that a file sorted by class is met in full.</summary>
    /// <param name="domain">The domain; the result is disposed on its own.</param>
    public static Domain Some(Domain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        int count = Math.Min(domain.Count, Limit);
        return domain.Take([.. Enumerable.Range(0, count).Select(i => (int)((long)i * domain.Count / count))]);
    }
}
