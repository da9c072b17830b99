using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Instances;

/// <summary>
/// Each source sample counts as many as there are target samples to which it is the nearest one, and one more, so that none is lost. Loog, "Nearest Neighbor-Based
/// Importance Weighting", IEEE Workshop on Machine Learning for Signal Processing 2012.
/// </summary>
[Method("nn-weighting", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Nearest-neighbour weighting",
    Summary = "Counts the target samples in each source sample's Voronoi cell; no parameter, no density.",
    Formula = "w_i = |{j : x_i^s is the nearest source sample of x_j^t}| + 1",
    Paper = "Loog: Nearest Neighbor-Based Importance Weighting, MLSP 2012")]
public sealed class NearestNeighbourWeighting : InstanceWeighting
{
    private const long Rows = 2048;

    /// <summary>What is added to each count (Laplace); 0 or more. 0 leaves out source samples that are nobody's nearest.</summary>
    [Option("smoothing", "what is added to each count; 0 leaves out samples that are nobody's nearest", Search = "0..2", Source = "1 in the paper")]
    public double Smoothing { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate() => Require(Smoothing >= 0, $"smoothing is {Smoothing}; expected 0 or more");

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        double[] counts = new double[data.SourceCount];
        Array.Fill(counts, Smoothing);
        foreach (long nearest in NearestSource(data, 1))
            counts[nearest]++;
        return new InstanceWeights(OfMeanOne(counts), new Certificate());
    }

    /// <summary>The k nearest source samples of each target sample, one target sample after the other.</summary>
    internal static long[] NearestSource(FeatureData data, int k)
    {
        List<long> found = [];
        for (long start = 0; start < data.TargetCount; start += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor squared = PairwiseDistances.Squared(data.Target.Slice(0, start, Math.Min(start + Rows, data.TargetCount)), data.Source);
            found.AddRange(Operator.Get("aten::topk").CallMany(squared, (long)Math.Min(k, data.SourceCount), 1L, false, true)[1].ToArray<long>());
        }

        return [.. found];
    }
}
