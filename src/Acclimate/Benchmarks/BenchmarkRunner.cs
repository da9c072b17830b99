using System.Diagnostics;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.Runs;
using Acclimate.Torch;

namespace Acclimate.Benchmarks;

/// <summary>How far a benchmark has come.</summary>
/// <param name="Done">Cells done.</param>
/// <param name="Cells">All cells that are this share's.</param>
/// <param name="Row">The row of the cell that was done last.</param>
/// <param name="Task">Its task.</param>
/// <param name="Finished">The row's figures, where that was its last cell.</param>
public sealed record BenchmarkProgress(int Done, int Cells, BenchmarkRow Row, BenchmarkTask Task, BenchmarkResult? Finished)
{
    /// <summary>The cell's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The cell.</summary>
    public required BenchmarkCell Cell { get; init; }
}

/// <summary>How a benchmark is measured.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Where finished cells are kept and looked for; nowhere if left out. Suites that train networks need one.</summary>
    public string? Folder { get; init; }

    /// <summary>Which share of the cells is measured, from 1: several machines can share a table. What the folder has of the others is taken.</summary>
    public int Share { get; init; } = 1;

    /// <summary>How many shares there are.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>Cells at a time, one thread each; none is one after another with all threads. For suites that train networks.</summary>
    public int? Parallel { get; init; }

    /// <summary>Whether cells that are there are measured again.</summary>
    public bool Again { get; init; }

    /// <summary>Hears of every cell, one at a time: on the calling thread, unless several are measured at a time.</summary>
    public Action<BenchmarkProgress>? Progress { get; init; }

    /// <summary>Stops between two steps or rounds; finished cells stay, and a network goes on from its checkpoint.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>
/// Measures a suite. A cell is a row on a task with a seed; the order is seed by seed, then row by row, so that a table that
/// was interrupted is complete for a seed. A cell that is done is kept in a file with all that it depends on (data, method,
/// every option, preprocessing, network, precision, seed, threads, versions): it is not measured again until one of these is
/// another. For shallow methods, which take seconds, the program itself is among these; networks take minutes, and their
/// cells stay until they are asked for again. A cell that fails says why and stops no other.
/// </summary>
public static partial class BenchmarkRunner
{
    private const long ShallowSeed = 0;

    /// <summary>Measures.</summary>
    /// <param name="suite">The suite, or the part of it that is wanted.</param>
    /// <param name="data">The suite's files.</param>
    /// <param name="options">How; the defaults where they are left out.</param>
    /// <returns>A result for each row, with the cells that are there.</returns>
    /// <exception cref="DataException">A file is missing.</exception>
    /// <exception cref="ArgumentException">A row's method, option or classifier is not known, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<BenchmarkResult> Run(BenchmarkSuite suite, BenchmarkData data, BenchmarkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new BenchmarkOptions();
        Validate(suite, options);
        Place[] places =
        [
            .. from seed in suite.Seeds
               from row in Enumerable.Range(0, suite.Rows.Count)
               from task in Enumerable.Range(0, suite.Tasks.Count)
               select suite.Training is null ? Shallow(suite, row, task, data, options) : Trained(suite, row, task, seed, data, options),
        ];
        BenchmarkCell?[] cells = CellRunner.Run([.. places.Select(Cell)], options, (i, soFar, done, all) =>
        {
            Place place = places[i];
            BenchmarkResult result = ResultOf(place.Row, soFar);
            bool complete = result.Tasks.All(task => task.Cells.Count == suite.Seeds.Count);
            options.Progress?.Invoke(new BenchmarkProgress(done, all, suite.Rows[place.Row], suite.Tasks[place.Task], complete ? result : null) { Seed = place.Seed, Cell = soFar[i]! });
        });
        return [.. Enumerable.Range(0, suite.Rows.Count).Select(row => ResultOf(row, cells))];

