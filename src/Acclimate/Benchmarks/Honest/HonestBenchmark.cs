using System.Diagnostics;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Honest;

/// <summary>How far the benchmark has come.</summary>
/// <param name="Done">Measurements that are there.</param>
/// <param name="Cells">All that are this share's.</param>
/// <param name="Cell">The last one.</param>
public sealed record HonestProgress(int Done, int Cells, HonestCell Cell);

/// <summary>
/// Measures what can be had without target labels on all real pairs: each pair as it is and under label shift, seed by seed. A measurement
/// is the guard's pool with what every validator says of it, and what every rule makes of that; the target's labels only score.
/// </summary>
public static class HonestBenchmark
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "honest";

    /// <summary>The seeds; all validators are asked with the first, the rules' own with all.</summary>
    public static IReadOnlyList<long> Seeds { get; } = [0, 1, 2];

    /// <summary>Measures.</summary>
    /// <param name="pairs">Which pairs.</param>
    /// <param name="seeds">Which seeds.</param>
    /// <param name="data">The files.</param>
    /// <param name="options">How; a folder is needed for tables of features.</param>
    /// <param name="progress">Hears of every measurement, one at a time.</param>
    /// <returns>The measurements that are there.</returns>
    /// <exception cref="ArgumentException">No folder is named, or there is no such share.</exception>
    /// <exception cref="DataException">A file is missing, or can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is done is kept.</exception>
    public static IReadOnlyList<HonestCell> Run(
        IReadOnlyList<HonestPair> pairs, IReadOnlyList<long> seeds, BenchmarkData data, BenchmarkOptions options, Action<HonestProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Folder is not { } folder)
            throw new ArgumentException("the benchmark needs a folder for its tables of features", nameof(options));
        CellPlace<HonestCell>[] places = [.. from seed in seeds from shifted in (bool[])[false, true] from pair in pairs select Place(pair, seed, shifted)];
        return [.. CellRunner.Run(places, options, (i, soFar, done, all) => progress?.Invoke(new HonestProgress(done, all, soFar[i]!))).OfType<HonestCell>()];

        CellPlace<HonestCell> Place(HonestPair pair, long seed, bool shifted)
        {
            string file = $"{pair.FileName}-{(shifted ? "shifted" : "natural")}-{seed}";
            string key = string.Join("; ", (string[])
            [
                $"{pair.Source} {data.Hash(pair.Source)}",
                $"{pair.Target} {data.Hash(pair.Target)}",
                $"{pair.Preprocess}, features {(pair.Weights is null ? "as they are" : data.Hash(pair.Weights))}, {(shifted ? "label shift" : "natural")}, seed {seed}",
                $"{ShareRule.All.Count} rules, {(seed == Seeds[0] ? "every validator" : "the rules' validators")}",
                $"acclimate {AcclimateVersion.Text}, libtorch {Engine.Version}",
            ]);
            return new CellPlace<HonestCell>(key, CellRunner.FileOf(options, file), cancellation =>
            {
                using TensorScope scope = TensorScope.Begin();
                (FeatureData read, int[] truth) = pair.Read(data, seed, shifted, Path.Combine(folder, "features"), cancellation);
                return Measure(pair, read, truth, shifted, seed, everyone: seed == Seeds[0], cancellation) with { Key = key };
            });
        }
    }

    /// <summary>Measures one pair.</summary>
    /// <param name="pair">Which.</param>
    /// <param name="data">What is learnt from.</param>
    /// <param name="truth">The target's classes, for scoring.</param>
    /// <param name="shifted">Whether it is under label shift.</param>
    /// <param name="seed">Where draws start from.</param>
    /// <param name="everyone">Whether every validator judges every candidate, or only the rules' own what they need.</param>
    /// <param name="cancellation">Stops between two fits.</param>
    internal static HonestCell Measure(HonestPair pair, FeatureData data, int[] truth, bool shifted, long seed, bool everyone, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        FitContext context = new() { Seed = seed, Cancellation = cancellation };
        using TensorScope scope = TensorScope.Begin();
        using PoolSamples some = PoolSamples.Of(data.Source.To(ScalarType.Float64), data.SourceLabels, data.Classes, data.Target.To(ScalarType.Float64), context);
        int[] known = [.. some.TargetRows.Select(row => truth[row])];
        using GuardPool pool = GuardPool.Fit(some.Pair, context, heldOut: everyone);
        string[] validators = everyone ? [.. ValidatorCatalog.All.Select(static entry => entry.About.Name)] : [.. ShareRule.Validators];
        PoolEvidence evidence = PoolEvidence.Of(pool, validators, everyone: everyone, context: context);
        double[][] said = [.. pool.Candidates.Select(static candidate => candidate.Target.ToArray<double>())];
        int source = evidence.Source;
        return new HonestCell(
            string.Empty,
            pair.Suite,
            pair.Name,
            shifted,
            seed,
            Accuracy(Labels(said[source], data.Classes), known),
            pool.Candidates.Select((candidate, i) => (candidate.Name, Accuracy(Labels(said[i], data.Classes), known))).ToDictionary(),
            ShareRule.All.ToDictionary(static rule => rule.Name, rule => Accuracy(Ruled(rule, evidence, said, data.Classes), known)),
            validators.Where(name => evidence.Evidence[name].Any(static score => !double.IsNaN(score)) && everyone).ToDictionary(static name => name, name => Favourite(evidence, name)),
            Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            Statistics = PairStatistics.Of(some.Pair),
            LabelShift = evidence.LabelShift,
            Checks = evidence.Preferring(evidence.Default, ShareRule.Validators),
            Base = pool.Choice.Base.ToString(),
        };
    }

    /// <summary>What a rule says of each sample.</summary>
    private static int[] Ruled(ShareRule rule, PoolEvidence evidence, double[][] said, int classes)
    {
        IReadOnlyList<double> weights = rule.Weigh(evidence).Total(evidence.Source);
        double[] mixed = new double[said[0].Length];
        for (int i = 0; i < said.Length; i++)
        {
            if (weights[i] > 0)
            {
                for (int at = 0; at < mixed.Length; at++)
                    mixed[at] += weights[i] * said[i][at];
            }
        }

        int[] labels = Labels(mixed, classes), own = Labels(said[evidence.Source], classes);
        return [.. labels.Select((label, i) => mixed[(i * classes) + label] - mixed[(i * classes) + own[i]] > rule.Veto ? label : own[i])];
    }

    private static string Favourite(PoolEvidence evidence, string validator)
    {
        IReadOnlyList<double> scores = evidence.Evidence[validator];
        return evidence.Names[Enumerable.Range(0, scores.Count).Where(i => !double.IsNaN(scores[i])).MaxBy(i => scores[i])];
    }

    private static int[] Labels(double[] probabilities, int classes) =>
        [.. Enumerable.Range(0, probabilities.Length / classes).Select(i => Enumerable.Range(0, classes).MaxBy(c => probabilities[(i * classes) + c]))];

    private static double Accuracy(int[] labels, int[] truth) => 100.0 * labels.Zip(truth).Count(static both => both.First == both.Second) / truth.Length;
}
