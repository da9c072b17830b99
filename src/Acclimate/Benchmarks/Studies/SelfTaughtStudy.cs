using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Generated;
using Acclimate.SelfTaught;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Studies;

/// <summary>Few labelled digits of one collection, and many of another, or of other digits, that nobody labelled.</summary>
public sealed class SelfTaughtStudy : Study
{
    private const string File = "mnist_usps_jda/MNIST_vs_USPS.mat";
    private const string Pair = $"{File}?samples=columns&features=";
    private const int Side = 16;
    private const int Half = 5;

    /// <inheritdoc/>
    public override string Name => "self-taught";

    /// <inheritdoc/>
    public override string Title => "Digits with few labels, and other digits without any";

    /// <inheritdoc/>
    public override string Protocol =>
        "Accuracy in percent of a logistic regression (C = 10) on all target samples but the labelled ones, which are drawn with each seed: 3 or 10 a class. Raw: pixels of length 1. Self-taught: codes over bases from the other collection's pictures. "
        + "M is MNIST (2,000), U is USPS (1,800), 16 × 16; 0-4>5-9 takes MNIST's digits 0 to 4 without labels and tells its 5 to 9 apart.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["U>M 3", "U>M 10", "M>U 3", "M>U 10", "0-4>5-9 3", "0-4>5-9 10"];

    /// <inheritdoc/>
    public override IReadOnlyList<StudyRow> Rows { get; } =
    [
        new("raw", "pixels"),
        new("whole", "codes of whole pictures"),
        new("self-taught", "codes of patches, the largest of each field"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; } = [File];

    /// <inheritdoc/>
    public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(data);
        (Tensor mnist, int[] ofMnist) = Read(data, "X_src&labels=Y_src");
        (Tensor usps, int[] ofUsps) = Read(data, "X_tar&labels=Y_tar");
        int[] low = [.. Enumerable.Range(0, ofMnist.Length).Where(i => ofMnist[i] < Half)], high = [.. Enumerable.Range(0, ofMnist.Length).Where(i => ofMnist[i] >= Half)];
        (Tensor, Tensor, int[])[] tasks = [(usps, mnist, ofMnist), (mnist, usps, ofUsps), (Some(mnist, low), Some(mnist, high), [.. high.Select(i => ofMnist[i] - Half)])];
        List<double> figures = [];
        foreach ((Tensor other, Tensor target, int[] truth) in tasks)
        {
            using TensorScope scope = TensorScope.Begin();
            cancellation.ThrowIfCancellationRequested();
            Tensor features = Features(row.Name, other, target, seed, cancellation);
            foreach (int each in (int[])[3, 10])
            {
                bool[] known = Draw(truth, each, seed);
                int[] few = [.. Enumerable.Range(0, truth.Length).Where(t => known[t])], rest = [.. Enumerable.Range(0, truth.Length).Where(t => !known[t])];
                using FittedClassifier classifier = new LogisticRegression { C = 10 }.Fit(Some(features, few), [.. few.Select(t => truth[t])], truth.Max() + 1);
                figures.Add(100.0 * rest.Zip(classifier.Predict(Some(features, rest)), (t, label) => truth[t] == label ? 1 : 0).Sum() / rest.Length);
            }
        }

        return [.. figures];
    }

    /// <summary>What the classifier is given of the target's samples.</summary>
    private static Tensor Features(string row, Tensor other, Tensor target, long seed, CancellationToken cancellation)
    {
        if (row == "raw")
            return new UnitRowsMap().Apply(target);
        (SparseCodeMap map, _) = new SelfTaughtLearning().Fit(other, row == "whole" ? null : [1, Side, Side], new FitContext { Seed = seed, Cancellation = cancellation });
        return map.Apply(target);
    }

    private static (Tensor Samples, int[] Labels) Read(BenchmarkData data, string what)
    {
        Domain domain = data.Open(Pair + what);
        return (FeatureData.Rows(domain, Preprocessing.None), domain.Labels!.Indices);
    }

    private static bool[] Draw(int[] truth, int each, long seed)
    {
        RandomStream random = new(seed, each);
        bool[] known = new bool[truth.Length];
        foreach (int c in truth.Distinct().Order())
        {
            int[] order = [.. Enumerable.Range(0, truth.Length).Where(t => truth[t] == c)];
            random.Shuffle(order);
            foreach (int t in order.Take(each))
                known[t] = true;
        }

        return known;
    }

    private static Tensor Some(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));
}
