using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Metrics;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>How well a pretrained network suits a labelled target, by every score.</summary>
/// <param name="Weights">The file.</param>
/// <param name="Backbone">The network's name.</param>
/// <param name="Features">How many features it gives a picture.</param>
/// <param name="SourceClasses">How many classes its own classifier tells apart; none where the file has no classifier.</param>
/// <param name="Scores">The scores by name; those on probabilities are left out where the file has no classifier.</param>
/// <param name="Probe">The linear probe's accuracy, where it was asked for.</param>
public sealed record RankedNetwork(
    string Weights, string Backbone, int Features, int? SourceClasses, IReadOnlyDictionary<string, double> Scores, Accuracy? Probe)
{
    /// <summary>Looks at a target with a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="target">Pictures with labels of two or more classes.</param>
    /// <param name="probe">Whether to train a linear probe as well.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="DataException">The target has no labels or one class, holds no pictures, one can't be read, or the network makes no finite numbers of them.</exception>
    public static RankedNetwork Of(PretrainedNetwork network, Domain target, bool probe = false, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        Labels labels = Require(target);
        using TensorScope scope = TensorScope.Begin();
        (Tensor features, Tensor? probabilities) = network.Look(target, progress, cancellation);
        try
        {
            Dictionary<string, double> scores = [];
            foreach (TransferabilityScore score in TransferabilityScore.All)
            {
                cancellation.ThrowIfCancellationRequested();
                if ((score.Needs == ScoreInput.Features ? features : probabilities) is { } input)
                    scores[score.Name] = score.Of(input, labels);
            }

            return new RankedNetwork(
                network.Weights.Path, network.Backbone, network.FeatureSize, network.Classes, scores, probe ? LinearProbe.Of(features, labels, cancellation) : null);
        }
        catch (ArgumentException e)
        {
            throw new DataException($"{network.Weights.Path} on {target.Name}: {e.Message}", e);
        }
    }

    /// <summary>The target's labels, once there is something to tell apart.</summary>
    /// <exception cref="DataException">The target has no labels, or one class.</exception>
    public static Labels Require(Domain target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Labels is not { } labels)
            throw new DataException($"{target.Name} has no labels; scores need them (for pictures: one folder a class). A few of each class do: ?take=20");
        return labels.CountPerClass().Count(static count => count > 0) > 1
            ? labels
            : throw new DataException($"{target.Name} has one class alone; scores tell how well classes can be told apart");
    }
}
