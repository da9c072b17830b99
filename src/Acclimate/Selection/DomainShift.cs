using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>How far two domains are apart, as their samples stand or as a network sees them.</summary>
/// <param name="ADistance">How well a linear classifier tells them apart, 0 to 2.</param>
/// <param name="Mmd">MMD² with its permutation test.</param>
/// <param name="Drifts">Features by how far their mean moved, in deviations, farthest first; none for a network's features.</param>
/// <param name="ClassBalanceChange">
/// The total variation between the class shares, 0 to 1; none where one domain has no labels, or other classes.
/// </param>
public sealed record DomainShift(
    ProxyADistanceResult ADistance, PermutationTestResult Mmd, IReadOnlyList<Drift> Drifts, double? ClassBalanceChange = null)
{
    private const int Limit = 1000;
    private const int PictureSide = 16;
    private const int LoadBatch = 256;

    /// <summary>Compares samples: features standardised by the source, or pictures pixel by pixel at 16 × 16.</summary>
    /// <param name="source">One domain.</param>
    /// <param name="target">The other; its labels, if it has any, are only counted.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">A sample can't be read.</exception>
    public static DomainShift OfSamples(Domain source, Domain target, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        bool pictures = source.SampleShape.Count > 1;
        bool colour = pictures && (source.SampleShape[0] == 3 || target.SampleShape[0] == 3);
        Preprocessing same = pictures
            ? new([new Resize(PictureSide, PictureSide), .. colour ? [new Colour()] : Array.Empty<Transform>(), new ToFloat()])
            : new([Standardise.Fit(source)]);
        using TensorScope scope = TensorScope.Begin();
        Tensor from = Load(source, same, cancellation), to = Load(target, same, cancellation);
        IReadOnlyList<Drift> drifts = pictures
            ? Drift.Between(Appearance(from), Appearance(to), colour ? ["red", "green", "blue", "contrast"] : ["brightness", "contrast"])
            : Drift.Between(from, to, source.FeatureNames);
        return OfFeatures(from.Flatten(1), to.Flatten(1)) with { Drifts = drifts, ClassBalanceChange = Balance(source.Labels, target.Labels) };
    }

    /// <summary>Compares features.</summary>
    /// <param name="source">Samples × features.</param>
    /// <param name="target">Samples × features.</param>
    public static DomainShift OfFeatures(Tensor source, Tensor target) =>
        new(new ProxyADistance().Estimate(source, target), new PermutationTest().Run(source, target), []);

    /// <summary>At most 1,000 of a domain's samples, evenly spaced, so that a file sorted by class is met in full.</summary>
    /// <param name="domain">The domain; the result is disposed on its own.</param>
    public static Domain Some(Domain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        int count = Math.Min(domain.Count, Limit);
        return domain.Take([.. Enumerable.Range(0, count).Select(i => (int)((long)i * domain.Count / count))]);
    }

    private static double? Balance(Labels? source, Labels? target) =>
        source is not null && target is not null && source.Classes.SequenceEqual(target.Classes)
            ? source.CountPerClass().Zip(target.CountPerClass(), (a, b) => Math.Abs(((double)a / source.Count) - ((double)b / target.Count))).Sum() / 2
            : null;

    private static Tensor Load(Domain domain, Preprocessing preprocessing, CancellationToken cancellation)
    {
        using Domain some = Some(domain);
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(some, preprocessing, LoadBatch, cancellation))
        {
            using (batch)
                parts.Add(batch.Inputs.Clone());
        }

        return Tensor.Concatenate([.. parts]);
    }

    /// <summary>Each picture's mean of each channel, and its contrast.</summary>
    private static Tensor Appearance(Tensor pictures) =>
        Tensor.Concatenate([pictures.Mean([2, 3]), pictures.Flatten(1).StandardDeviation(1, keep: true)], 1);
}

/// <summary>How far a feature moved.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Deviations">Cohen's d: the difference of the means (target less source) in pooled standard deviations.</param>
public sealed record Drift(string Feature, double Deviations)
{
    internal static IReadOnlyList<Drift> Between(Tensor source, Tensor target, IReadOnlyList<string>? names)
    {
        using Tensor moved = FeatureDrift.StandardisedMeanDifference(source, target);
        using Tensor wide = moved.To(ScalarType.Float64);
        return [.. wide.ToArray<double>()
            .Select((d, i) => new Drift(names?[i] ?? $"f{i}", double.IsFinite(d) ? d : Math.CopySign(double.MaxValue, d)))
            .OrderByDescending(drift => Math.Abs(drift.Deviations))];
    }
}
