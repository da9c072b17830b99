using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Torch;
using static System.FormattableString;

namespace Acclimate.Heterogeneous;

/// <summary>
/// CDLS: domains of different features. The source's samples are mapped onto the target's principal components so that classes lie on each
/// other, by the few labelled target samples and by those that the classifier takes for a class; what serves this best, in either domain, weighs
/// most. Tsai, Yeh, Wang, "Learning Cross-Domain Landmarks for Heterogeneous Domain Adaptation", CVPR 2016.
/// </summary>
/// <remarks>
/// <para>Each round finds A for even weights (a ridge regression, <see cref="LandmarkAlignment"/>), the weights α and β for A (a quadratic program,
/// <see cref="GroupedQuadratic"/>), A again, and labels the other target samples anew with support vector machines of the mapped source, weighed by
/// α, and the labelled target. The other target samples shape the map and not the machines, which would learn their own mistakes. The first
/// labels come from the labelled samples of both domains alone. A lies in the span of the source's samples, so that the problem has no more
/// unknowns than there are of these.</para>
/// <para>A class without a labelled target sample is matched by pseudo-labels alone, as far as it gets any.</para>
/// </remarks>
[Method("cdls", Family.Features, LabelSetting.FewTargetLabels,
    Title = "Cross-Domain Landmark Selection",
    Summary = "Maps a source of other features onto the target's principal components, class by class, by a few labelled target samples and landmarks: samples of either domain that fit best weigh most.",
    Formula = "min_{A,α,β} ‖m_S(αXA) − m_T(βZ)‖² + Σ_c ‖m_S^c − m_T^c‖² + Σ_c 1/e_c Σ αβ‖xA − z‖² + λ‖A‖²,  0 ≤ α, β ≤ 1, mean δ in each class",
    Paper = "Tsai, Yeh, Wang: Learning Cross-Domain Landmarks for Heterogeneous Domain Adaptation, CVPR 2016")]
public sealed class CrossDomainLandmarkSelection : FeatureMethod
{
    private const double RankTolerance = 1e-10;

    /// <summary>m: the target's principal components, 1 or more; as many as there are where these are fewer.</summary>
    [Option("dimensions", "the target's principal components, 1 or more", Search = "20..200 log", Source = "100 in the paper; of 157 target samples 50 are better")]
    public int Dimensions { get; init; } = 50;

    /// <summary>δ: the part of each class's samples that counts, above 0 to 1.</summary>
    [Option("delta", "the part of each class's samples that counts as landmarks, above 0 to 1", Search = "0.2..0.9", When = "landmarks=true", Source = "0.5 in the paper")]
    public double Delta { get; init; } = 0.5;

    /// <summary>λ: the penalty on the map; above 0.</summary>
    [Option("lambda", "the penalty on the map, above 0", Search = "0.01..10 log", Source = "0.5 in the paper")]
    public double Lambda { get; init; } = 0.5;

    /// <summary>Whether samples are weighed; else all count alike, and other target samples through their pseudo-labels.</summary>
    [Option("landmarks", "whether samples are weighed by how well they fit; else all count alike", Source = "the paper weighs samples")]
    public bool Landmarks { get; init; } = true;

    /// <summary>The most rounds of pseudo-labels, 0 or more; with 0 the labelled samples alone say what the map is.</summary>
    [Option("rounds", "the most rounds of pseudo-labels, 0 or more: with 0 only labelled samples count", Search = "fixed", Source = "ours: a bound; it stops where labels stay")]
    public int Rounds { get; init; } = 10;

    /// <summary>C of the support vector machines, above 0.</summary>
    [Option("C", "what a sample's loss weighs against ‖w‖²/2 in the support vector machines, above 0", Search = "0.01..100 log", Source = "ours: the usual default of a support vector machine")]
    public double C { get; init; } = 1;

    /// <inheritdoc/>
    public override bool TakesDifferentFeatures => true;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");
        Require(Delta is > 0 and <= 1, $"delta is {Delta}; expected above 0 to 1");
        Require(Lambda > 0 && double.IsFinite(Lambda), $"lambda is {Lambda}; expected a number above 0");
        Require(Rounds >= 0, $"rounds is {Rounds}; expected 0 or more");
        Require(C > 0 && double.IsFinite(C), $"C is {C}; expected a number above 0");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] few = [.. Enumerable.Range(0, data.TargetCount).Where(t => data.TargetLabels?[t] is >= 0)], rest = [.. Enumerable.Range(0, data.TargetCount).Except(few)];
        Require(few.Length > 0, $"it needs the labels of a few target samples, and none was given");
        int[] labels = [.. few.Select(t => data.TargetLabels![t])];
        Moments target = Moments.Of(data.Target);
        (Tensor components, Certificate certificate) = target.Principal(Dimensions);
        AffineMap map = AffineMap.Centred(target.Mean, components);
        (Tensor reduced, Tensor span) = Reduced(data.Source);
        Tensor z = map.Apply(data.Target), known = Rows(z, few), others = Rows(z, rest);

        double[] even = Same(1, data.SourceCount);
        Tensor a = new LandmarkAlignment(reduced, data.SourceLabels, known, labels, others.Slice(0, 0, 0), [], 1, Lambda).Transform(even);
        double[] weights = even;
        int[] pseudo = [], next = Label();
        double delta = Landmarks ? Delta : 1, residual = 0;
        List<double> objective = [];
        for (int round = 1; round <= Rounds && rest.Length > 0; round++)
        {
            pseudo = next;
            LandmarkAlignment alignment = new(reduced, data.SourceLabels, known, labels, others, pseudo, delta, Lambda);
            weights = Same(delta, data.SourceCount + rest.Length);
            a = alignment.Transform(weights);
            if (Landmarks)
            {
                GroupedQuadratic.Minimum found = alignment.Weigh(a);
                weights = found.At;
                residual = Math.Max(residual, found.KktResidual);
                objective.Add(found.Value);
                a = alignment.Transform(weights);
            }

            next = Label();
            context.Report(round, Rounds);
            if (next.SequenceEqual(pseudo))
                break;
        }

        return new FittedFeatures(new AffineMap(span.MatMul(a)), map, certificate with
        {
            KktResidual = residual,
            Objective = objective,
            Notes = [Invariant($"{few.Length} labelled target samples; {data.Source.Size(1)} features of the source were mapped to {z.Size(1)} components of the target's {data.Target.Size(1)}")],
        }, Train());

        int[] Label()
        {
            using FittedClassifier classifier = Train();
            return rest.Length > 0 ? classifier.Predict(others) : [];
        }

        FittedClassifier Train() => new LinearSvm { C = C }.Fit(
            Tensor.Concatenate([reduced.MatMul(a), known]), [.. data.SourceLabels, .. labels], data.Classes, [.. weights[..data.SourceCount], .. Same(1, few.Length)]);
    }

    /// <summary>X = R Qᵀ with orthonormal columns in Q: R has no more columns than X has rows.</summary>
    private static (Tensor Reduced, Tensor Span) Reduced(Tensor samples)
    {
        (Tensor u, Tensor values, Tensor vt) = samples.Svd();
        double[] all = values.ToArray<double>();
        long rank = Math.Max(1, all.Count(value => value > RankTolerance * all[0]));
        return (u.Slice(1, 0, rank) * values.Slice(0, 0, rank), vt.Slice(0, 0, rank).T);
    }

    private static double[] Same(double value, int count)
    {
        double[] all = new double[count];
        Array.Fill(all, value);
        return all;
    }

    private static Tensor Rows(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));
}