        BenchmarkResult ResultOf(int row, BenchmarkCell?[] cells) => new(
            suite.Rows[row],
            [.. Enumerable.Range(0, suite.Tasks.Count).Select(task => new BenchmarkFigure([.. places.Zip(cells)
                .Where(pair => pair.First.Row == row && pair.First.Task == task).Select(static pair => pair.Second).OfType<BenchmarkCell>()]))]);
    }

    /// <summary>Measures one cell of a shallow method: learns from the source and the target with the labels that the task shows, and counts what is right on its other samples.</summary>
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
        using Domain? merged = task.Also.Count == 0 ? null : Domain.Merge([data.Open(task.Source), .. task.Also.Select(data.Open)]);
        Domain source = merged ?? data.Open(task.Source);
        using Domain target = task.Thin(data.Open(task.Target));
        (Preprocessing s, Preprocessing t) = PreprocessingRecipe.Parse(preprocess).Fit(source, target);
        FeatureData plain = FeatureData.Read(source, target, s, t);
        FitContext context = new() { Classifier = classifier, Seed = ShallowSeed, Cancellation = cancellation };
        if (task.OpenSet)
            return OpenCell(method, plain, context, source.Labels!.Classes, target.Labels!);
        Labels truth = target.Labels!.AlignTo(source.Labels!.Classes);
        int draws = task.Labels == 0 ? 1 : task.Draws, right = 0, scored = 0;
        double seconds = 0;
        double? residual = null;
        for (int draw = 0; draw < draws; draw++)
        {
            using TensorScope each = TensorScope.Begin();
            FeatureData read = Shown(plain, truth, task, draw);
            long start = Stopwatch.GetTimestamp();
            using FittedFeatures fitted = method.Fit(read, context);
            int[] found = fitted.TargetLabels ?? Classify(fitted, read, context.Classifier);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            int[] hidden = [.. Enumerable.Range(0, truth.Count).Except(read.Known)];
            right += hidden.Count(i => found[i] == truth.Indices[i]);
            scored += hidden.Length;
            residual = Math.Max(residual ?? 0, fitted.Certificate.EigenResidual ?? 0) is > 0 and var worst ? worst : fitted.Certificate.EigenResidual;
        }

        return new BenchmarkCell(string.Empty, 100.0 * right / scored, seconds / draws, residual);
    }

    /// <summary>The same data with the labels that the task shows.</summary>
    private static FeatureData Shown(FeatureData data, Labels truth, BenchmarkTask task, int draw)
    {
        if (task.Labels == 0)
            return data;
        HashSet<int> known = Data.Readers.SampleChoice.Draws(truth, Enumerable.Range(0, truth.Count), task.Labels, draw, task.Target);
        int[] labels = [.. truth.Indices.Select((label, i) => known.Contains(i) ? label : FeatureData.Unknown)];
        return new FeatureData(data.Source, data.SourceLabels, data.Classes, data.Target, labels, data.SampleShape) { SourceDomains = data.SourceDomains };
    }

    /// <summary>OS, and what goes with it, where some target samples are of none of the classes that the source knows.</summary>
    private static BenchmarkCell OpenCell(FeatureMethod method, FeatureData read, FitContext context, IReadOnlyList<string> known, Labels labels)
    {
        long start = Stopwatch.GetTimestamp();
        using FittedFeatures fitted = method.Fit(read, context);
        int[] found = fitted.TargetLabels ?? Classify(fitted, read, context.Classifier);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string[] classes = [.. known, Labels.Unknown];
        ConfusionMatrix matrix = ConfusionMatrix.From(
            [.. labels.AlignTo(classes, Labels.Unknown).Indices.Select(static i => (long)i)], [.. found.Select(static i => (long)i)], classes.Length);
        OpenSetScore score = OpenSetScore.Of([.. Enumerable.Range(0, classes.Length).Select(truth => (long[])[.. Enumerable.Range(0, classes.Length).Select(other => matrix[truth, other])])], classes);
        return new BenchmarkCell(string.Empty, 100 * score.Os, seconds, fitted.Certificate.EigenResidual) { OpenSet = score };
    }

    private static void Validate(BenchmarkSuite suite, BenchmarkOptions options)
    {
        if (options.Shares < 1 || options.Share < 1 || options.Share > options.Shares)
            throw new ArgumentException($"there is no share {options.Share} of {options.Shares}; the first is 1");
        if (options.Parallel < 1)
            throw new ArgumentException($"{options.Parallel} cells at a time: expected 1 or more");
        if (suite.Training is null && options.Parallel is not null)
            throw new ArgumentException($"cells at a time are for suites that train networks; the rows of {suite.Name} are shallow methods, which take all threads");
        if (suite.Training is not null && options.Folder is null)
            throw new ArgumentException($"{suite.Name} trains networks: it needs a folder for their runs");
    }

    private static int[] Classify(FittedFeatures fitted, FeatureData data, Classifier classifier)
    {
        // Its own classifier goes with what was fitted; disposing it twice does no harm.
        using FittedClassifier trained = fitted.ClassifierFor(data, classifier);
        return trained.Predict(fitted.Target.Apply(data.Target));
    }

    private static Place Shallow(BenchmarkSuite suite, int at, int task, BenchmarkData data, BenchmarkOptions options)
    {
        BenchmarkRow row = suite.Rows[at];
        BenchmarkTask transfer = suite.Tasks[task];
        FeatureMethod method = row.MethodFor(task);
        Classifier classifier = ClassifierCatalog.Parse(row.Classifier);
        string key = string.Join("; ", (string[])
        [
            $"{transfer.Source} {data.Hash(transfer.Source)}",
            $"{transfer.Target} {data.Hash(transfer.Target)}, thinned to {transfer.ThinnedTo}{(transfer.OpenSet ? ", open set" : string.Empty)}",
            .. transfer.Also.Select(other => $"{other} {data.Hash(other)}"),
            .. transfer.Labels == 0 ? (string[])[] : [$"{transfer.Labels} labels of each class, {transfer.Draws} draws"],
            $"{row.Method} {All(method)}",
            $"{row.Classifier} after {row.Preprocess}, seed {ShallowSeed}, {Engine.Threads} threads",

            // Compilation is deterministic, so that a module's identity says what it was compiled from.
            $"acclimate {AcclimateVersion.Text} {typeof(FeatureMethod).Module.ModuleVersionId} {typeof(Tensor).Module.ModuleVersionId}, libtorch {Engine.Version}",
        ]);
        return new Place(at, task, ShallowSeed, key, CellRunner.FileOf(options, $"{row.Name}-{transfer.FileName}"))
        {
            Measure = cancellation => Measure(transfer, row.Preprocess, method, classifier, data, cancellation),
        };
    }

    /// <summary>Measures; what goes wrong is the cell's own, and becomes its reason.</summary>
    private static BenchmarkCell Measured(Place place, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return place.Measure(cancellation) with { Key = place.Key };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new BenchmarkCell(place.Key, null, Stopwatch.GetElapsedTime(start).TotalSeconds) { Failure = e.Message };
        }
    }

    private static string All(object method) => string.Join(' ', MethodCatalog.OptionsOf(method).Select(static option => $"{option.Key}={option.Value}"));

    private static CellPlace<BenchmarkCell> Cell(Place place) => new(place.Key, place.File, cancellation => Measured(place, cancellation));

    /// <summary>A cell that is to be measured.</summary>
    private sealed record Place(int Row, int Task, long Seed, string Key, string? File)
    {
        public required Func<CancellationToken, BenchmarkCell> Measure { get; init; }
    }
}
