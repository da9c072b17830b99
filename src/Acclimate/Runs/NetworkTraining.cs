using System.Diagnostics;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Instances;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>One network of a run, trained from its last checkpoint on: the model of its last step, and what was noted on the way.</summary>
internal sealed class NetworkTraining : IDisposable
{
    private readonly Objective objective;

    private NetworkTraining(Objective objective, NetworkModel model, TrainerOptions options)
    {
        this.objective = objective;
        Model = model;
        Steps = options.Steps;
        Options = MethodCatalog.OptionsOf(objective);
    }

    /// <summary>The model of the last step.</summary>
    public NetworkModel Model { get; }

    /// <summary>The steps taken.</summary>
    public long Steps { get; }

    /// <summary>All options of the method.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Accuracy on the scoring labels at each checkpoint. Nothing is chosen by it.</summary>
    public IReadOnlyList<(long Step, double Accuracy)> Scores { get; private set; } = [];

    /// <summary>What the source's samples counted; none where all counted the same.</summary>
    public InstanceWeights? Weights { get; private set; }

    /// <summary>Seconds of the last stretch.</summary>
    public double Seconds { get; private set; }

    /// <summary>The networks of further tasks.</summary>
    public ILearnsTasks Tasks => (ILearnsTasks)objective;

    /// <summary>Trains.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="folder">Where its checkpoint and metrics are.</param>
    /// <param name="scoring">Labelled samples to score each checkpoint on, or none.</param>
    /// <param name="progress">Hears of every step.</param>
    /// <param name="kept">The steps, before the last, at which the model is kept in the folder.</param>
    /// <param name="cancellation">Stops after the current step, with a checkpoint.</param>
    public static NetworkTraining Run(
        RunConfig config, RunData data, RunFolder folder, Domain? scoring, Action<RunProgress>? progress, Func<Objective, IReadOnlyList<long>>? kept, CancellationToken cancellation)
    {
        TrainerOptions options = config.Trainer(data.Source.Count);
        Objective objective = config.Objective();
        NetworkTraining? training = null;
        try
        {
            using Generator firstValues = new(Generator.Derive(config.Seed, NetworkRun.FirstValues));
            string[] classes = [.. data.Classes, .. objective.ExtraClasses];
            NetworkSpec spec = NetworkRun.SpecOf(config, data.InputShape, classes.Length, objective);
            IReadOnlyDictionary<string, string> settings = MethodCatalog.OptionsOf(objective);
            training = new NetworkTraining(
                objective,
                new NetworkModel(
                    new ClassifierNetwork(spec, firstValues), classes, data.SourcePreprocessing, TransferRun.ProvenanceOf(config, settings, options.Steps),
                    data.Source.Encoder, data.Source.Vocabulary),
                options);
            training.Fit(config, data, folder, scoring, progress, kept?.Invoke(objective) ?? [], options, firstValues, cancellation);
            return training;
        }
        catch
        {
            (training ?? (IDisposable)objective).Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Model.Dispose();
        objective.Dispose();
    }

    private void Fit(
        RunConfig config, RunData data, RunFolder folder, Domain? scoring, Action<RunProgress>? progress, IReadOnlyList<long> kept, TrainerOptions options, Generator firstValues,
        CancellationToken cancellation)
    {
        long done = Checkpoint.StepsDone(folder.Checkpoint);
        LoadedWeights? weights = NetworkRun.Start(Model.Network, config, Model.Classes, firstValues, done > 0);
        options.FineTuning.Apply(Model.Network.Backbone, (double)done / options.Steps);
        using MetricsLog log = new(folder.Metrics, done);
        using CheckpointJudge? judge = config.Target.Length > 0 ? CheckpointJudge.Of(data) : null;
        NetworkSpec spec = Model.Network.Spec;
        progress?.Invoke(new RunProgress("training", Facts: new RunFacts(
            data.Source.Count, data.Target.Count, data.Scoring?.Count, data.Source.Skipped + data.Target.Skipped, data.Classes.Count, spec.InputShape)
        {
            Merged = data.Source.Origins?.CountPerClass(),
            Network = new NetworkFacts(spec.Backbone, Model.Network.TrainableParameterCount, Model.Network.ParameterCount, done, config.Precision, data.TargetLabelled?.Count)
            {
                Weights = weights,
                Tasks = [.. data.Tasks.Select(static task => new TaskFacts(task.Config.Name, task.Config.Source, task.Samples.Count, task.Samples.Labels!.Classes.Count))],
            },
        }));

        // A run that stopped between its checkpoint and what is kept of it keeps that now.
        if (kept.Contains(done) && !Directory.Exists(folder.KeptAt(done)))
        {
            Checkpoint.LoadNetwork(folder.Checkpoint, Model.Network);
            Keep(folder, done);
        }

        Stopwatch clock = Stopwatch.StartNew();
        Weights = SourceWeighing.Of(config, data, cancellation);
        new Trainer(Model.Network, objective, options).Fit(
            data.Source, data.Target, data.SourcePreprocessing, folder.Checkpoint,
            report =>
            {
                log.Write(report);
                progress?.Invoke(new RunProgress("training", report, (report.Step - done) / clock.Elapsed.TotalSeconds));
            },
            step =>
            {
                if (kept.Contains(step) && step < options.Steps)
                    Keep(folder, step);
                if (scoring is not null && !log.Scores.Any(score => score.Step == step))
                    log.WriteScore(step, TransferRun.Evaluate(Model, scoring, cancellation).Score.Accuracy);
                if (judge is not null && !log.IsJudged(step))
                {
                    IReadOnlyDictionary<string, double> said = judge.Ask(Model, cancellation);
                    log.WriteValidators(step, said);
                    progress?.Invoke(new RunProgress("training") { Validators = said });
                }
            },
            part => progress?.Invoke(new RunProgress("caching", Cached: part)),
            data.TargetLabelled,
            [.. data.Tasks.Select(static task => new FurtherTask(task.Config.Name, task.Samples, task.Preprocessing))],
            Weights?.Values,
            cancellation);
        Seconds = clock.Elapsed.TotalSeconds;
        Scores = [.. log.Scores];
    }

    /// <summary>Saves the model as it is now; a folder that is there is whole.</summary>
    private void Keep(RunFolder folder, long step)
    {
        string whole = folder.KeptAt(step), aside = whole + ".tmp";
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        Model.Save(aside);
        if (Directory.Exists(whole))
            Directory.Delete(whole, recursive: true);
        Directory.Move(aside, whole);
    }
}
