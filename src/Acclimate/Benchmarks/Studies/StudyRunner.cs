using System.Diagnostics;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Benchmarks.Studies;

/// <summary>What a row of a study came to with one seed.</summary>
/// <param name="Key">Everything that it depends on.</param>
/// <param name="Row">The row's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Values">A value for each of the study's figures; none where it failed.</param>
/// <param name="Seconds">How long it took, reading included.</param>
public sealed record StudyCell(string Key, string Row, long Seed, IReadOnlyList<double> Values, double Seconds) : IBenchmarkCell
{
    /// <summary>Why there is no value.</summary>
    public string? Failure { get; init; }
}

/// <summary>Measures studies, and keeps what is done as a benchmark does.</summary>
public static class StudyRunner
{
    /// <summary>Measures.</summary>
    /// <param name="study">The study.</param>
    /// <param name="rows">The names of the rows that are wanted; all where none is named.</param>
    /// <param name="seeds">Which seeds; the study's own where none is named.</param>
    /// <param name="data">The files.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Hears of every measurement: it, and how many are done of how many.</param>
    /// <returns>The measurements that are there, seed by seed.</returns>
    /// <exception cref="ArgumentException">There is no such row.</exception>
    /// <exception cref="Data.DataException">A file is missing, or can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is done is kept.</exception>
    public static IReadOnlyList<StudyCell> Run(
        Study study, IReadOnlyList<string> rows, IReadOnlyList<long> seeds, BenchmarkData data, BenchmarkOptions options, Action<StudyCell, int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        string[] known = [.. study.Rows.Select(static row => row.Name)];
        if (rows.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
            throw new ArgumentException($"{study.Name} has no row '{unknown}'{NearestName.Hint(unknown, known)} It has: {string.Join(", ", known)}.");
        string files = string.Join(", ", study.Files.Select(file => $"{file} {data.Hash(file)}"));
        string program = $"acclimate {AcclimateVersion.Text} {typeof(FeatureMethod).Module.ModuleVersionId} {typeof(Tensor).Module.ModuleVersionId}, libtorch {Engine.Version}, {Engine.Threads} threads";
        CellPlace<StudyCell>[] places =
        [
            .. from seed in seeds.Count > 0 ? seeds : study.Seeds
               from row in study.Rows
               where rows.Count == 0 || rows.Contains(row.Name, StringComparer.Ordinal)
               select Place(row, seed),
        ];
        return [.. CellRunner.Run(places, options, (i, soFar, done, all) => progress?.Invoke(soFar[i]!, done, all)).OfType<StudyCell>()];

        CellPlace<StudyCell> Place(StudyRow row, long seed)
        {
            string key = $"{files}; {study.Name} {row.Name}, seed {seed}; {program}";
            return new CellPlace<StudyCell>(key, CellRunner.FileOf(options, $"{row.Name}-{seed}"), cancellation =>
            {
                long start = Stopwatch.GetTimestamp();
                try
                {
                    using TensorScope scope = TensorScope.Begin();
                    using NoGrad noGrad = NoGrad.Begin();
                    double[] values = study.Measure(row, seed, data, cancellation);
                    return new StudyCell(key, row.Name, seed, values, Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    return new StudyCell(key, row.Name, seed, [], Stopwatch.GetElapsedTime(start).TotalSeconds) { Failure = e.Message };
                }
            });
        }
    }

    /// <summary>A figure of a row over the seeds that did not fail; none without such.</summary>
    /// <param name="cells">The study's measurements.</param>
    /// <param name="row">The row's name.</param>
    /// <param name="figure">Which of the study's figures, from 0.</param>
    public static MeanAndDeviation? Figure(IEnumerable<StudyCell> cells, string row, int figure)
    {
        ArgumentNullException.ThrowIfNull(cells);
        double[] values = [.. cells.Where(cell => cell.Row == row && cell.Failure is null).Select(cell => cell.Values[figure])];
        return values.Length == 0 ? null : MeanAndDeviation.Of(values);
    }
}
