using Acclimate.Catalog;
using Acclimate.Features;

namespace Acclimate.Instances;

/// <summary>
/// Of the source only what is near the target: the union of each target sample's k nearest source samples. Turhan, Menzies, Bener, Di Stefano, "On the Relative
/// Value of Cross-Company and Within-Company Data for Defect Prediction", Empirical Software Engineering 2009 (the Burak filter).
/// </summary>
[Method("selection-distance", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Selection by distance",
    Summary = "Keeps the source samples that are among the k nearest of some target sample.",
    Formula = "w_i = 1 if x_i^s ∈ ∪_j N_k(x_j^t), else 0; soft: how many N_k(x_j^t) hold x_i^s",
    Paper = "Turhan, Menzies, Bener, Di Stefano: On the Relative Value of Cross-Company and Within-Company Data for Defect Prediction, Empirical Software Engineering 2009")]
public sealed class SelectionByDistance : InstanceWeighting
{
    /// <summary>k, 1 or more.</summary>
    [Option("neighbours", "how many of a target sample's nearest source samples are kept, 1 or more", Search = "1..50 log", Source = "10 in the paper")]
    public int Neighbours { get; init; } = 10;

    /// <summary>Whether a kept sample counts as often as it was among the nearest, or once.</summary>
    [Option("soft", "whether a sample counts as often as it is among the nearest: true or false", Source = "all or nothing in the paper")]
    public bool Soft { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] counts = new double[data.SourceCount];
        foreach (long nearest in NearestNeighbourWeighting.NearestSource(data, Neighbours))
            counts[nearest] = Soft ? counts[nearest] + 1 : 1;
        return new InstanceWeights(Soft ? OfMeanOne(counts) : counts, new Certificate());
    }
}
