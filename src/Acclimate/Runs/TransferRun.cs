using System.Diagnostics;
using System.Runtime.InteropServices;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Metrics;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>What a run is doing, for whoever shows it.</summary>
/// <param name="Stage">In words: <c>reading</c>, <c>training</c> or <c>scoring</c>.</param>
/// <param name="Step">The latest training step, while training.</param>
/// <param name="StepsPerSecond">Its pace, while training.</param>
/// <param name="Facts">What is known once the domains are read; given once, before the first step.</param>
public readonly record struct RunProgress(string Stage, StepReport? Step = null, double StepsPerSecond = 0, RunFacts? Facts = null);

/// <summary>What a run is about to train, on what.</summary>
/// <param name="SourceSamples">Samples of the source.</param>
/// <param name="TargetSamples">Samples of the target.</param>
/// <param name="ScoringSamples">Labelled samples kept aside for scoring; none without them.</param>
/// <param name="Skipped">Files in the domains' folders that are no pictures.</param>
/// <param name="Classes">How many classes there are.</param>
/// <param name="Backbone">The network's name.</param>
/// <param name="InputShape">The shape of one sample as the network sees it.</param>
/// <param name="TrainableParameters">Numbers that training changes.</param>
/// <param name="Parameters">Numbers in the network.</param>
/// <param name="StepsDone">Steps that an earlier stretch has done.</param>
public sealed record RunFacts(
    int SourceSamples, int TargetSamples, int? ScoringSamples, int Skipped, int Classes, string Backbone, IReadOnlyList<long> InputShape,
    long TrainableParameters, long Parameters, long StepsDone);

/// <summary>
/// One transfer from domains to a model and its figures, in a folder of its own: opens the domains, trains, scores, and
/// saves. Interrupted at any moment, it goes on from its last checkpoint to the same bits.
/// </summary>
public static class TransferRun
{
    private const long FirstValues = 100;

    /// <summary>Starts a run in a new folder.</summary>
    /// <param name="config">What the run is made of.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="progress">Hears of every step, on the calling thread.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="ArgumentException">The configuration is wrong.</exception>
    /// <exception cref="DataException">A domain can't be read, or the two don't fit.</exception>
    /// <exception cref="IOException">The folder holds a run already.</exception>
    /// <exception cref="TrainingException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; <see cref="Resume"/> goes on.</exception>
    public static RunResult Start(RunConfig config, RunFolder folder, Action<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folder);
        config.Validate();
        config = config with { Threads = config.Threads > 0 ? config.Threads : Engine.Threads };
        using RunData data = Read(config, progress, cancellation);
        folder.Create(config);
        return Run(config, data, folder, progress, cancellation);
    }

    /// <summary>Goes on with a run from its last checkpoint; one that is complete gives its result at once.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Hears of every step, on the calling thread.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    /// <exception cref="InvalidDataException">The folder holds no run, or a damaged one.</exception>
    /// <exception cref="DataException">A domain can't be read any more.</exception>
    /// <exception cref="TrainingException">A loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; resume again.</exception>
    public static RunResult Resume(RunFolder folder, Action<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        RunConfig config = folder.Open();
        if (File.Exists(folder.Result))
            return RunResult.Load(folder.Result);
        config.Validate();
        using RunData data = Read(config, progress, cancellation);
        return Run(config, data, folder, progress, cancellation);
    }

    /// <summary>Scores a model on labelled samples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="labelled">The samples, with labels coded as the model's classes are.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The score, and how often each true class (row) was taken for each class (column).</returns>
    public static (Score Score, long[][] Confusion) Evaluate(TransferModel model, Domain labelled, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(labelled);
        Predictions predictions = model.Predict(labelled, cancellation);
        int classes = model.Classes.Count;
        ConfusionMatrix matrix = ConfusionMatrix.From(
            [.. labelled.Labels!.Indices.Select(static i => (long)i)], [.. predictions.Indices.Select(static i => (long)i)], classes);
        Accuracy accuracy = matrix.Accuracy;
        long[][] rows = [.. Enumerable.Range(0, classes).Select(truth => Enumerable.Range(0, classes).Select(found => matrix[truth, found]).ToArray())];
        return (new Score(accuracy.Value, accuracy.Low, accuracy.High, matrix.MacroF1, labelled.Count), rows);
    }

    private static RunData Read(RunConfig config, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        progress?.Invoke(new RunProgress("reading"));
        Engine.Threads = config.Threads;
        return RunData.Open(config, cancellation);
    }

    private static RunResult Run(RunConfig config, RunData data, RunFolder folder, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        TrainerOptions options = config.Trainer(data.Source.Count);
        using Objective objective = config.Objective();
        using Generator firstValues = new(Generator.Derive(config.Seed, FirstValues));
        NetworkSpec spec = new(config.Backbone ?? Networks.Suggest(data.InputShape), data.InputShape, data.Classes.Count);
        using TransferModel model = new(
            new ClassifierNetwork(spec, firstValues), data.Classes, data.Preprocessing, ProvenanceOf(config, objective, options), data.Source.Encoder);

        long done = Checkpoint.StepsDone(folder.Checkpoint);
        using MetricsLog log = new(folder.Metrics, done);
        progress?.Invoke(new RunProgress("training", Facts: new RunFacts(
            data.Source.Count, data.Target.Count, data.Scoring?.Count, data.Source.Skipped + data.Target.Skipped, data.Classes.Count, spec.Backbone,
            spec.InputShape, model.Network.TrainableParameterCount, model.Network.ParameterCount, done)));
        Stopwatch clock = Stopwatch.StartNew();
        new Trainer(model.Network, objective, options).Fit(
            data.Source, data.Target, data.Preprocessing, folder.Checkpoint,
            report =>
            {
                log.Write(report);
                progress?.Invoke(new RunProgress("training", report, (report.Step - done) / clock.Elapsed.TotalSeconds));
            },
            step =>
            {
                if (data.Scoring is not null && !log.Scores.Any(score => score.Step == step))
                    log.WriteScore(step, Evaluate(model, data.Scoring, cancellation).Score.Accuracy);
            },
            cancellation);
        double seconds = clock.Elapsed.TotalSeconds;

        progress?.Invoke(new RunProgress("scoring"));
        model.Save(folder.Model);
        (Score Score, long[][] Confusion)? honest = data.Scoring is null ? null : Evaluate(model, data.Scoring, cancellation);
        RunResult result = new()
        {
            Method = config.Method,
            Options = MethodCatalog.OptionsOf(objective),
            Source = config.Source,
            Target = config.Target,
            Seed = config.Seed,
            Steps = options.Steps,
            Precision = config.Precision,
            Threads = config.Threads,
            Seconds = seconds,
            Versions = Versions(),
            Classes = data.Classes,
            Honest = honest?.Score,
            Oracle = log.Scores.Count == 0 ? null : log.Scores.Select(static s => new Oracle(s.Accuracy, s.Step)).MaxBy(static o => o.Accuracy),
            Confusion = honest?.Confusion,
        };
        result.Save(folder.Result);
        return result;
    }

    private static Provenance ProvenanceOf(RunConfig config, Objective objective, TrainerOptions options) => new(
        config.Method, MethodCatalog.OptionsOf(objective), config.Source, config.Target, config.Seed, options.Steps, AcclimateVersion.Text, Engine.Version);

    private static Dictionary<string, string> Versions() => new()
    {
        ["acclimate"] = AcclimateVersion.Text,
        ["libtorch"] = Engine.Version,
        ["dotnet"] = Environment.Version.ToString(),
        ["system"] = RuntimeInformation.RuntimeIdentifier,
    };
}
