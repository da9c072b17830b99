using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Guard;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// A shallow run that chooses by itself: the guard's pool, which is an answer already, then one method of the catalogue after another at its defaults,
/// then the best of them with options drawn from their search ranges. Those that checks prefer to the source's own model join the hedge.
/// </summary>
internal static class AutoFeatureRun
{
    private const string Protocol =
        "a hedge of the source's own model, a pool of other ways and what was tried within the time; no target label was used in fitting, in choosing or in weighing; labels given for scoring only";

    public static RunResult Run(
        RunConfig config, RunData data, RunFolder folder, IReadOnlyList<Experience> experiences, AutoClock clock, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        string recipe = PreprocessingRecipe.Parse(RunData.RecipeOf(config, data.Source)).ToString();
        string classifier = config.Classifier ?? "the one that the source picks";
        FeatureData given = FeatureRun.Read(data);
        progress?.Invoke(new RunProgress("fitting", Facts: FeatureRun.FactsOf(data, new FeatureFacts(given.Features, recipe, classifier, null))));

        int members = GuardPool.Size, checks = 2 * FeatureGuard.Rule.Validators.Count;
        FitContext first = GuardedFeatureRun.Context(config, 0, members + checks, progress, cancellation), second = GuardedFeatureRun.Context(config, members, members + checks, progress, cancellation);
        using FeatureGuard guard = FeatureGuard.Fit(config, data, recipe, first);
        PoolEvidence known = PoolEvidence.Of(guard.Pool, FeatureGuard.Rule.Validators, context: second);
        AutoPlan plan = AutoPlan.Of(config, data, guard.Pool.Pair, clock);
        AutoOrder order = AutoOrder.Of(config.Auto!.Wanted(shallow: true), config.Target, PairStatistics.Of(guard.Pool.Pair), experiences, plan.First);

        TrialStore store = new(folder);
        AutoTrials trials = new(clock, store, progress);
        using FeatureTrials fits = new(config, guard, known, given);
        foreach ((MethodEntry method, string why) in order.Methods)
            Try(new AutoAttempt(method.About.Name, method.About.Name, FeatureTrials.FamilyOf(method), new Dictionary<string, string>(), why));
        foreach (AutoAttempt attempt in AutoRefinement.Of(trials.All, config.Auto.Draws, config.Seed))
            Try(attempt);
        trials.Recall();

        // From here on it is quick: an interrupted run ends with what there is.
        progress?.Invoke(new RunProgress("scoring"));
        PoolEvidence evidence = trials.Admitted.Aggregate(known, static (all, trial) =>
            all.With(trial.Name, trial.Family, check => trial.Evidence.FirstOrDefault(one => one.Validator == check)?.Adapted ?? double.NaN));
        FurtherCandidate[] others = [.. trials.Admitted.Select(trial => fits.Candidate(trial, store.SaidBy(trial)))];
        FeatureHedge hedge = guard.Hedge(
            evidence, others, given, TransferRun.ProvenanceOf(config, new Dictionary<string, string>(), 0) with { Preprocess = recipe, Classifier = classifier }, null, new FitContext { Seed = config.Seed });
        using (hedge.Model)
        {
            FeatureRun.Save(config, folder, hedge);
            RunResult result = TransferRun.ResultOf(
                config, data, new Dictionary<string, string>(), clock.Spent, FeatureRun.Scored(config, data, hedge.Model, hedge.Target.Indices, CancellationToken.None)) with
            {
                Protocol = Protocol,
                Preprocess = recipe,
                Classifier = classifier,
                Guard = hedge.Report with { Source = FeatureRun.Scored(config, data, hedge.Model.Members[0].Model, hedge.Source.Indices, CancellationToken.None)?.Score },
                Auto = trials.Report(config.Auto!, plan, order, $"the source's own model and a pool of {guard.Pool.Candidates.Count} ways"),
            };
            result = TrialGains.With(config, data, store, result);
            result.Save(folder.Result);
            return result;
        }

        void Try(AutoAttempt attempt) => trials.Try(attempt, token => fits.Fit(attempt, token));
    }
}
