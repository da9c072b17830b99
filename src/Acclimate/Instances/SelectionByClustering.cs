using Acclimate.Catalog;
using Acclimate.Discrepancies;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Instances;

/// <summary>
/// Both domains are clustered together, and of the source only what shares its cluster with enough of the target stays. After Peters, Menzies, Marcus, "Better Cross
/// Company Defect Prediction", Mining Software Repositories 2013, whose filter keeps the source samples of clusters that hold target samples.
/// </summary>
/// <remarks>k-means, begun by k-means++ (Arthur and Vassilvitskii, SODA 2007), until no sample changes its cluster or <see cref="MostRounds"/> rounds are done.</remarks>
[Method("selection-clustering", Family.Instances, LabelSetting.UnsupervisedTarget,
    Title = "Selection by clustering",
    Summary = "Clusters both domains together, and keeps the source samples of clusters that the target is in.",
    Formula = "r_c = (n_t^c/n_t)/(n_s^c/n_s);  w_i = 1 if r_{c(i)} ≥ least, else 0; soft: w_i = r_{c(i)}",
    Paper = "Peters, Menzies, Marcus: Better Cross Company Defect Prediction, MSR 2013")]
public sealed class SelectionByClustering : InstanceWeighting
{
    private const int MostRounds = 100;
    private const long DrawMeans = 9131;

    /// <summary>The clusters, 1 or more; as many as there are samples where these are fewer.</summary>
    [Option("clusters", "how many clusters, 1 or more; as many as there are samples where these are fewer", Search = "2..100 log", Source = "ours: coarse groups, in each of which shares of both domains can be compared")]
    public int Clusters { get; init; } = 20;

    /// <summary>What the target's share of a cluster must be of the source's for the source's samples to stay, 0 or more.</summary>
    [Option("least", "the least ratio of the target's share of a cluster to the source's, 0 or more", Search = "0.01..1 log", When = "soft=false", Source = "ours: a cluster in which the target is less than a fifth as frequent as the source; the paper asks for one target sample")]
    public double Least { get; init; } = 0.2;

    /// <summary>Whether a sample counts its cluster's ratio, or all or nothing.</summary>
    [Option("soft", "whether a sample counts its cluster's ratio of shares: true or false", Source = "all or nothing in the paper")]
    public bool Soft { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Clusters >= 1, $"clusters is {Clusters}; expected 1 or more");
        Require(Least >= 0, $"least is {Least}; expected 0 or more");
    }

    /// <inheritdoc/>
    protected override InstanceWeights Decide(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        long[] cluster = Clustered(data.Pooled(), Clusters, context);
        double[] ofSource = new double[Clusters], ofTarget = new double[Clusters];
        for (int i = 0; i < cluster.Length; i++)
            (i < data.SourceCount ? ofSource : ofTarget)[cluster[i]]++;
        double[] ratio = [.. ofSource.Zip(ofTarget, (s, t) => s > 0 ? t / data.TargetCount / (s / data.SourceCount) : 0)];
        double[] weights = [.. cluster.Take(data.SourceCount).Select(c => Soft ? ratio[c] : ratio[c] >= Least ? 1 : 0)];
        string note = $"{ratio.Count(r => r >= Least && r > 0)} of {cluster.Distinct().Count()} clusters hold enough of the target";
        return new InstanceWeights(Soft ? OfMeanOne(weights) : weights, new Certificate { Notes = [note] });
    }

    /// <summary>k-means: the cluster of each row.</summary>
    private static long[] Clustered(Tensor x, int clusters, FitContext context)
    {
        using TensorScope all = TensorScope.Begin();
        Tensor means = Begun(x, (int)Math.Min(clusters, x.Size(0)), context);
        long[] cluster = [];
        for (int round = 1; round <= MostRounds; round++)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor nearest = PairwiseDistances.Squared(x, means).ArgMin(1);
            long[] next = nearest.ToArray<long>();
            if (next.AsSpan().SequenceEqual(cluster))
                break;
            cluster = next;
            Tensor members = nearest.OneHot(means.Size(0)).To(ScalarType.Float64), count = members.Sum(0).Unsqueeze(1);

            // A cluster that lost its samples keeps its mean.
            means = scope.Keep(count.GreaterThan(0).Where(members.T.MatMul(x) / count.Clamp(low: 1), means));
            context.Cancellation.ThrowIfCancellationRequested();
        }

        return cluster;
    }

    /// <summary>k-means++: each further mean is a sample drawn in proportion to its squared distance from the nearest mean.</summary>
    private static Tensor Begun(Tensor x, int clusters, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = context.Draw(DrawMeans);
        double[] chance = Tensor.Uniform([clusters], generator, type: ScalarType.Float64).ToArray<double>();
        List<long> picked = [(long)(chance[0] * x.Size(0))];
        Tensor nearest = PairwiseDistances.Squared(x, x.IndexSelect(0, Tensor.From<long>([picked[0]]))).Squeeze(1);
        for (int k = 1; k < clusters; k++)
        {
            double[] sums = nearest.CumulativeSum(0).ToArray<double>();
            int at = Array.FindIndex(sums, sum => sum > chance[k] * sums[^1]);
            picked.Add(at < 0 ? k : at);
            nearest = nearest.Minimum(PairwiseDistances.Squared(x, x.IndexSelect(0, Tensor.From<long>([picked[^1]]))).Squeeze(1));
        }

        return scope.Keep(x.IndexSelect(0, Tensor.From<long>([.. picked])));
    }
}
