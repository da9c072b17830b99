using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Generated;
using Acclimate.Metrics;
using Acclimate.SelfTaught.Clustering;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Studies;

/// <summary>A few digits of one collection without any label, grouped alone and with the help of another collection.</summary>
public sealed class ClusteringStudy : Study
{
    private const string File = "mnist_usps_jda/MNIST_vs_USPS.mat";
    private const int Each = 10;
    private const int Clusters = 10;

    /// <inheritdoc/>
    public override string Name => "self-taught-clustering";

    /// <inheritdoc/>
    public override string Title => "A hundred digits grouped without labels";

    /// <inheritdoc/>
    public override string Protocol =>
        "NMI in percent of ten groups with the digits, over a hundred pictures of the target, ten a digit, drawn with each seed; the auxiliary samples are all of the other collection. M is MNIST (2,000), U is USPS (1,800), 16 × 16. k-means: the best of ten starts.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["U>M", "M>U"];

    /// <inheritdoc/>
    public override IReadOnlyList<StudyRow> Rows { get; } =
    [
        new("k-means", "the target alone"),
        new("k-means-pooled", "both together; the target's groups count"),
        new("co-clustering", "groups of samples and pixels, the target alone (λ = 0)"),
        new("stc", "self-taught clustering"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Seeds { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; } = [File];

    /// <inheritdoc/>
    public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(data);
        const string Pair = $"{File}?samples=columns&features=";
        Domain mnist = data.Open(Pair + "X_src&labels=Y_src"), usps = data.Open(Pair + "X_tar&labels=Y_tar");
        return [Of(row.Name, usps, mnist, seed, cancellation), Of(row.Name, mnist, usps, seed, cancellation)];
    }

    private static double Of(string row, Domain auxiliary, Domain target, long seed, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] labels = target.Labels!.Indices, chosen = Draw(labels, seed);
        Tensor y = FeatureData.Rows(auxiliary, Preprocessing.None), x = FeatureData.Rows(target, Preprocessing.None).IndexSelect(0, Tensor.From<long>([.. chosen.Select(static i => (long)i)]));
        using Generator generator = new(seed);
        int[] groups = row switch
        {
            "k-means" => KMeans.Fit(x, Clusters, generator),
            "k-means-pooled" => KMeans.Fit(Tensor.Concatenate([x, y]), Clusters, generator)[..chosen.Length],
            "co-clustering" => new CoClustering { Clusters = Clusters, Lambda = 0 }.Fit(x, y, seed, cancellation).Target,
            _ => new CoClustering { Clusters = Clusters }.Fit(x, y, seed, cancellation).Target,
        };
        return 100 * MutualInformation.Normalised([.. chosen.Select(i => labels[i])], groups);
    }

    private static int[] Draw(int[] labels, long seed)
    {
        RandomStream random = new(seed, Each);
        List<int> drawn = [];
        foreach (int c in labels.Distinct().Order())
        {
            int[] order = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == c)];
            random.Shuffle(order);
            drawn.AddRange(order.Take(Each));
        }

        return [.. drawn];
    }
}
