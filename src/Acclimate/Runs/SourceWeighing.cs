using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Features;
using Acclimate.Instances;
using Acclimate.Torch;

namespace Acclimate.Runs;

/// <summary>
/// What the source's samples count in a network's classification loss (<see cref="RunConfig.Weigh"/>). The weights are settled before training, on the samples as the network is given
/// them without what is random, each a row: a network's features move, and with them every distance. They are a function of the samples and the seed, so that a run that goes on has
/// them again to the bit, and have mean 1, so that the learning rate keeps its meaning.
/// </summary>
internal static class SourceWeighing
{
    /// <summary>Refuses what weights make no sense with.</summary>
    /// <exception cref="ArgumentException">It is no method that weighs, there is no target, or the run's method has no place for weights.</exception>
    public static void Validate(RunConfig config, Objective objective)
    {
        if (config.Weigh is not { } name)
            return;
        string[] known = [.. MethodCatalog.All.Where(static entry => entry.Create() is InstanceWeighting).Select(static entry => entry.About.Name)];
        if (!known.Contains(name, StringComparer.Ordinal))
            throw new ArgumentException($"--weigh takes a method that weighs the source's samples, and '{name}' is none{NearestName.Hint(name, known)} Known: {string.Join(", ", known)}.");
        if (config.Target.Length == 0)
            throw new ArgumentException($"--weigh {name} makes the source count as the target has it, and no target is given");
        if (config.Tasks is { Count: > 0 })
            throw new ArgumentException("--weigh is for one source: leave --task out");
        if (!objective.TakesSourceWeights)
            throw new ArgumentException($"{config.Method} has a classification loss of its own, in which samples can't count differently: leave --weigh out, or take source-only, dan or dann");
    }

    /// <summary>The weights, of mean 1; none where they were not asked for.</summary>
    public static InstanceWeights? Of(RunConfig config, RunData data, CancellationToken cancellation)
    {
        if (config.Weigh is not { } name)
            return null;
        using TensorScope scope = TensorScope.Begin();
        FeatureData samples = new(
            FeatureData.Rows(data.Source, data.SourcePreprocessing), data.Source.Labels!.Indices, data.Classes.Count, FeatureData.Rows(data.Target, data.SourcePreprocessing));
        InstanceWeights weights = ((InstanceWeighting)MethodCatalog.Find(name).Create()).Weigh(samples, new Features.FitContext { Seed = config.Seed, Cancellation = cancellation });
        double mean = weights.Values.Average();
        return weights with { Values = Array.ConvertAll(weights.Values, weight => weight / mean) };
    }
}
