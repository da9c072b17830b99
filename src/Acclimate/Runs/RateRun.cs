using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Runs;

/// <summary>The search for the learning rate of a run: with its domains, network and method, and no folder. Further tasks take no part in it.</summary>
public static class RateRun
{
    /// <summary>Tries the rates; see <see cref="RateFinder"/>.</summary>
    /// <param name="config">What the run is to be made of; its learning rate is not looked at.</param>
    /// <param name="range">The rates; 100 from 10⁻⁶ to 10 unless given.</param>
    /// <param name="progress">Hears of every rate, on the calling thread.</param>
    /// <param name="cancellation">Stops after the current step.</param>
    /// <exception cref="ArgumentException">The configuration or the range is wrong, or the method trains no network.</exception>
    /// <exception cref="DataException">A domain can't be read, or the two don't fit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static RateSearch Find(RunConfig config, RateRange? range = null, Action<RatePoint>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.IsShallow)
            throw new ArgumentException($"{config.Method} trains no network: it has no learning rate");
        config.Validate();
        range?.Validate();
        config = config.Settled();
        Engine.Threads = config.Threads;
        using RunData data = RunData.Open(config, cancellation);
        using Objective objective = config.Objective();
        using Generator firstValues = new(Generator.Derive(config.Seed, NetworkRun.FirstValues));
        string[] classes = [.. data.Classes, .. objective.ExtraClasses];
        using ClassifierNetwork network = new(NetworkRun.SpecOf(config, data.InputShape, classes.Length, objective), firstValues);
        NetworkRun.Start(network, config, classes, firstValues, resumed: false);
        return RateFinder.Find(
            network, config.Objective, config.Trainer(data.Source.Count), data.Source, data.Target, data.SourcePreprocessing, range, data.TargetLabelled, progress,
            SourceWeighing.Of(config, data, cancellation)?.Values, cancellation);
    }
}
