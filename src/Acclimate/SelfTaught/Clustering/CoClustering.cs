using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.SelfTaught.Clustering;

/// <summary>What co-clustering ends with.</summary>
/// <param name="Target">Each target sample's group, from 0.</param>
/// <param name="Auxiliary">Each auxiliary sample's group.</param>
/// <param name="Features">Each feature's group, which both domains share.</param>
/// <param name="Objective">What information was lost, after each step of the best start: it never rises.</param>
public sealed record CoClusters(int[] Target, int[] Auxiliary, int[] Features, IReadOnlyList<double> Objective);

/// <summary>
/// Self-taught clustering: groups of the target's samples, of auxiliary samples and of the features that both share, so that as little as can be of what
/// samples and features say of each other is lost. Nobody labels anything. Dai, Yang, Xue, Yu, "Self-taught Clustering", ICML 2008.
/// </summary>
/// <remarks>
/// Samples are rows of numbers of 0 or more (grey values, words), taken for a joint distribution p(x, z) of samples and features, q(y, z) for the
/// auxiliary ones. Each sample goes where p(Z|x) is nearest to its group's, and each feature likewise, by both domains (the paper's equations
/// 11 to 13): every such step lowers the loss or leaves it. Groups begin as those of k-means; the start that loses least of several is kept.
/// </remarks>
[Method("stc", Family.Unlabelled, LabelSetting.None,
    Command = MethodEntry.Cluster,
    Title = "Self-taught clustering",
    Summary = "Groups samples without any label, with the help of other samples of the same features: features are grouped by both.",
    Formula = "min I(X; Z) − I(X̃; Z̃) + λ (I(Y; Z) − I(Ỹ; Z̃))",
    Paper = "Dai, Yang, Xue, Yu: Self-taught Clustering, ICML 2008")]
public sealed class CoClustering
{
    private const double Nought = 1e-300;

    /// <summary>How many groups of target samples there are, 1 or more.</summary>
    [Option("clusters", "how many groups of target samples there are, 1 or more", Search = "fixed", Source = "ours: the digits' number; say how many you want")]
    public int Clusters { get; init; } = 10;

    /// <summary>How many groups of auxiliary samples there are, 1 or more.</summary>
    [Option("auxiliary-clusters", "how many groups of auxiliary samples there are, 1 or more", Search = "fixed", Source = "ours: as many as of the target")]
    public int AuxiliaryClusters { get; init; } = 10;

    /// <summary>How many groups of features there are, 1 or more; as many as there are features where these are fewer.</summary>
    [Option("feature-clusters", "how many groups of features there are, 1 or more", Search = "16..256 log", Source = "ours: on average two pixels of a 16 × 16 digit to a group")]
    public int FeatureClusters { get; init; } = 128;

