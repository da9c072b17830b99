using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// A run of networks with the harm guard: the source's own network is trained first, with the same settings, then the method's. What comes
/// out is a mixture of the source's network and the mean of the method's at its last checkpoints, by weights that no target label decides.
/// </summary>
internal static class GuardedNetworkRun
{
    /// <summary>What the source's own network is called among the mixture's members.</summary>
    public const string SourceOnly = "source-only";

    /// <summary>How many checkpoints before the last step count beside it.</summary>
    private const int MostKept = 2;

    /// <summary>Why the guard does not apply to a run; none where it does.</summary>
    public static string? WhyNot(RunConfig config)
    {
        MethodAttribute about = MethodCatalog.Find(config.Method).About;
        using Objective objective = config.Objective();
        return about switch
        {
            _ when config.Target.Length == 0 => "there is no target on which to judge",
            { Family: Family.Baseline } => $"{config.Method} is the source's own model",
            { Setting: LabelSetting.SourceOnly } => $"{config.Method} does not adapt to the target",
            _ when config.KnowsTarget => "the method knows labels of the target, which the source's own model does not",
            _ when config.Tasks is { Count: > 0 } => "the run learns several tasks",
            { Classes: not ClassSets.Same } => $"{config.Method} is for a target with other classes than the source's, of which the checks know nothing",
            _ when config.OpenSet => "the target has classes that the source lacks, of which the checks know nothing",
            _ when objective.Bottleneck is { Activation: Backbones.BottleneckActivation.Tanh } => $"the models of {config.Method} have hash codes, and a mixture has none",
            _ => null,
        };
    }

    public static RunResult Run(RunConfig config, RunData data, RunFolder folder, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        long before = Checkpoint.StepsDone(folder.SourceOnly.Checkpoint) + Checkpoint.StepsDone(folder.Checkpoint);
        using NetworkTraining source = NetworkTraining.Run(
            config with { Method = SourceOnly, Options = [], Weigh = null, Guard = false }, data, folder.SourceOnly, null,
            step => progress?.Invoke(step with { Of = SourceOnly, Facts = step.Facts is { Network: { } network } facts ? facts with { Network = network with { StepsDone = before, Hedged = true } } : null }),
            null, cancellation);
        IReadOnlyList<long> kept = [];
        using NetworkTraining adapted = NetworkTraining.Run(
            config, data, folder, data.Scoring, step => progress?.Invoke(step with { Of = config.Method, Facts = null }),
            objective => kept = KeptSteps(objective, config.Trainer(data.Source.Count), data.Source.Count), cancellation);

        progress?.Invoke(new RunProgress("scoring"));
        List<NetworkModel> earlier = [];
        try
        {
            foreach (long step in kept)
                earlier.Add((NetworkModel)TransferModel.Load(folder.KeptAt(step)));
            RunResult result = Hedge(config, data, folder, source, adapted, kept, earlier, cancellation);
            result.Save(folder.Result);
            if (Directory.Exists(folder.Kept))
                Directory.Delete(folder.Kept, recursive: true);
            return result;
        }
        finally
        {
            earlier.ForEach(static model => model.Dispose());
        }
    }

    /// <summary>
    /// The last checkpoints in the later half of a run, the last step aside: those whose network is the method's already, so none before its last stage, nor of
    /// a method whose model is only made at the end.
    /// </summary>
    internal static IReadOnlyList<long> KeptSteps(Objective objective, TrainerOptions options, int sourceCount)
    {
        if (objective.FinishMakesModel)
            return [];
        long every = options.CheckpointEvery(sourceCount), from = Math.Max(options.Steps / 2, new Schedule(objective.Stages, options.Steps).LastStage);
        List<long> steps = [];
        for (long step = (options.Steps - 1) / every * every; step > from && steps.Count < MostKept; step -= every)
            steps.Insert(0, step);
        return steps;
    }

    private static RunResult Hedge(
        RunConfig config, RunData data, RunFolder folder, NetworkTraining source, NetworkTraining adapted, IReadOnlyList<long> kept, IReadOnlyList<NetworkModel> earlier,
        CancellationToken cancellation)
    {
        using EvidenceSpace space = EvidenceSpace.Of(config, data, source.Model, cancellation);
        NetworkMixture mixture = NetworkMixture.Save(
            config, data, folder, space, source.Model,
            [.. kept.Zip(earlier, (step, model) => new MixtureCandidate(string.Create(CultureInfo.InvariantCulture, $"{config.Method}-{step}"), config.Method, model)), new(config.Method, config.Method, adapted.Model)],
            TransferRun.ProvenanceOf(config, adapted.Options, adapted.Steps), cancellation);
        string steps = string.Join(", ", kept.Append(adapted.Steps).Select(static step => step.ToString(CultureInfo.InvariantCulture)));
        return TransferRun.ResultOf(config, data, adapted.Options, source.Seconds + adapted.Seconds, mixture.Honest) with
        {
            Protocol = $"a mixture of the source's own network and the method's at step{(kept.Count == 0 ? string.Empty : "s")} {steps}; no target label was used in training, in choosing or in weighing; labels given for scoring only",
            Steps = adapted.Steps,
            Certificate = adapted.Weights?.Certificate,
            Oracle = NetworkRun.OracleOf(adapted),
            Guard = mixture.Report with
            {
                Bare = data.Scoring is null ? null : TransferRun.Evaluate(adapted.Model, data.Scoring, cancellation).Score,
                Seconds = source.Seconds,
            },
        };
    }
}
