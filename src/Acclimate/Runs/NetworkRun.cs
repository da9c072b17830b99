using System.Diagnostics;
using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Metrics;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>The run of a method that trains a network, step by step, from its last checkpoint on.</summary>
internal static class NetworkRun
{
    internal const long FirstValues = 100;

    public static RunResult Run(RunConfig config, RunData data, RunFolder folder, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        TrainerOptions options = config.Trainer(data.Source.Count);
        using Objective objective = config.Objective();
        IReadOnlyDictionary<string, string> settings = MethodCatalog.OptionsOf(objective);
        using Generator firstValues = new(Generator.Derive(config.Seed, FirstValues));
        string[] classes = [.. data.Classes, .. objective.ExtraClasses];
        NetworkSpec spec = SpecOf(config, data.InputShape, classes.Length, objective);
        using NetworkModel model = new(
            new ClassifierNetwork(spec, firstValues), classes, data.SourcePreprocessing, TransferRun.ProvenanceOf(config, settings, options.Steps),
            data.Source.Encoder, data.Source.Vocabulary);

        long done = Checkpoint.StepsDone(folder.Checkpoint);
        LoadedWeights? weights = Start(model.Network, config, classes, firstValues, done > 0);
        options.FineTuning.Apply(model.Network.Backbone, (double)done / options.Steps);
        using MetricsLog log = new(folder.Metrics, done);
        progress?.Invoke(new RunProgress("training", Facts: new RunFacts(
            data.Source.Count, data.Target.Count, data.Scoring?.Count, data.Source.Skipped + data.Target.Skipped, data.Classes.Count, spec.InputShape)
        {
            Merged = data.Source.Origins?.CountPerClass(),
            Network = new NetworkFacts(spec.Backbone, model.Network.TrainableParameterCount, model.Network.ParameterCount, done, config.Precision, data.TargetLabelled?.Count)
            {
                Weights = weights,
                Tasks = [.. data.Tasks.Select(static task => new TaskFacts(task.Config.Name, task.Config.Source, task.Samples.Count, task.Samples.Labels!.Classes.Count))],
            },
        }));
        Stopwatch clock = Stopwatch.StartNew();
        new Trainer(model.Network, objective, options).Fit(
            data.Source, data.Target, data.SourcePreprocessing, folder.Checkpoint,
            report =>
            {
                log.Write(report);
                progress?.Invoke(new RunProgress("training", report, (report.Step - done) / clock.Elapsed.TotalSeconds));
            },
            step =>
            {
                if (data.Scoring is not null && !log.Scores.Any(score => score.Step == step))
                    log.WriteScore(step, TransferRun.Evaluate(model, data.Scoring, cancellation).Score.Accuracy);
            },
            part => progress?.Invoke(new RunProgress("caching", Cached: part)),
            data.TargetLabelled,
            [.. data.Tasks.Select(static task => new FurtherTask(task.Config.Name, task.Samples, task.Preprocessing))],
            cancellation);
        double seconds = clock.Elapsed.TotalSeconds;

        progress?.Invoke(new RunProgress("scoring"));
        model.Save(folder.Model);
        (Score Score, long[][] Confusion)? honest = data.Scoring is null ? null : TransferRun.Evaluate(model, data.Scoring, cancellation);
        RunResult result = TransferRun.ResultOf(config, data, settings, seconds, honest) with
        {
            Steps = options.Steps,
            Tasks = data.Tasks.Count == 0 ? null : [.. data.Tasks.Select((task, i) => Save(task, ((ILearnsTasks)objective).NetworkOf(i), model.Provenance, folder, cancellation))],
            Oracle = log.Scores.Count == 0 ? null : log.Scores.Select(static s => new Oracle(s.Accuracy, s.Step)).MaxBy(static o => o.Accuracy),
            Retrieval = data.Scoring is { } queries && model.HasCodes ? Retrieved(model, queries, data.Source, cancellation) : null,
        };
        result.Save(folder.Result);
        return result;
    }

    /// <summary>What a run's network is made of at first.</summary>
    internal static NetworkSpec SpecOf(RunConfig config, IReadOnlyList<long> inputShape, int classes, Objective objective) =>
        new(config.NetworkName ?? Networks.Suggest(inputShape), inputShape, classes) { Bottleneck = objective.Bottleneck };

    /// <summary>Loads the weights that a run starts from, unless a checkpoint will bring its own, and adds what learns beside them.</summary>
    internal static LoadedWeights? Start(ClassifierNetwork network, RunConfig config, IReadOnlyList<string> classes, Generator firstValues, bool resumed)
    {
        LoadedWeights? weights = config.Weights is null || resumed ? null : PretrainedWeights.Load(network, PretrainedWeights.Find(config.Weights), classes);
        if (config.Addition() is { } addition)
            network.LearnBeside(addition, firstValues);
        return weights;
    }

    /// <summary>Saves a further task's model, and scores it.</summary>
    private static TaskResult Save(RunTask task, ClassifierNetwork network, Provenance run, RunFolder folder, CancellationToken cancellation)
    {
        IReadOnlyList<string> classes = task.Samples.Labels!.Classes;
        using NetworkModel model = new(
            network, classes, task.Preprocessing, run with { Source = task.Config.Source, Target = string.Empty }, task.Samples.Encoder, task.Samples.Vocabulary);
        model.Save(folder.TaskModel(task.Config.Name));
        (Score Score, long[][] Confusion)? found = task.Scoring is null ? null : TransferRun.Evaluate(model, task.Scoring, cancellation);
        return new TaskResult(task.Config.Name, task.Config.Source, classes, found?.Score, found?.Confusion);
    }

    /// <summary>How well labelled samples of the target find the source's by their codes.</summary>
    private static Retrieval? Retrieved(NetworkModel model, Domain queries, Domain source, CancellationToken cancellation) => Retrieval.Score(
        model.Codes(queries, cancellation), queries.Labels!.Indices, model.Codes(source, cancellation), source.Labels!.Indices);
}
