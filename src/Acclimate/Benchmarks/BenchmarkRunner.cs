using System.Diagnostics;
using System.Text.Json;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <summary>How far a benchmark has come.</summary>
/// <param name="Done">Cells done.</param>
/// <param name="Cells">All cells.</param>
/// <param name="Row">The row of the cell that was done last.</param>
/// <param name="Task">Its task.</param>
/// <param name="Finished">The row's figures, where that was its last cell.</param>
public sealed record BenchmarkProgress(int Done, int Cells, BenchmarkRow Row, BenchmarkTask Task, BenchmarkResult? Finished);

/// <summary>
/// Measures rows of a suite. A cell that is done is kept in a file with all that it depends on (data, method, every option,
/// classifier, preprocessing, seed, threads, the program itself): it is not measured again until one of these is another.
/// </summary>
public static class BenchmarkRunner
{
    private const long Seed = 0;

    /// <summary>Measures.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="rows">Which of its rows; all where they are left out.</param>
    /// <param name="data">The suite's files.</param>
    /// <param name="folder">Where finished cells are kept and looked for; nowhere if left out.</param>
    /// <param name="progress">Hears of every cell, on the calling thread.</param>
    /// <param name="cancellation">Stops between two rounds of a method; finished cells stay.</param>
    /// <exception cref="DataException">A file is missing or can't be read.</exception>
    /// <exception cref="ArgumentException">A row's method, option or classifier is not known.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<BenchmarkResult> Run(
        BenchmarkSuite suite,
        IReadOnlyList<BenchmarkRow>? rows,
        BenchmarkData data,
        string? folder = null,
        Action<BenchmarkProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(data);
        rows ??= suite.Rows;
        List<BenchmarkResult> results = [];
        foreach (BenchmarkRow row in rows)
        {
            List<BenchmarkCell> cells = [];
            foreach ((int at, BenchmarkTask task) in suite.Tasks.Index())
            {
                cancellation.ThrowIfCancellationRequested();
                FeatureMethod method = row.MethodFor(at);
                string key = KeyOf(task, row, method, data);
                string? file = folder is null ? null : Path.Combine(folder, "cells", $"{row.Name}-{task.Name.Replace('>', '-')}.json");
                BenchmarkCell cell = Kept(file, key) ?? Keep(file, Measure(task, row.Preprocess, method, ClassifierCatalog.Parse(row.Classifier), data, cancellation) with { Key = key });
                cells.Add(cell);
                BenchmarkResult? finished = cells.Count == suite.Tasks.Count ? new BenchmarkResult(row, cells) : null;
                if (finished is not null)
                    results.Add(finished);
                progress?.Invoke(new BenchmarkProgress((results.Count * suite.Tasks.Count) + (cells.Count % suite.Tasks.Count), rows.Count * suite.Tasks.Count, row, task, finished));
            }
        }

        return results;
    }

    /// <summary>Measures one cell: learns from the source and the unlabelled target, and counts what is right on that target.</summary>
    /// <param name="task">The transfer.</param>
    /// <param name="preprocess">What is done to the samples, as <see cref="PreprocessingRecipe"/> reads it.</param>
    /// <param name="method">The method with its options.</param>
    /// <param name="classifier">What classifies, unless the method does so itself.</param>
    /// <param name="data">The files.</param>
    /// <param name="cancellation">Stops between two rounds.</param>
    public static BenchmarkCell Measure(
        BenchmarkTask task, string preprocess, FeatureMethod method, Classifier classifier, BenchmarkData data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(data);
        using TensorScope scope = TensorScope.Begin();
        Domain source = data.Open(task.Source);
        using Domain target = task.Thin(data.Open(task.Target));
        (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(preprocess).Fit(source, target);
        FeatureData read = FeatureData.Read(source, target, s, t);
        FitContext context = new() { Classifier = classifier, Seed = Seed, Cancellation = cancellation };

        long start = Stopwatch.GetTimestamp();
        using FittedFeatures fitted = method.Fit(read, context);
        int[] found = fitted.TargetLabels ?? Classify(fitted, read, context.Classifier);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        int[] truth = target.Labels!.AlignTo(source.Labels!.Classes).Indices;
        int right = found.Zip(truth, static (a, b) => a == b ? 1 : 0).Sum();
        return new BenchmarkCell(string.Empty, 100.0 * right / truth.Length, seconds, fitted.Certificate.EigenResidual);
    }

    private static int[] Classify(FittedFeatures fitted, FeatureData data, Classifier classifier)
    {
        // Its own classifier goes with what was fitted; disposing it twice does no harm.
        using FittedClassifier trained = fitted.ClassifierFor(data, classifier);
        return trained.Predict(fitted.Target.Apply(data.Target));
    }

    private static string KeyOf(BenchmarkTask task, BenchmarkRow row, FeatureMethod method, BenchmarkData data) => string.Join("; ", (string[])
    [
        $"{task.Source} {data.Hash(task.Source)}",
        $"{task.Target} {data.Hash(task.Target)}, thinned to {task.ThinnedTo}",
        $"{row.Method} {string.Join(' ', MethodCatalog.OptionsOf(method).Select(static option => $"{option.Key}={option.Value}"))}",
        $"{row.Classifier} after {row.Preprocess}, seed {Seed}, {Engine.Threads} threads",
        // Compilation is deterministic, so that a module's identity says what it was compiled from.
        $"acclimate {AcclimateVersion.Text} {typeof(FeatureMethod).Module.ModuleVersionId} {typeof(Tensor).Module.ModuleVersionId}, libtorch {Engine.Version}",
    ]);

    private static BenchmarkCell? Kept(string? file, string key)
    {
        if (file is null || !File.Exists(file))
            return null;
        try
        {
            BenchmarkCell? cell = JsonSerializer.Deserialize<BenchmarkCell>(File.ReadAllText(file), BenchmarkCell.Json);
            return cell?.Key == key ? cell : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BenchmarkCell Keep(string? file, BenchmarkCell cell)
    {
        if (file is not null)
            AtomicFile.Write(file, stream => JsonSerializer.Serialize(stream, cell, BenchmarkCell.Json));
        return cell;
    }
}
