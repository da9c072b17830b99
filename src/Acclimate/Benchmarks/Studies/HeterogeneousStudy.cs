using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Generated;
using Acclimate.Heterogeneous;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Studies;

/// <summary>
/// Domains of different features: Amazon's pictures as DeCAF₆ (4,096 features, 20 a class), the DSLR's as SURF words (800), three labelled a class.
/// </summary>
public sealed class HeterogeneousStudy : Study
{
    private const string File = "cdls_heterogeneous/amazon_DeCAF_dslr_SURF.mat";
    private const int Labelled = 3;
    private const int Given = 0;

    /// <inheritdoc/>
    public override string Name => "heterogeneous";

    /// <inheritdoc/>
    public override string Title => "Different features: Amazon as DeCAF₆ (4,096) to DSLR as SURF (800), three labelled target samples a class";

    /// <inheritdoc/>
    public override string Protocol =>
        "Accuracy in percent on the other target samples, which all methods but the first see without labels. Seed 0 is the split that comes with the data; each other seed draws three target samples a class anew, out of all 157. DeCAF₆ at unit length; of SURF counts the square roots of each sample's shares.";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Figures { get; } = ["accuracy"];

    /// <inheritdoc/>
    public override IReadOnlyList<StudyRow> Rows { get; } =
    [
        new("target-svm", "a linear SVM on the labelled target samples alone"),
        new("target-1nn", "the nearest of the labelled target samples"),
        new("supervised", "CDLS without rounds: the map from labelled samples alone"),
        new("no-landmarks", "CDLS with pseudo-labels, every sample counting alike"),
        new("cdls", "CDLS"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<long> Seeds { get; } = [.. Enumerable.Range(0, 11).Select(static seed => (long)seed)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files { get; } = [File];

    /// <inheritdoc/>
    public override double[] Measure(StudyRow row, long seed, BenchmarkData data, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(data);
        Domain source = data.Open($"{File}?features=S&labels=S_Label"), few = data.Open($"{File}?features=T&labels=T_Label"), rest = data.Open($"{File}?features=Ttest&labels=Ttest_Label");
        string[] classes = [.. source.Labels!.Classes];
        int[] truth = [.. few.Labels!.AlignTo(classes).Indices, .. rest.Labels!.AlignTo(classes).Indices];
        Tensor x = Unit(FeatureData.Rows(source, Preprocessing.None)), y = Roots(Tensor.Concatenate([FeatureData.Rows(few, Preprocessing.None), FeatureData.Rows(rest, Preprocessing.None)]));
        bool[] known = new bool[truth.Length];
        foreach (int t in seed == Given ? Enumerable.Range(0, few.Count) : Draw(truth, classes.Length, seed))
            known[t] = true;
        int[] seen = [.. Enumerable.Range(0, truth.Length).Where(t => known[t])], scored = [.. Enumerable.Range(0, truth.Length).Where(t => !known[t])];

        int[] found;
        if (row.Name.StartsWith("target-", StringComparison.Ordinal))
        {
            Classifier classifier = row.Name == "target-svm" ? new LinearSvm() : new NearestNeighbours();
            using FittedClassifier alone = classifier.Fit(Some(y, seen), [.. seen.Select(t => truth[t])], classes.Length);
            found = alone.Predict(Some(y, scored));
        }
        else
        {
            CrossDomainLandmarkSelection method = row.Name switch
            {
                "supervised" => new() { Rounds = 0 },
                "no-landmarks" => new() { Landmarks = false },
                _ => new(),
            };
            FeatureData both = new(x, source.Labels.Indices, classes.Length, y, [.. truth.Select((label, t) => known[t] ? label : FeatureData.Unknown)]);
            using FittedFeatures fitted = method.Fit(both, new FitContext { Seed = seed, Cancellation = cancellation });
            found = fitted.Classifier!.Predict(fitted.Target.Apply(Some(y, scored)));
        }

        return [100.0 * scored.Zip(found, (t, label) => truth[t] == label ? 1 : 0).Sum() / scored.Length];
    }

    private static IEnumerable<int> Draw(int[] truth, int classes, long seed)
    {
        RandomStream random = new(seed);
        List<int> drawn = [];
        for (int c = 0; c < classes; c++)
        {
            int[] order = [.. Enumerable.Range(0, truth.Length).Where(t => truth[t] == c)];
            random.Shuffle(order);
            drawn.AddRange(order.Take(Labelled));
        }

        return drawn;
    }

    /// <summary>Square roots of each sample's shares, as is usual for counts: of length 1 too.</summary>
    private static Tensor Roots(Tensor rows) => (rows / rows.Sum(1, keep: true).Clamp(low: 1e-12)).Sqrt();

    private static Tensor Unit(Tensor rows) => rows / rows.Norm(1, keep: true).Clamp(low: 1e-12);

    private static Tensor Some(Tensor samples, int[] at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));
}
