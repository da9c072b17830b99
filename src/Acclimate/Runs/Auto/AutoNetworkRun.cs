using Acclimate.Catalog;
using Acclimate.Selection.Experience;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// A run of networks that chooses by itself: the source's own network, then one objective after another at its defaults, then the best of them with options drawn from their
/// search ranges, each a run in a folder of its own. What
/// comes out is a mixture of the source's network and the mean of those that checks without labels prefer to it.
/// </summary>
internal static class AutoNetworkRun
{
    private const string Protocol =
        "a mixture of the source's own network and those that were trained within the time; no target label was used in training, in choosing or in weighing; labels given for scoring only";

    private const string SourceOnly = GuardedNetworkRun.SourceOnly;

    /// <summary>The steps by which the pace is measured.</summary>
    private const int PaceSteps = 20;

    /// <summary>Steps below which a network has learnt nothing that could be judged.</summary>
    private const long FewestSteps = 200;

    /// <summary>How many objectives the time is to suffice for, at least.</summary>
    private const int Wanted = 2;

    /// <summary>What a step of an objective costs beside one of the source alone: two domains' samples, and its own terms.</summary>
    private const double StepCost = 3;

    /// <summary>The part of the time that is for training; judging and saving have the rest.</summary>
    private const double Training = 0.8;

    /// <summary>As many steps as let the source's network and two objectives be trained within the time, by the pace of the source's.</summary>
    public static RunConfig Paced(RunConfig config, RunData data, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        progress?.Invoke(new RunProgress("measuring the pace"));
        double pace = 0;
        string aside = Directory.CreateTempSubdirectory("acclimate-pace-").FullName;
        try
        {
            using NetworkTraining tried = NetworkTraining.Run(
                Bare(config, SourceOnly) with { Steps = Math.Min(PaceSteps, config.Steps) }, data, new RunFolder(aside), null,
                step => pace = step.Step is null ? pace : step.StepsPerSecond, null, cancellation);
        }
        finally
        {
            Directory.Delete(aside, recursive: true);
        }

        double steps = Training * config.Auto!.Budget * pace / (1 + (Wanted * StepCost));
        return config with { Steps = Math.Min(config.Steps, Math.Max(FewestSteps, (long)steps)) };
    }

    public static RunResult Run(
        RunConfig config, RunData data, RunFolder folder, IReadOnlyList<Experience> experiences, AutoClock clock, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        using NetworkTraining source = NetworkTraining.Run(
            Bare(config, SourceOnly), data, folder.SourceOnly, null, step => progress?.Invoke(step with { Of = SourceOnly }), null, cancellation);
        using EvidenceSpace space = EvidenceSpace.Of(config, data, source.Model, cancellation);
        Predictions ofSource = source.Model.Predict(data.Target, cancellation);
        MethodEntry[] suited = [.. config.Auto!.Wanted(shallow: false).Where(method => GuardedNetworkRun.WhyNot(Bare(config, method.About.Name)) is null)];
        AutoPlan plan = AutoPlan.Of(config, data, space.Pair, clock);
        AutoOrder order = AutoOrder.Of(suited, config.Target, PairStatistics.Of(space.Pair), experiences, plan.First);

        TrialStore store = new(folder);
        AutoTrials trials = new(clock, store, progress);
        foreach ((MethodEntry method, string why) in order.Methods)
            Try(new AutoAttempt(method.About.Name, method.About.Name, method.About.Name, new Dictionary<string, string>(), why));
        foreach (AutoAttempt attempt in AutoRefinement.Of(trials.All, config.Auto.Draws, config.Seed))
            Try(attempt);
        trials.Recall();

        // From here on it is quick: an interrupted run ends with what there is.
        progress?.Invoke(new RunProgress("scoring"));
        RunResult result = Mix(config, data, folder, source, space, trials, clock) with
        {
            Auto = trials.Report(config.Auto!, plan, order, "the source's own network") with { Notes = Notes(config, trials) },
        };
        result = TrialGains.With(config, data, store, result);
        result.Save(folder.Result);
        return result;

        void Try(AutoAttempt attempt) => trials.Try(attempt, token =>
        {
            (string name, RunFolder own) = (attempt.Name, folder.Candidate(attempt.Name));
            using NetworkTraining training = NetworkTraining.Run(
                Bare(config, attempt.Method) with { Options = attempt.Options.ToDictionary() }, data, own, null, step => progress?.Invoke(step with { Of = name, Facts = null }), null, token);
            training.Model.Save(own.Model);
            Predictions said = training.Model.Predict(data.Target, token);
            return new JudgedTrial(NetworkHedge.Of(space, [(SourceOnly, SourceOnly, ofSource), (name, attempt.Family, said)], said, config.Seed).Evidence, NetworkHedge.Rows(said));
        });
    }

    /// <summary>What was admitted; where nothing was, all that was trained, of which the rule then weighs the source's own network as much as all together.</summary>
    private static RunResult Mix(RunConfig config, RunData data, RunFolder folder, NetworkTraining source, EvidenceSpace space, AutoTrials trials, AutoClock clock)
    {
        AutoTrial[] parts = [.. trials.Admitted.Count > 0 ? trials.Admitted : trials.All.Where(static trial => trial.IsJudged)];
        Provenance provenance = TransferRun.ProvenanceOf(config, new Dictionary<string, string>(), config.Steps);
        if (parts.Length == 0)
        {
            source.Model.Save(folder.Model);
            return Result(data.Scoring is null ? null : TransferRun.Evaluate(source.Model, data.Scoring), GuardReport.NotApplied("no objective was trained within the time; this is the source's own network"));
        }

        List<NetworkModel> models = [];
        try
        {
            models.AddRange(parts.Select(part => (NetworkModel)TransferModel.Load(folder.Candidate(part.Name).Model)));
            NetworkMixture mixture = NetworkMixture.Save(
                config, data, folder, space, source.Model, [.. parts.Zip(models, static (part, model) => new MixtureCandidate(part.Name, part.Family, model))], provenance, CancellationToken.None);
            return Result(mixture.Honest, mixture.Report with { Seconds = source.Seconds });
        }
        finally
        {
            models.ForEach(static model => model.Dispose());
        }

        RunResult Result((Score Score, long[][] Confusion)? honest, GuardReport guard) =>
            TransferRun.ResultOf(config, data, new Dictionary<string, string>(), clock.Spent, honest) with { Protocol = Protocol, Steps = config.Steps, Guard = guard };
    }

    private static IReadOnlyList<string> Notes(RunConfig config, AutoTrials trials) =>
    [
        $"each network is trained {Numbers.Count(config.Steps)} steps",
        .. trials.Admitted.Count == 0 && trials.All.Any(static trial => trial.IsJudged)
            ? ["none was preferred to the source's own network by enough checks: their mean has the other half of the answer, as a method's network has that is asked for"] : Array.Empty<string>(),
    ];

    private static RunConfig Bare(RunConfig config, string method) => config with { Method = method, Options = [], Guard = false, Auto = null };
}
