namespace Acclimate.Selection.Experience;

/// <summary>What can be known of a pair before anything is tried, as numbers that mean the same on any data.</summary>
/// <param name="SourceSamples">n_s.</param>
/// <param name="TargetSamples">n_t.</param>
/// <param name="Features">d.</param>
/// <param name="Classes">C.</param>
/// <param name="ADistance">How well a linear classifier tells the domains apart, 0 to 2.</param>
/// <param name="Mmd">MMD² at the median bandwidth, unbiased.</param>
/// <param name="MeanShift">The mean over the features of |d|, how far their means moved in pooled deviations.</param>
/// <param name="LinearAccuracy">A logistic regression's accuracy on half of the source, learnt on the other half, above chance: 0 at chance, 1 without error.</param>
/// <param name="NeighbourAccuracy">The same of the nearest neighbour: with the one before, it says whether clusters carry the classes.</param>
/// <param name="Confidence">The mean of that regression's greatest class probability on the target.</param>
/// <param name="Disagreement">The share of the target's samples to which the two give other classes.</param>
public sealed record PairStatistics(
    int SourceSamples,
    int TargetSamples,
    int Features,
    int Classes,
    double ADistance,
    double Mmd,
    double MeanShift,
    double LinearAccuracy,
    double NeighbourAccuracy,
    double Confidence,
    double Disagreement)
{
    /// <summary>As a point, counts by their logarithms.</summary>
    internal double[] Point() =>
    [
        Math.Log(SourceSamples), Math.Log(TargetSamples), Math.Log(Features), Math.Log(Classes),
        ADistance, Math.Sqrt(Math.Max(0, Mmd)), MeanShift, LinearAccuracy, NeighbourAccuracy, Confidence, Disagreement,
    ];
}
