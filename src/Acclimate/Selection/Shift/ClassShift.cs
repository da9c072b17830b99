using Acclimate.Data;
using Acclimate.Discrepancies;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>One class in both domains.</summary>
/// <param name="Class">Its name.</param>
/// <param name="SourceSamples">Source samples of it.</param>
/// <param name="TargetSamples">Target samples of it.</param>
/// <param name="SourceShare">The share of all source samples.</param>
/// <param name="TargetShare">The share of all target samples.</param>
/// <param name="Mmd">MMD² between the two; none where one of them has fewer than five samples.</param>
/// <param name="PValue">Its permutation test.</param>
/// <param name="Adjusted">The same, adjusted to the number of classes (<see cref="FalseDiscoveries"/>).</param>
public sealed record ClassDrift(
    string Class, int SourceSamples, int TargetSamples, double SourceShare, double TargetShare, double? Mmd, double? PValue, double? Adjusted)
{
    /// <summary>Whether its samples look different, at a false discovery rate of 5 %.</summary>
    public bool IsSignificant => Adjusted < DomainShift.Significance;
}

/// <summary>What can be said of classes: their balance, and each one's own drift.</summary>
/// <param name="Known">
/// Whether the target's labels were given. Where not, a class is what the source's plain classifier says, in both domains alike: for the
/// source, a fit that has not seen the sample. So without a shift nothing differs but by chance, however wrong that classifier is.
/// </param>
/// <param name="Classes">Each class, in the labels' order.</param>
/// <param name="BalanceChange">The total variation between the class shares, ½ Σ |p_s − p_t|, 0 to 1.</param>
/// <param name="BalancePValue">The part of random divisions of all samples that change it as much.</param>
/// <param name="HeldOut">How often the source's classifier is right on source samples that it has not seen.</param>
/// <param name="MostFrequent">The share of the source's most frequent class: what knowing nothing comes to.</param>
/// <param name="SourceConfidence">The classifier's mean confidence on source samples that it has not seen.</param>
/// <param name="TargetConfidence">The same on the target. No accuracy: confidence is kept by wrong answers as well.</param>
public sealed record ClassShift(
    bool Known, IReadOnlyList<ClassDrift> Classes, double BalanceChange, double BalancePValue,
    Accuracy HeldOut, double MostFrequent, double SourceConfidence, double TargetConfidence)
{
    private const int Fewest = 5;
    private const int Divisions = 200;
    private const int TestLimit = 200;

    /// <summary>With more, the estimates' bootstrap takes minutes.</summary>
    private const int MostClasses = 100;

    /// <summary>The target's class shares, estimated from what the classifier says; none with one class, or more than 100.</summary>
    public LabelShift? Estimate { get; init; }

    /// <summary>Whether classes differ otherwise than in their inputs; none without target labels.</summary>
    public ConceptEvidence? Concept { get; init; }

    /// <summary>Whether the classifier finds at least half of what knowing nothing misses; if not, what it says of the target means little.</summary>
    public bool IsTelling => HeldOut.Value >= (1 + MostFrequent) / 2;

    internal static ClassShift Of(Tensor source, Labels labels, Tensor target, Labels? targetLabels, SupportMismatch support, CancellationToken cancellation)
    {
        if (labels.Count != source.Size(0) || (targetLabels is { } given && given.Count != target.Size(0)))
            throw new ArgumentException("each sample needs one label", nameof(labels));
        using TensorScope scope = TensorScope.Begin();
        Tensor x = source.To(ScalarType.Float64), y = target.To(ScalarType.Float64);
        SourceClassifier classifier = SourceClassifier.Fit(x, labels, y, cancellation);
        int[] heldOut = classifier.HeldOutClasses, predicted = classifier.TargetClasses;
        int[] from = targetLabels is null ? heldOut : labels.Indices, to = targetLabels?.Indices ?? predicted;
        int count = labels.Classes.Count;
        Accuracy accuracy = new(heldOut.Zip(labels.Indices).Count(static pair => pair.First == pair.Second), labels.Count);
        return new ClassShift(
            targetLabels is not null, Drifts(x, from, y, to, labels.Classes, cancellation), TotalVariation(from, to, count), BalanceTest(from, to, count),
            accuracy, labels.CountPerClass().Max() / (double)labels.Count, classifier.HeldOutConfidence, classifier.TargetConfidence)
        {
            Estimate = count is < 2 or > MostClasses ? null : LabelShift.Estimate(
                new LabelFreePair(x, labels.Indices, count, y), new HeldOutSource([.. Enumerable.Range(0, labels.Count)], classifier.HeldOut), classifier.Target),
            Concept = targetLabels is null ? null : ConceptEvidence.Of(y, targetLabels, predicted, support.Within, accuracy, cancellation),
        };
    }

    private static ClassDrift[] Drifts(Tensor x, int[] from, Tensor y, int[] to, IReadOnlyList<string> classes, CancellationToken cancellation)
    {
        PermutationTestResult?[] tests = new PermutationTestResult?[classes.Count];
        (int[] n, int[] m) = (Counts(from, classes.Count), Counts(to, classes.Count));
        for (int c = 0; c < tests.Length; c++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (n[c] < Fewest || m[c] < Fewest)
                continue;
            using TensorScope scope = TensorScope.Begin();
            tests[c] = new PermutationTest { Limit = TestLimit }.Run(Rows(x, from, c), Rows(y, to, c));
        }

        Queue<double> adjusted = new(FalseDiscoveries.Adjust([.. tests.OfType<PermutationTestResult>().Select(static test => test.PValue)]));
        return [.. classes.Select((name, c) => new ClassDrift(
            name, n[c], m[c], (double)n[c] / from.Length, (double)m[c] / to.Length, tests[c]?.Mmd, tests[c]?.PValue, tests[c] is null ? null : adjusted.Dequeue()))];
    }

    /// <summary>½ Σ |p_s − p_t|.</summary>
    internal static double TotalVariation(int[] from, int[] to, int classes) =>
        Counts(from, classes).Zip(Counts(to, classes), (a, b) => Math.Abs(((double)a / from.Length) - ((double)b / to.Length))).Sum() / 2;

    /// <summary>The p-value of that by random divisions.</summary>
    internal static double BalanceTest(int[] from, int[] to, int classes)
    {
        double found = TotalVariation(from, to, classes);
        int[] pooled = [.. from, .. to];
        int asGreat = 0;
        for (int b = 1; b <= Divisions; b++)
        {
            using Generator generator = new(Generator.Derive(0, 5, b));
            using Tensor order = Tensor.Permutation(pooled.Length, generator);
            int[] shuffled = Array.ConvertAll(order.ToArray<long>(), at => pooled[at]);
            if (TotalVariation(shuffled[..from.Length], shuffled[from.Length..], classes) >= found - 1e-12)
                asGreat++;
        }

        return (1.0 + asGreat) / (1 + Divisions);
    }

    private static Tensor Rows(Tensor all, int[] classes, int c) =>
        all.IndexSelect(0, Tensor.From([.. Enumerable.Range(0, classes.Length).Where(i => classes[i] == c).Select(static i => (long)i)]));

    private static int[] Counts(int[] labels, int classes)
    {
        int[] counts = new int[classes];
        foreach (int label in labels)
            counts[label]++;
        return counts;
    }
}
