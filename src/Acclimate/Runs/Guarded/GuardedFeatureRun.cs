using Acclimate.Catalog;
using Acclimate.Features;
using Acclimate.Selection;
using Acclimate.Selection.Guard;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>
/// The harm guard of a shallow run: the source's own model, a pool of other ways beside the method, and what comes of them by weights that no
/// target label decides.
/// </summary>
internal static class GuardedFeatureRun
{
    private const string MethodFamily = "method";

    /// <summary>Of fewer samples neither cross-validation nor neighbours say anything.</summary>
    private const int Least = 20;

    /// <summary>Why the guard does not apply to a run; none where it does.</summary>
    public static string? WhyNot(RunConfig config, RunData data)
    {
        MethodAttribute about = MethodCatalog.Find(config.Method).About;
        return about switch
        {
            _ when config.KnowsTarget => "the method knows labels of the target, which the source's own model does not",
            { Family: Family.Baseline } => $"{config.Method} is the source's own model",
            { Classes: not ClassSets.Same } => $"{config.Method} is for a target with other classes than the source's, of which the checks know nothing",
            _ when config.OpenSet => "the target has classes that the source lacks, of which the checks know nothing",
            _ => TooFew(data),
        };
    }

    /// <summary>Why a run's samples are too few to judge by; none where they are not.</summary>
    public static string? TooFew(RunData data)
    {
        int fewest = Math.Min(data.Source.Count, data.Target.Count);
        return data.Source.Labels!.Indices.Distinct().Count() < 2 ? "the source has samples of one class only"
            : fewest < Least ? $"a domain has {fewest} sample{(fewest == 1 ? string.Empty : "s")}, and the checks need {Least}"
            : null;
    }

    /// <summary>Hedges a method that is fitted.</summary>
    /// <param name="config">The run.</param>
    /// <param name="data">Its domains.</param>
    /// <param name="bare">The method's model; the hedge's model owns it from here on.</param>
    /// <param name="said">What the method says of the run's target samples: [n_t, C].</param>
    /// <param name="given">Both domains' samples as the method was given them.</param>
    /// <param name="progress">Hears of every member of the pool.</param>
    /// <param name="cancellation">Stops between two members.</param>
    public static FeatureHedge Run(
        RunConfig config, RunData data, FeatureModel bare, Tensor said, FeatureData given, Action<RunProgress>? progress, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        int members = GuardPool.Size, checks = 3 * FeatureGuard.Rule.Validators.Count;
        FitContext first = Context(config, 0, members + checks, progress, cancellation), second = Context(config, members, members + checks, progress, cancellation);
        using FeatureGuard guard = FeatureGuard.Fit(config, data, bare.Provenance.Preprocess!, first);
        Candidate method = new(config.Method, MethodFamily, said.IndexSelect(0, guard.TargetRows()));
        PoolEvidence evidence = PoolEvidence.Of(guard.Pool, FeatureGuard.Rule.Validators, method, context: second);
        return guard.Hedge(evidence, [new FurtherCandidate(method, said)], given, bare.Provenance, bare, second);
    }

    /// <summary>What fits and checks of the guard are given.</summary>
    /// <param name="config">The run.</param>
    /// <param name="done">How much is done before them.</param>
    /// <param name="all">How much there is in all.</param>
    /// <param name="progress">Hears of each.</param>
    /// <param name="cancellation">Stops between two.</param>
    public static FitContext Context(RunConfig config, int done, int all, Action<RunProgress>? progress, CancellationToken cancellation) => new()
    {
        Seed = config.Seed,
        Cancellation = cancellation,
        Progress = round => progress?.Invoke(new RunProgress("guarding", Round: new FitProgress(done + round.Round, all)) { Of = "guard" }),
    };
}
