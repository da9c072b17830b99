using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Cli;

/// <summary>How far two domains are apart, as their samples stand or as a network sees them.</summary>
/// <param name="ADistance">How well a linear classifier tells them apart, 0 to 2.</param>
/// <param name="Mmd">MMD² with its permutation test.</param>
/// <param name="Drifts">Features by how far their mean moved, in deviations, farthest first.</param>
internal sealed record Comparison(ProxyADistanceResult ADistance, PermutationTestResult Mmd, IReadOnlyList<Drift> Drifts)
{
    private const int Limit = 1000;
    private const int PictureSide = 16;

    /// <summary>Compares samples: features standardised by the source, or pictures pixel by pixel at 16 × 16.</summary>
    public static Comparison OfSamples(Domain source, Domain target, CancellationToken cancellation = default)
    {
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
        return OfFeatures(from.Flatten(1), to.Flatten(1)) with { Drifts = drifts };
    }

    /// <summary>Compares features: samples × features each.</summary>
    public static Comparison OfFeatures(Tensor source, Tensor target) =>
        new(new ProxyADistance().Estimate(source, target), new PermutationTest().Run(source, target), []);

    /// <summary>Some of a domain's samples, evenly spaced, so that a file sorted by class is met in full.</summary>
    public static Domain Some(Domain domain)
    {
        int count = Math.Min(domain.Count, Limit);
        return domain.Take([.. Enumerable.Range(0, count).Select(i => (int)((long)i * domain.Count / count))]);
    }

    private static Tensor Load(Domain domain, Preprocessing preprocessing, CancellationToken cancellation)
    {
        using Domain some = Some(domain);
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(some, preprocessing, 256, cancellation))
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
/// <param name="Deviations">Cohen's d: the difference of the means in pooled standard deviations.</param>
internal sealed record Drift(string Feature, double Deviations)
{
    /// <summary>Every feature's, farthest first.</summary>
    public static IReadOnlyList<Drift> Between(Tensor source, Tensor target, IReadOnlyList<string>? names)
    {
        using Tensor moved = FeatureDrift.StandardisedMeanDifference(source, target);
        using Tensor wide = moved.To(ScalarType.Float64);
        return [.. wide.ToArray<double>()
            .Select((d, i) => new Drift(names?[i] ?? $"f{i}", double.IsFinite(d) ? d : Math.CopySign(double.MaxValue, d)))
            .OrderByDescending(drift => Math.Abs(drift.Deviations))];
    }
}
