using Acclimate.Classifiers;
using Acclimate.Discrepancies;
using Acclimate.Torch;
using LogisticRegression = Acclimate.Classifiers.LogisticRegression;

namespace Acclimate.Selection.Experience;

/// <summary>Statistics that answer one question.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Places">Where they are in <see cref="PairStatistics.Point"/>.</param>
internal sealed record StatisticsKind(string Name, Range Places);

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
    /// <summary>Samples of either domain that are looked at; of more, so many evenly spaced ones.</summary>
    private const int Most = 500;

    /// <summary>The regression's C, for samples of mean squared length 1.</summary>
    private const double C = 10;

    /// <summary>Measures a pair; nothing in it is random.</summary>
    /// <param name="pair">The pair, each domain with two samples or more.</param>
    /// <exception cref="ArgumentException">A domain has one sample.</exception>
    public static PairStatistics Of(LabelFreePair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        long[] ofSource = EvenlySpaced(pair.Source.Size(0)), ofTarget = EvenlySpaced(pair.Target.Size(0));
        Tensor source = pair.Source.IndexSelect(0, Tensor.From(ofSource)), target = pair.Target.IndexSelect(0, Tensor.From(ofTarget));
        double length = source.Square().Sum(1).Mean().ToDouble();
        double scale = length > 0 ? 1 / Math.Sqrt(length) : 1;
        (source, target) = (source * scale, target * scale);
        int[] labels = [.. ofSource.Select(i => pair.SourceLabels[(int)i])];
        DomainShift shift = DomainShift.OfFeatures(source, target);
        double moved = FeatureDrift.StandardisedMeanDifference(source, target).Abs().ToArray<double>().Where(double.IsFinite).DefaultIfEmpty().Average();

        using FittedClassifier linear = new LogisticRegression { C = C }.Fit(source, labels, pair.Classes), nearest = new NearestNeighbours().Fit(source, labels, pair.Classes);
        int[] byLine = linear.Predict(target), byNeighbour = nearest.Predict(target);
        return new PairStatistics(
            (int)pair.Source.Size(0),
            (int)pair.Target.Size(0),
            (int)pair.Source.Size(1),
            pair.Classes,
            shift.ADistance.Value,
            shift.Mmd.Mmd,
            moved,
            HeldOut(new LogisticRegression { C = C }, source, labels, pair.Classes),
            HeldOut(new NearestNeighbours(), source, labels, pair.Classes),
            linear.Probabilities(target).Max(1).Mean().ToDouble(),
            (double)byLine.Where((found, i) => found != byNeighbour[i]).Count() / byLine.Length);
    }

    /// <summary>Accuracy on every second sample, learnt on the others, above that of always naming the most frequent class.</summary>
    private static double HeldOut(Classifier classifier, Tensor samples, int[] labels, int classes)
    {
        int[] even = [.. Enumerable.Range(0, labels.Length).Where(static i => i % 2 == 0)], odd = [.. Enumerable.Range(0, labels.Length).Where(static i => i % 2 == 1)];
        using FittedClassifier fitted = classifier.Fit(Rows(even), [.. even.Select(i => labels[i])], classes);
        int[] truth = [.. odd.Select(i => labels[i])];
        double right = (double)fitted.Predict(Rows(odd)).Zip(truth).Count(static both => both.First == both.Second) / truth.Length;
        double chance = (double)truth.GroupBy(static label => label).Max(static ofClass => ofClass.Count()) / truth.Length;
        return chance < 1 ? (right - chance) / (1 - chance) : 0;

        Tensor Rows(int[] places) => samples.IndexSelect(0, Tensor.From(Array.ConvertAll(places, static i => (long)i)));
    }

    private static long[] EvenlySpaced(long count)
    {
        long some = Math.Min(count, Most);
        return count < 2
            ? throw new ArgumentException($"a domain has {count} sample; expected 2 or more")
            : [.. Enumerable.Range(0, (int)some).Select(i => i * count / some)];
    }

    /// <summary>How large the pair is, how far its domains are apart, what a line and neighbours answer; and all of these.</summary>
    internal static IReadOnlyList<StatisticsKind> Kinds { get; } = [new("sizes", 0..4), new("distance", 4..7), new("answers", 7..11), new("all", 0..11)];

    /// <summary>As a point, counts by their logarithms.</summary>
    internal double[] Point() =>
    [
        Math.Log(SourceSamples), Math.Log(TargetSamples), Math.Log(Features), Math.Log(Classes),
        ADistance, Math.Sqrt(Math.Max(0, Mmd)), MeanShift, LinearAccuracy, NeighbourAccuracy, Confidence, Disagreement,
    ];
}
