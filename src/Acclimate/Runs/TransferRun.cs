using System.Runtime.InteropServices;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Metrics;
using Acclimate.Reports;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>What a run is doing, for whoever shows it.</summary>
/// <param name="Stage">In words: <c>reading</c>, <c>caching</c>, <c>training</c>, <c>fitting</c>, <c>scoring</c> or <c>reporting</c>.</param>
/// <param name="Step">The latest training step, while training.</param>
/// <param name="StepsPerSecond">Its pace, while training.</param>
/// <param name="Facts">What is known once the domains are read; given once, before the first step.</param>
/// <param name="Cached">The part of the samples that went through the frozen stages, while that is done once for all steps.</param>
/// <param name="Round">The latest round, while fitting a shallow method that has rounds.</param>
public readonly record struct RunProgress(
    string Stage, StepReport? Step = null, double StepsPerSecond = 0, RunFacts? Facts = null, FitProgress? Round = null, double? Cached = null)
{
    /// <summary>What went wrong without harm to the result, such as a report that could not be written.</summary>
    public string? Warning { get; init; }

    /// <summary>What validators say of the network at its latest checkpoint, by name; none between two.</summary>
    public IReadOnlyDictionary<string, double>? Validators { get; init; }

    /// <summary>The method whose network is being trained, where a run trains several; none where it trains one.</summary>
    public string? Of { get; init; }

    /// <summary>How far a run has come that chooses by itself; none between two things that it tries.</summary>
    public AutoProgress? Auto { get; init; }
}

/// <summary>What a run is about to learn from.</summary>
/// <param name="SourceSamples">Samples of the source.</param>
/// <param name="TargetSamples">Samples of the target.</param>
/// <param name="ScoringSamples">Labelled samples kept aside for scoring; none without them.</param>
/// <param name="Skipped">Files in the domains' folders that are no pictures.</param>
/// <param name="Classes">How many classes there are.</param>
/// <param name="InputShape">The shape of one sample as the method sees it.</param>
public sealed record RunFacts(
    int SourceSamples, int TargetSamples, int? ScoringSamples, int Skipped, int Classes, IReadOnlyList<long> InputShape)
{
    /// <summary>How many samples each data set has that the source is made of; none where it is one.</summary>
    public IReadOnlyList<int>? Merged { get; init; }

    /// <summary>What is trained, where that is a network.</summary>
    public NetworkFacts? Network { get; init; }

    /// <summary>What is fitted, by a shallow method.</summary>
    public FeatureFacts? Features { get; init; }
}

/// <summary>What a run trains.</summary>
/// <param name="Backbone">The network's name.</param>
/// <param name="TrainableParameters">Numbers that training changes.</param>
/// <param name="Parameters">Numbers in the network.</param>
/// <param name="StepsDone">Steps that an earlier stretch has done.</param>
/// <param name="Precision">What it computes in.</param>
/// <param name="Known">Target samples whose classes the method may know; none where it knows none.</param>
public sealed record NetworkFacts(string Backbone, long TrainableParameters, long Parameters, long StepsDone, string Precision, int? Known)
{
    /// <summary>The weights that it starts from; none where it starts from random values, or goes on from a checkpoint.</summary>
    public LoadedWeights? Weights { get; init; }

    /// <summary>Whether the source's own network is trained first, and what comes out is hedged with it.</summary>
    public bool Hedged { get; init; }

    /// <summary>What is learnt beside the source's task.</summary>
    public IReadOnlyList<TaskFacts> Tasks { get; init; } = [];
}

/// <summary>A further task that a run learns.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Source">Its labelled samples, as they were named.</param>
/// <param name="Samples">How many there are.</param>
/// <param name="Classes">How many classes they have.</param>
public sealed record TaskFacts(string Name, string Source, int Samples, int Classes);

/// <summary>What a run fits.</summary>
/// <param name="Count">How many features a sample has.</param>
/// <param name="Preprocess">The preprocessing steps' names.</param>
/// <param name="Classifier">The classifier.</param>
/// <param name="TargetLabelled">Target samples whose classes the method may know; none where it knows none.</param>
public sealed record FeatureFacts(int Count, string Preprocess, string Classifier, int? TargetLabelled);

