using Acclimate.Backbones;
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
        string? notHedged = config.Guard ? GuardedNetworkRun.WhyNot(config) ?? GuardedFeatureRun.TooFew(data) : null;
        if (config.Guard && notHedged is null)
            return GuardedNetworkRun.Run(config, data, folder, progress, cancellation);
        using NetworkTraining training = NetworkTraining.Run(config, data, folder, data.Scoring, progress, null, cancellation);
        NetworkModel model = training.Model;
        progress?.Invoke(new RunProgress("scoring"));
        model.Save(folder.Model);
        (Score Score, long[][] Confusion)? honest = data.Scoring is null ? null : TransferRun.Evaluate(model, data.Scoring, cancellation);
        RunResult result = TransferRun.ResultOf(config, data, training.Options, training.Seconds, honest) with
        {
            Steps = training.Steps,
            Certificate = training.Weights?.Certificate,
            Tasks = data.Tasks.Count == 0 ? null : [.. data.Tasks.Select((task, i) => Save(task, training.Tasks.NetworkOf(i), model.Provenance, folder, cancellation))],
            Oracle = OracleOf(training),
            Retrieval = data.Scoring is { } queries && model.HasCodes ? Retrieved(model, queries, data.Source, cancellation) : null,
            Guard = notHedged is null ? null : GuardReport.NotApplied(notHedged),
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

    /// <summary>The best checkpoint by the scoring labels.</summary>
    internal static Oracle? OracleOf(NetworkTraining training) =>
        training.Scores.Count == 0 ? null : training.Scores.Select(static s => new Oracle(s.Accuracy, s.Step)).MaxBy(static o => o.Accuracy);

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