    /// <summary>λ, what the auxiliary samples weigh; 0 or more.</summary>
    [Option("lambda", "what the auxiliary samples weigh, 0 or more", Search = "0.1..2 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>The most rounds, 1 or more; it stops where nothing changes.</summary>
    [Option("rounds", "the most rounds, 1 or more; it stops where nothing changes", Search = "fixed", Source = "ours: a bound; it stops where groups stay")]
    public int Rounds { get; init; } = 30;

    /// <summary>How many starts there are, 1 or more.</summary>
    [Option("starts", "how many starts there are, of which the one that loses least is kept; 1 or more", Search = "fixed", Source = "ours: a single start may lead anywhere")]
    public int Starts { get; init; } = 5;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range.</exception>
    public void Validate()
    {
        foreach ((string name, int value) in ((string, int)[])[("clusters", Clusters), ("auxiliary-clusters", AuxiliaryClusters), ("feature-clusters", FeatureClusters), ("rounds", Rounds), ("starts", Starts)])
        {
            if (value < 1)
                throw new ArgumentException($"stc: {name} is {value}; expected 1 or more");
        }

        if (!(Lambda >= 0 && double.IsFinite(Lambda)))
            throw new ArgumentException(FormattableString.Invariant($"stc: lambda is {Lambda}; expected 0 or more"));
    }

    /// <summary>Groups samples.</summary>
    /// <param name="target">X: [n, d], floating point, finite, 0 or more, with something in each row.</param>
    /// <param name="auxiliary">Y: [m, d], likewise.</param>
    /// <param name="seed">Where random choices start from.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    /// <exception cref="ArgumentException">An option is out of range, there are fewer samples than groups, features differ, or a number is below 0.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CoClusters Fit(Tensor target, Tensor auxiliary, long seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(auxiliary);
        Validate();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor p = Joint(target, Clusters, "target"), q = Joint(auxiliary, AuxiliaryClusters, "auxiliary");
        if (p.Size(1) != q.Size(1))
            throw new ArgumentException($"the target has {p.Size(1)} features and the auxiliary samples {q.Size(1)}; both must have the same", nameof(auxiliary));
        CoClusters? best = null;
        for (int start = 0; start < Starts; start++)
        {
            using Generator generator = new(Generator.Derive(seed, start));
            CoClusters found = Once(p, q, generator, cancellation);
            if (best is null || found.Objective[^1] < best.Objective[^1])
                best = found;
        }

        return best!;
    }

    private CoClusters Once(Tensor p, Tensor q, Generator generator, CancellationToken cancellation)
    {
        using TensorScope all = TensorScope.Begin();
        int width = (int)Math.Min(FeatureClusters, p.Size(1));
        Tensor columns = Tensor.Concatenate([p, q * Lambda]).T;
        int[] x = KMeans.Fit(Shares(p), Clusters, generator, 1), y = KMeans.Fit(Shares(q), AuxiliaryClusters, generator, 1), z = KMeans.Fit(Shares(columns), width, generator, 1);
        double whole = Information(p) + (Lambda * Information(q));
        List<double> objective = [Loss()];
        for (int round = 0; round < Rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            using TensorScope scope = TensorScope.Begin();
            int[][] before = [x, y, z];
            x = Nearest(p.MatMul(Groups(z, width)), x, Clusters);
            objective.Add(Loss());
            y = Nearest(q.MatMul(Groups(z, width)), y, AuxiliaryClusters);
            objective.Add(Loss());
            Tensor byTarget = p.T.MatMul(Groups(x, Clusters)), byAuxiliary = q.T.MatMul(Groups(y, AuxiliaryClusters));
            z = Highest(Fit(byTarget, z, width) + (Fit(byAuxiliary, z, width) * Lambda));
            objective.Add(Loss());
            if (before[0].SequenceEqual(x) && before[1].SequenceEqual(y) && before[2].SequenceEqual(z))
                break;
        }

        return new CoClusters(x, y, z, objective);

        double Loss()
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor features = Groups(z, width);
            return whole - Information(Groups(x, Clusters).T.MatMul(p).MatMul(features)) - (Lambda * Information(Groups(y, AuxiliaryClusters).T.MatMul(q).MatMul(features)));
        }
    }

    /// <summary>Each row's group with the nearest distribution.</summary>
    private static int[] Nearest(Tensor rows, int[] groups, int count) => Highest(Fit(rows, groups, count));

    /// <summary>Σ_j r_ij log p(j|group): minus the row's distance from each group, up to what is the same for all. A group without members is never the nearest.</summary>
    private static Tensor Fit(Tensor rows, int[] groups, int count) => rows.MatMul(Shares(Groups(groups, count).T.MatMul(rows)).Clamp(low: Nought).Log().T);

    private static int[] Highest(Tensor scores) => Array.ConvertAll(scores.ArgMax(1).ToArray<long>(), static group => (int)group);

    private static Tensor Groups(int[] groups, int count) => Tensor.From(Array.ConvertAll(groups, static group => (long)group)).OneHot(count).To(ScalarType.Float64);

    /// <summary>Each row over its sum; a row of zeros stays.</summary>
    private static Tensor Shares(Tensor rows) => rows / rows.Sum(1, keep: true).Clamp(low: Nought);

    /// <summary>I(A; B) of a joint distribution.</summary>
    internal static double Information(Tensor joint)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logs = joint.Clamp(low: Nought).Log() - joint.Sum(1, keep: true).Clamp(low: Nought).Log() - joint.Sum(0, keep: true).Clamp(low: Nought).Log();
        return (joint * logs).Sum().ToDouble();
    }

    private static Tensor Joint(Tensor samples, int clusters, string name)
    {
        if (samples.Rank != 2)
            throw new ArgumentException($"the {name} samples are {samples}; expected a matrix with a row a sample");
        if (samples.Size(0) < clusters)
            throw new ArgumentException($"{clusters} groups were asked for of {samples.Size(0)} {name} samples; expected as many samples at least (stc: {(name == "target" ? "clusters" : "auxiliary-clusters")})");
        Tensor wide = samples.To(ScalarType.Float64);
        if (!wide.IsFinite().All() || wide.Min().ToDouble() < 0)
            throw new ArgumentException($"the {name} samples hold numbers below 0, or no numbers; co-clustering takes counts, grey values or other shares of 0 or more");
        if (wide.Sum(1).Min().ToDouble() <= 0)
            throw new ArgumentException($"one of the {name} samples is 0 throughout: nothing can be said of it");
        return wide / wide.Sum();
    }
}
