using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Features.Correspondence;

/// <summary>
/// CCSL: a common space for domains whose classes are imbalanced. Each class of the source falls into sub-domains; only those
/// that target samples are closest to are matched, each by as much as the target has of it. Hsu, Chen, Hou, Tsai, Yeh, Wang,
/// "Unsupervised Domain Adaptation with Imbalanced Cross-Domain Data", ICCV 2015.
/// </summary>
/// <remarks>
/// <para>Built from the paper's stated objective: label and structural information are kept within and across domains. A
/// target sample takes a pseudo-label c and, in the space found so far, the nearest sub-domain m of that class; π_cm is the
/// share of target samples in it. The source's mean with sub-domains in the target's shares is matched with the target's mean
/// (where plain MMD would match classes of different sizes), and each sub-domain's mean with that of its target samples,
/// weighed by π_cm: M = EEᵀ, a column for each. A sub-domain with no target sample has no weight. Label structure is the
/// scatter within classes of both domains, S_w, each class counting the same however rare it is.</para>
/// <para>S_w has trace 1 relative to the pooled covariance, M unit norm. Both enter the shared symmetric problem as thin
/// factors: nothing n × n is formed.</para>
/// </remarks>
[Method("ccsl", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Closest Common Space Learning",
    Summary = "Matches only those parts of the source's classes that the target is closest to, each by as much as the target has of it.",
    Formula = "min Σ_cm π_cm‖Aᵀ(μ_s^cm − μ_t^cm)‖² + ‖Aᵀ(Σ π_cm μ_s^cm − μ_t)‖² + β tr(AᵀS_wA) + λ‖A‖²  subject to  AᵀKHKA = I",
    Paper = "Hsu, Chen, Hou, Tsai, Yeh, Wang: Unsupervised Domain Adaptation with Imbalanced Cross-Domain Data, ICCV 2015")]
public sealed class ClosestCommonSpace : FeatureMethod
{
    private const int ClusterRounds = 20;

    /// <summary>What the projection works on: the features (primal), or a kernel.</summary>
    [Option("kernel", "what the projection works on: the features themselves, or a kernel", Source = "linear, as in JDA's SURF results")]
    public KernelChoice Kernel { get; init; } = KernelChoice.Linear;

