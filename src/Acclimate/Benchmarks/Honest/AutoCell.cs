using System.Diagnostics;
using Acclimate.Runs;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Honest;

/// <summary>What <c>auto</c> came to on one pair as it is, the whole source given; accuracies on the target in percent.</summary>
/// <param name="Key">Everything that it depends on, but for how fast the machine was.</param>
/// <param name="Suite">The pair's suite.</param>
/// <param name="Pair">The pair.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Budget">Seconds that it was given.</param>
/// <param name="Source">The source's own model, as the run has it.</param>
/// <param name="Auto">The model that it returned.</param>
/// <param name="Best">The best of what it tried, which only the target's labels can tell; none where nothing was tried.</param>
/// <param name="Tried">How many ways it tried beside the pool.</param>
/// <param name="Admitted">How many of them have a part in the answer.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record AutoCell(
    string Key, string Suite, string Pair, long Seed, double Budget, double Source, double Auto, double? Best, int Tried, int Admitted, double Seconds) : IBenchmarkCell
{
    /// <summary>Runs <c>auto</c> on pairs as they are. It knows no experience, least of all of these pairs.</summary>
    /// <param name="pairs">Which pairs.</param>
    /// <param name="seeds">Which seeds.</param>
    /// <param name="budget">Seconds for each, above 0.</param>
    /// <param name="data">The files.</param>
    /// <param name="options">How; with a folder.</param>
    /// <param name="progress">Hears of every measurement: it, and how many are done of how many.</param>
    /// <returns>The measurements that are there.</returns>
    /// <exception cref="ArgumentException">The time is out of range.</exception>
    /// <exception cref="Data.DataException">A file is missing, or can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is done is kept.</exception>
    public static IReadOnlyList<AutoCell> Run(
        IReadOnlyList<HonestPair> pairs, IReadOnlyList<long> seeds, double budget, BenchmarkData data, BenchmarkOptions options, Action<AutoCell, int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        AutoOptions auto = new() { Budget = budget, Methods = [.. new AutoOptions().Wanted(shallow: true).Select(static entry => entry.About.Name)] };
        auto.Validate();
        CellPlace<AutoCell>[] places = [.. from seed in seeds from pair in pairs select Place(pair, seed)];
        return [.. CellRunner.Run(places, options, (i, soFar, done, all) => progress?.Invoke(soFar[i]!, done, all)).OfType<AutoCell>()];

        CellPlace<AutoCell> Place(HonestPair pair, long seed)
        {
            string file = $"auto-{pair.FileName}-{seed}";
            string key = string.Join("; ", (string[])
            [
                $"{pair.Source} {data.Hash(pair.Source)}",
                $"{pair.Target} {data.Hash(pair.Target)}",
                $"{pair.Preprocess}, features {(pair.Weights is null ? "as they are" : data.Hash(pair.Weights))}, seed {seed}",
                FormattableString.Invariant($"auto {budget} s: {string.Join(' ', auto.Methods)}"),
                $"acclimate {AcclimateVersion.Text}, libtorch {Engine.Version}",
            ]);
            return new CellPlace<AutoCell>(key, CellRunner.FileOf(options, file), cancellation => Measure(pair, key, seed, auto, data, options.Folder!, file, cancellation));
        }
    }

    private static AutoCell Measure(HonestPair pair, string key, long seed, AutoOptions auto, BenchmarkData data, string folder, string name, CancellationToken cancellation)
    {
        RunFolder run = new(Path.Combine(folder, "auto", name));
        if (Directory.Exists(run.Path))
            Directory.Delete(run.Path, recursive: true);
        (string source, string target) = pair.Locate(data, seed, Path.Combine(folder, "features"), cancellation);
        long start = Stopwatch.GetTimestamp();
        RunConfig config = new() { Source = source, Target = target, Preprocess = pair.Preprocess, Size = HonestPair.PictureSide, Seed = seed, Auto = auto };
        RunResult result = AutoRun.Start(config, run, cancellation: cancellation, report: false);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cancellation.ThrowIfCancellationRequested();
        Directory.Delete(run.Path, recursive: true);
        AutoTrial[] tried = [.. result.Auto!.Trials.Where(static trial => trial.IsJudged)];
        double own = 100 * result.Guard!.Source!.Accuracy;
        return new AutoCell(
            key, pair.Suite, pair.Name, seed, auto.Budget, own, 100 * result.Honest!.Accuracy, own + tried.Max(static trial => trial.Gain), tried.Length, tried.Count(static trial => trial.Outcome == TrialOutcome.Admitted), seconds);
    }
}
