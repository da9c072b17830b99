using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Selection.Experience;

namespace Acclimate.Runs;

/// <summary>
/// A run that chooses by itself: it tries what suits the samples within a time, judges it without target labels, and returns one model, hedged with the
/// source's own. Rows and texts get shallow methods, pictures networks.
/// </summary>
/// <remarks>
/// The choice is a function of what was tried; what was tried depends on the time, so two runs of one configuration may differ. Each thing that was tried is
/// kept in the run's <c>candidates</c>, and no run fits it twice.
/// </remarks>
public static class AutoRun
{
    /// <summary>What a run begins with, which stands in its configuration as its method: each domain's samples as these take them.</summary>
    private const string Shallow = "balanced-self-training", Network = "source-only";

    /// <summary>Starts a run in a new folder.</summary>
    /// <param name="config">What the run is made of, with <see cref="RunConfig.Auto"/>; its method and options are not looked at.</param>
    /// <param name="folder">Where it goes.</param>
    /// <param name="steps">Steps of each network; none takes as many as let two objectives be trained within the time, up to the configuration's.</param>
    /// <param name="experiences">What earlier runs taught, by which methods are ordered; none takes the built-in order.</param>
    /// <param name="progress">Hears of every trial, member and step, on the calling thread.</param>
    /// <param name="cancellation">Ends trying: what there is becomes the answer, if the pool, or the source's own network, stands.</param>
    /// <param name="report">Whether <c>report.html</c> is written in the end.</param>
    /// <exception cref="ArgumentException">The configuration is wrong.</exception>
    /// <exception cref="DataException">A domain can't be read, or the two don't fit, or are too small.</exception>
    /// <exception cref="IOException">The folder holds a run already.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to return; <see cref="Resume"/> goes on.</exception>
    public static RunResult Start(
        RunConfig config, RunFolder folder, long? steps = null, IReadOnlyList<Experience>? experiences = null, Action<RunProgress>? progress = null,
        CancellationToken cancellation = default, bool report = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(folder);
        if (config.Auto is not { } auto)
            throw new ArgumentException($"{nameof(RunConfig.Auto)} says what is tried; it is missing", nameof(config));
        auto.Validate();
        if (config.Target.Length == 0)
            throw new ArgumentException("auto adapts to a target, and none is given", nameof(config));
        if (config.OpenSet || config.KnowsTarget || config.Tasks is { Count: > 0 })
            throw new ArgumentException("auto is for one task, a target without labels and with the source's classes", nameof(config));
        AutoClock clock = new(auto.Budget, 0, cancellation);
        config = config with { Method = IsShallow(config) ? Shallow : Network, Options = [], Guard = true };
        config = steps is { } given ? config with { Steps = given } : config;
        config.Validate();
        if (auto.Wanted(config.IsShallow).Count == 0)
            throw new ArgumentException($"there is nothing to try: {(config.IsShallow ? "rows and texts get shallow methods" : "pictures get networks")}, and all that were named are others or excluded");
        config = config.Settled();
        using RunData data = TransferRun.Read(config, progress, cancellation);
        if (GuardedFeatureRun.TooFew(data) is { } why)
            throw new DataException($"nothing can be chosen without labels here: {why}.\n  Try: acclimate train, which takes the method that you name");
        if (!config.IsShallow && steps is null)
            config = AutoNetworkRun.Paced(config, data, progress, cancellation);
        folder.Create(config);
        return Run(config, data, folder, experiences, clock, progress, report, cancellation);
    }

    /// <summary>Goes on with a run that was interrupted or stopped; one whose time is over gives its result at once, unless it is given more.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="budget">Seconds from now on; none takes what is left of the run's own.</param>
    /// <param name="experiences">What earlier runs taught, by which methods are ordered.</param>
    /// <param name="progress">Hears of every trial, member and step, on the calling thread.</param>
    /// <param name="cancellation">Ends trying: what there is becomes the answer.</param>
    /// <param name="report">Whether <c>report.html</c> is written in the end.</param>
    /// <exception cref="InvalidDataException">The folder holds no such run, or a damaged one.</exception>
    /// <exception cref="DataException">A domain can't be read any more.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was anything to return; resume again.</exception>
    public static RunResult Resume(
        RunFolder folder, double? budget = null, IReadOnlyList<Experience>? experiences = null, Action<RunProgress>? progress = null,
        CancellationToken cancellation = default, bool report = true)
    {
        ArgumentNullException.ThrowIfNull(folder);
        RunConfig config = folder.Open();
        if (config.Auto is not { } auto)
            throw new InvalidDataException($"{folder.Path} holds a run of {config.Method}; go on with it by: acclimate train --resume {folder.Path}");
        RunResult? before = File.Exists(folder.Result) ? RunResult.Load(folder.Result) : null;
        if (before is { Auto.Interrupted: false } && budget is null)
            return before;
        config.Validate();
        (auto with { Budget = budget ?? auto.Budget }).Validate();
        double spent = before?.Auto?.Seconds ?? new TrialStore(folder).Spent;
        using RunData data = TransferRun.Read(config, progress, cancellation);
        AutoClock clock = new(budget ?? Math.Max(0, auto.Budget - spent), spent, cancellation);
        return Run(config, data, folder, experiences, clock, progress, report, cancellation);
    }

    /// <summary>Named methods decide; else weights or a network that are named; else the samples: rows and texts or pictures.</summary>
    private static bool IsShallow(RunConfig config)
    {
        if (config.Auto!.Methods is { Count: > 0 } named)
            return MethodCatalog.Find(named[0]).IsShallow;
        if (config.Weights is not null || config.Backbone is not null)
            return false;
        using Domain source = Domain.Open(config.Source, new DomainOptions { Strict = config.Strict });
        return source.SampleShape.Count == 1;
    }

    private static RunResult Run(
        RunConfig config, RunData data, RunFolder folder, IReadOnlyList<Experience>? experiences, AutoClock clock, Action<RunProgress>? progress, bool report, CancellationToken cancellation)
    {
        RunResult result = config.IsShallow
            ? AutoFeatureRun.Run(config, data, folder, experiences ?? [], clock, progress, cancellation)
            : AutoNetworkRun.Run(config, data, folder, experiences ?? [], clock, progress, cancellation);
        if (report)
            TransferRun.Report(config, result, data, folder, progress, CancellationToken.None);
        return result;
    }
}