/// <summary>
/// One transfer from domains to a model and its figures, in a folder of its own: opens the domains, trains, scores, and
/// saves. Interrupted at any moment, it goes on from its last checkpoint to the same bits; a shallow method, which has
/// none, is fitted anew.
/// </summary>
public static class TransferRun
{
    /// <summary>Starts a run in a new folder.</summary>
    /// <param name="config">What the run is made of.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="progress">Hears of every step, on the calling thread.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <param name="report">Whether <c>report.html</c> is written in the end.</param>
    /// <exception cref="ArgumentException">The configuration is wrong.</exception>
    /// <exception cref="DataException">A domain can't be read, or the two don't fit.</exception>
    /// <exception cref="IOException">The folder holds a run already.</exception>
    /// <exception cref="TrainingException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Resume"/> goes on.</exception>
    public static RunResult Start(RunConfig config, RunFolder folder, Action<RunProgress>? progress = null, CancellationToken cancellation = default, bool report = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folder);
        if (config.Auto is not null)
            throw new ArgumentException($"a run that chooses by itself is started by {nameof(AutoRun)}", nameof(config));
        config.Validate();
        config = config.Settled();
        using RunData data = Read(config, progress, cancellation);
        folder.Create(config);
        return Run(config, data, folder, progress, report, cancellation);
    }

    /// <summary>Goes on with a run from its last checkpoint; one that is complete gives its result at once.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Hears of every step, on the calling thread.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <param name="report">Whether <c>report.html</c> is written in the end.</param>
    /// <exception cref="InvalidDataException">The folder holds no run, or a damaged one.</exception>
    /// <exception cref="DataException">A domain can't be read any more.</exception>
    /// <exception cref="TrainingException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume again.</exception>
    public static RunResult Resume(RunFolder folder, Action<RunProgress>? progress = null, CancellationToken cancellation = default, bool report = true)
    {
        ArgumentNullException.ThrowIfNull(folder);
        RunConfig config = folder.Open();
        if (config.Auto is not null)
            return AutoRun.Resume(folder, progress: progress, cancellation: cancellation, report: report);
        if (File.Exists(folder.Result))
            return RunResult.Load(folder.Result);
        config.Validate();
        using RunData data = Read(config, progress, cancellation);
        return Run(config, data, folder, progress, report, cancellation);
    }

    /// <summary>Scores a model on labelled samples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="labelled">The samples, with labels coded as the model's classes are, or as <see cref="OpenSet.Code(Labels, TransferModel)"/> codes them.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The score, and how often each true class (row) was taken for each class (column).</returns>
    public static (Score Score, long[][] Confusion) Evaluate(TransferModel model, Domain labelled, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(labelled);
        return ScoreOf(labelled, model.Predict(labelled, cancellation).Indices, model.Classes.Count);
    }

    /// <summary>Scores what was said of labelled samples; their labels may have classes behind those that could be said.</summary>
    internal static (Score Score, long[][] Confusion) ScoreOf(Domain labelled, IReadOnlyList<int> found, int classes)
    {
        classes = Math.Max(classes, labelled.Labels!.Classes.Count);
        ConfusionMatrix matrix = ConfusionMatrix.From(
            [.. labelled.Labels.Indices.Select(static i => (long)i)], [.. found.Select(static i => (long)i)], classes);
        Accuracy accuracy = matrix.Accuracy;
        long[][] rows = [.. Enumerable.Range(0, classes).Select(truth => Enumerable.Range(0, classes).Select(other => matrix[truth, other]).ToArray())];
        return (new Score(accuracy.Value, accuracy.Low, accuracy.High, matrix.MacroF1, labelled.Count) { MacroRecall = matrix.MacroRecall }, rows);
    }

    /// <summary>What every run's result says.</summary>
    internal static RunResult ResultOf(
        RunConfig config, RunData data, IReadOnlyDictionary<string, string> options, double seconds, (Score Score, long[][] Confusion)? honest) => new()
        {
            Method = config.Method,
            Options = options,
            Source = config.Sources,
            Target = config.Target,
            Seed = config.Seed,
            Precision = config.Precision,
            Threads = config.Threads,
            Seconds = seconds,
            Versions = Versions(),
            Classes = data.ScoredClasses,
            Honest = honest?.Score,
            Confusion = honest?.Confusion,
            OpenSet = config.OpenSet && honest is { } found ? OpenSetScore.Of(found.Confusion, data.ScoredClasses) : null,
        };

    /// <summary>Where a run's model comes from.</summary>
    internal static Provenance ProvenanceOf(RunConfig config, IReadOnlyDictionary<string, string> options, long steps) => new(
        config.Method, options, config.Sources, config.Target, config.Seed, steps, AcclimateVersion.Text, Engine.Version);

    internal static RunData Read(RunConfig config, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        progress?.Invoke(new RunProgress("reading"));
        Engine.Threads = config.Threads;
        return RunData.Open(config, cancellation);
    }

    private static RunResult Run(RunConfig config, RunData data, RunFolder folder, Action<RunProgress>? progress, bool report, CancellationToken cancellation)
    {
        RunResult result = config.IsShallow
            ? FeatureRun.Run(config, data, folder, progress, cancellation)
            : NetworkRun.Run(config, data, folder, progress, cancellation);
        if (report)
            Report(config, result, data, folder, progress, cancellation);
        return result;
    }

    /// <summary>Writes the report. The result is on the disk by now: whatever goes wrong here is told, and the run is complete.</summary>
    internal static void Report(RunConfig config, RunResult result, RunData data, RunFolder folder, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        progress?.Invoke(new RunProgress("reporting"));
        try
        {
            HtmlReport.Write(folder, config, result, data, null, null, cancellation);
        }
        catch (Exception e)
        {
            string reason = e is OperationCanceledException ? "it was cancelled" : e.Message;
            progress?.Invoke(new RunProgress("reporting") { Warning = $"The run is complete, but its report was not written: {reason}\n  Try: acclimate report {folder.Path}" });
        }
    }

    private static Dictionary<string, string> Versions() => new()
    {
        ["acclimate"] = AcclimateVersion.Text,
        ["libtorch"] = Engine.Version,
        ["dotnet"] = Environment.Version.ToString(),
        ["system"] = RuntimeInformation.RuntimeIdentifier,
    };
}