    /// <summary>γ of the Gaussian kernel, above 0; none takes one over the median squared distance.</summary>
    [Option("gamma", "the Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.0001..10 log", When = "kernel=rbf", Source = "ours: the median; the papers differ")]
    public double? Gamma { get; init; }

    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "ours: as many as TCA and its successors take")]
    public int Dimensions { get; init; } = 30;

    /// <summary>λ, the penalty on the projection; above 0.</summary>
    [Option("lambda", "the penalty on the projection, above 0", Search = "0.03..30 log", Source = "1, as JDA has it for SURF")]
    public double Lambda { get; init; } = 1;

    /// <summary>β, the weight of the scatter within classes; 0 or more.</summary>
    [Option("beta", "the weight of the scatter within classes, 0 or more", Search = "0.03..30 log", Source = "ours: as much as the match, the scatter being of trace 1")]
    public double Beta { get; init; } = 1;

    /// <summary>The most sub-domains that a class of the source falls into, 1 or more.</summary>
    [Option("sub-domains", "the most sub-domains that a class of the source falls into, 1 or more", Search = "1..5", Source = "ours: the fewest that are any")]
    public int SubDomains { get; init; } = 2;

    /// <summary>T, the most rounds of pseudo-labels, 1 or more; the first that changes none is the last.</summary>
    [Option("rounds", "the most rounds of pseudo-labels, 1 or more", Search = "1..20", Source = "10, as in JDA")]
    public int Rounds { get; init; } = 10;

    /// <summary>Whether embedded samples are scaled to unit length.</summary>
    [Option("unit-rows", "whether embedded samples are scaled to unit length", Source = "so in the released code of JDA and its successors")]
    public bool UnitRows { get; init; } = true;

    /// <summary>How long the projection's columns are.</summary>
    [Option("scale", "how long the projection's columns are", Source = "unit-length, as in the released code of JDA and its successors")]
    public ColumnScale Scale { get; init; } = ColumnScale.UnitLength;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Gamma is null or > 0, $"gamma is {Gamma}; expected a number above 0");
        Require(Beta >= 0 && double.IsFinite(Beta), $"beta is {Beta}; expected 0 or more");
        Require(SubDomains >= 1, $"sub-domains is {SubDomains}; expected 1 or more");
        Require(Rounds >= 1, $"rounds is {Rounds}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor pooled = data.Pooled();
        (FeatureMap coordinates, Certificate notes) = KernelCoordinates.Of(Kernel, Gamma, pooled, context);
        Tensor z = coordinates.Apply(pooled), centred = z - z.Mean(0, keep: true);
        LowRankEigenproblem problem = new(centred.T.MatMul(centred));
        int ns = data.SourceCount, n = ns + data.TargetCount;

        // A sub-domain is numbered through: class, then cluster.
        int[] part = Clusters(z.Slice(0, 0, ns), data);
        Tensor embedded = z;
        FeatureMap projection = new IdentityMap();
        Certificate certificate = notes;
        int[] nearest = [];
        int parts = part.Distinct().Count();
        for (int round = 1; round <= Rounds; round++)
        {
            Tensor es = embedded.Slice(0, 0, ns), et = embedded.Slice(0, ns, n);
            int[] labels = Labels(es, et, data, context);
            int[] before = nearest;
            nearest = Nearest(es, part, et, labels);
            if (before.AsSpan().SequenceEqual(nearest))
                break;
            Tensor e = Factors(part, nearest, data.Classes * SubDomains);
            Tensor f = z.T.MatMul(e) / Math.Sqrt(MmdFactors.Norm(e));
            if (Beta > 0)
                f = Tensor.Concatenate([f, Within(z, [.. data.SourceLabels, .. labels], data.Classes) * Math.Sqrt(Beta)], 1);

            (Tensor w, _, Certificate solved) = problem.Solve(f, Lambda, Dimensions);
            projection = new AffineMap(Scale.Apply(w));
            if (UnitRows)
                projection = projection.Then(new UnitRowsMap());
            embedded = projection.Apply(z);
            double left = f.T.MatMul(w).Square().Sum().ToDouble() + (Lambda * w.Square().Sum().ToDouble());
            certificate = certificate.And(solved with { Objective = [left] });
            context.Report(round, Rounds);
        }

        string note = Invariant($"{nearest.Distinct().Count()} of the source's {parts} sub-domains are matched; target samples are closest to no other");
        return new FittedFeatures(coordinates.Then(projection), certificate with { Notes = [.. certificate.Notes, note] });
    }

    private static int[] Labels(Tensor source, Tensor target, FeatureData data, FitContext context)
    {
        using FittedClassifier classifier = data.Train(context.Classifier, source, target);
        return data.Corrected(classifier.Predict(target));
    }

    /// <summary>
    /// The sub-domain of each source sample: k-means within each class, begun from the sample nearest to the class's mean and
    /// then from that farthest from those chosen, so that nothing is drawn.
    /// </summary>
    private int[] Clusters(Tensor z, FeatureData data)
    {
        int[] part = new int[data.SourceCount];
        for (int c = 0; c < data.Classes; c++)
        {
            using TensorScope scope = TensorScope.Begin();
            int[] members = [.. Enumerable.Range(0, part.Length).Where(i => data.SourceLabels[i] == c)];
            if (members.Length == 0)
                continue;
            Tensor own = z.IndexSelect(0, Tensor.From<long>([.. members.Select(static i => (long)i)]));
            Tensor centres = own.IndexSelect(0, PairwiseDistances.Squared(own, own.Mean(0, keep: true)).ArgMin(0));
            while (centres.Size(0) < Math.Min(SubDomains, members.Length))
                centres = Tensor.Concatenate([centres, own.IndexSelect(0, PairwiseDistances.Squared(own, centres).Min(1).ArgMax(0, keep: true))]);
            long[] at = [];
            for (int round = 0; round < ClusterRounds; round++)
            {
                Tensor assigned = PairwiseDistances.Squared(own, centres).ArgMin(1);
                long[] now = assigned.ToArray<long>();
                if (now.AsSpan().SequenceEqual(at))
                    break;
                at = now;
                Tensor indicator = assigned.OneHot(centres.Size(0)).To(ScalarType.Float64);
                centres = indicator.T.MatMul(own) / indicator.Sum(0).Clamp(low: 1).Unsqueeze(1);
            }

            for (int i = 0; i < members.Length; i++)
                part[members[i]] = (c * SubDomains) + (int)at[i];
        }

        return part;
    }

    /// <summary>Each target sample's nearest sub-domain, by its mean, among those of its class.</summary>
    private int[] Nearest(Tensor source, int[] part, Tensor target, int[] labels)
    {
        using TensorScope scope = TensorScope.Begin();
        int[] known = [.. part.Distinct().Order()];
        Tensor indicator = Tensor.From<long>([.. part.Select(p => (long)Array.IndexOf(known, p))]).OneHot(known.Length).To(ScalarType.Float64);
        Tensor means = indicator.T.MatMul(source) / indicator.Sum(0).Unsqueeze(1);
        double[] distance = PairwiseDistances.Squared(target, means).ToArray<double>();
        return [.. labels.Select((c, i) => known
            .Select((p, j) => (Part: p, Distance: distance[(i * known.Length) + j]))
            .Where(near => near.Part / SubDomains == c)
            .MinBy(static near => near.Distance).Part)];
    }

    /// <summary>E: the first column for the domains' means in the target's shares, then one for each sub-domain that is matched.</summary>
    internal static Tensor Factors(int[] part, int[] nearest, int parts)
    {
        int[] inSource = MmdFactors.CountPerClass(part, parts), inTarget = MmdFactors.CountPerClass(nearest, parts);
        int[] columns = [.. Enumerable.Range(0, parts).Where(p => inTarget[p] > 0)];
        int n = part.Length + nearest.Length, width = 1 + columns.Length;
        double[] e = new double[n * width];
        for (int i = 0; i < n; i++)
        {
            bool isSource = i < part.Length;
            int p = isSource ? part[i] : nearest[i - part.Length], column = Array.IndexOf(columns, p);
            if (column < 0)
                continue;
            double share = inTarget[p] / (double)nearest.Length;
            double one = isSource ? 1.0 / inSource[p] : -1.0 / inTarget[p];
            e[i * width] = share * one;
            e[(i * width) + 1 + column] = Math.Sqrt(share) * one;
        }

        return Tensor.From(e, n, width);
    }

    /// <summary>R with RRᵀ = S_w: the mean over the classes of their scatter within, over all samples' number times that of classes.</summary>
    private static Tensor Within(Tensor z, int[] labels, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor indicator = Tensor.From<long>([.. labels.Select(static l => (long)l)]).OneHot(classes).To(ScalarType.Float64);
        Tensor counts = indicator.Sum(0).Clamp(low: 1).Unsqueeze(1);
        Tensor apart = z - indicator.MatMul(indicator.T.MatMul(z) / counts);
        Tensor scatter = apart.T.MatMul(apart / indicator.MatMul(counts)) / classes;
        (Tensor values, Tensor vectors) = scatter.SymmetricEigen();
        return scope.Keep(vectors * values.Clamp(low: 0).Sqrt());
    }
}
