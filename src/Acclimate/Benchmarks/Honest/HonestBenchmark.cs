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
            bool everyone = seed == Seeds[0];
            string file = $"{pair.FileName}-{(shifted ? "shifted" : "natural")}-{seed}";
            string pool = string.Join("; ", (string[])
            [
                $"{pair.Source} {data.Hash(pair.Source)}",
                $"{pair.Target} {data.Hash(pair.Target)}",
                $"{pair.Preprocess}, features {(pair.Weights is null ? "as they are" : data.Hash(pair.Weights))}, {(shifted ? "label shift" : "natural")}, seed {seed}",
                $"pool {PoolAnswers.Version}: {string.Join(' ', PoolFamilies.Members.Select(static member => member.Name))}",
                $"validators {string.Join(' ', Asked(everyone))}{(everyone ? ", of every candidate" : string.Empty)}",
                $"acclimate {AcclimateVersion.Text}, libtorch {Engine.Version}",
            ]);
            string key = $"{pool}; rules {ShareRule.Version}";
            return new CellPlace<HonestCell>(key, CellRunner.FileOf(options, file), cancellation =>
            {
                string kept = Path.Combine(folder, "pools", file + ".safetensors");
                PoolAnswers? answers = options.Again ? null : PoolAnswers.Read(kept, pool);
                if (answers is null)
                {
                    using TensorScope scope = TensorScope.Begin();
                    (FeatureData read, int[] truth) = pair.Read(data, seed, shifted, Path.Combine(folder, "features"), cancellation);
                    answers = Ask(pool, read, truth, seed, everyone, cancellation);
                    answers.Save(kept);
                }

                return Measure(pair, answers, shifted, seed) with { Key = key };
            });
        }
    }

    private static IReadOnlyList<string> Asked(bool everyone) => everyone ? [.. ValidatorCatalog.All.Select(static entry => entry.About.Name)] : ShareRule.Validators;

    /// <summary>Fits the pool on one pair and asks it; this is what takes the time.</summary>
    /// <param name="key">Everything that the answers depend on.</param>
    /// <param name="data">What is learnt from.</param>
    /// <param name="truth">The target's classes, for scoring.</param>
    /// <param name="seed">Where draws start from.</param>
    /// <param name="everyone">Whether every validator judges every candidate, or only the rules' own what they need.</param>
    /// <param name="cancellation">Stops between two fits.</param>
    internal static PoolAnswers Ask(string key, FeatureData data, int[] truth, long seed, bool everyone, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        FitContext context = new() { Seed = seed, Cancellation = cancellation };
        using TensorScope scope = TensorScope.Begin();
        using PoolSamples some = PoolSamples.Of(data.Source.To(ScalarType.Float64), data.SourceLabels, data.Classes, data.Target.To(ScalarType.Float64), context);
        using GuardPool pool = GuardPool.Fit(some.Pair, context, heldOut: everyone);
        PoolEvidence evidence = PoolEvidence.Of(pool, Asked(everyone), everyone: everyone, context: context);
        return new PoolAnswers(
            key,
            evidence,
            [.. pool.Candidates.Select(static candidate => candidate.Target.To(ScalarType.Float32).ToArray<float>())],
            [.. some.TargetRows.Select(row => truth[row])],
            data.Classes,
            pool.Choice.Base.ToString(),
            PairStatistics.Of(some.Pair),
            Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Scores candidates, validators' favourites and rules on one pair.</summary>
    /// <param name="pair">Which.</param>
    /// <param name="answers">What its pool says.</param>
    /// <param name="shifted">Whether it is under label shift.</param>
    /// <param name="seed">Where draws started from.</param>
    internal static HonestCell Measure(HonestPair pair, PoolAnswers answers, bool shifted, long seed)
    {
        PoolEvidence evidence = answers.Evidence;
        double[] right = [.. Enumerable.Range(0, evidence.Names.Count).Select(i => answers.Accuracy(answers.Labels(i)))];
        return new HonestCell(
            answers.Key,
            pair.Suite,
            pair.Name,
            shifted,
            seed,
            right[evidence.Source],
            evidence.Names.Select((name, i) => (name, right[i])).ToDictionary(),
            ShareRule.All.ToDictionary(static rule => rule.Name, rule => answers.Accuracy(answers.Ruled(rule))),
            evidence.Evidence.Where(one => seed == Seeds[0] && one.Value.Any(static score => !double.IsNaN(score))).ToDictionary(static one => one.Key, one => Favourite(evidence, one.Key)),
            answers.Seconds)
        {
            Statistics = answers.Statistics,
            LabelShift = evidence.LabelShift,
            Checks = evidence.Preferring(evidence.Default, ShareRule.Validators),
            Base = answers.Base,
        };
    }

    private static string Favourite(PoolEvidence evidence, string validator)
    {
        IReadOnlyList<double> scores = evidence.Evidence[validator];
        return evidence.Names[Enumerable.Range(0, scores.Count).Where(i => !double.IsNaN(scores[i])).MaxBy(i => scores[i])];
    }
}
