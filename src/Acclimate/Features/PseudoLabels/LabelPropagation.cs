using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.PseudoLabels;

/// <summary>What labels begin to spread from.</summary>
public enum PropagationSeeds
{
    /// <summary>What the classifier, trained on the source, says of the target's samples; they spread among the target's samples.</summary>
    Predictions,

    /// <summary>The source's labels, and the target's that are known; they spread over both domains' samples.</summary>
    Labels,
}

/// <summary>
/// Label propagation: what is known of some samples spreads along the edges to their nearest neighbours. Zhou, Bousquet, Lal,
/// Weston, Schölkopf, "Learning with Local and Global Consistency", NIPS 2003 (printed 2004), equation 3; the idea goes back to
/// Zhu and Ghahramani, 2002. Further samples get the class that most of their neighbours among the target's samples got.
/// </summary>
[Method("label-propagation", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Label propagation",
    Summary = "What the classifier says of the target's samples, or the source's labels, spreads over a graph of nearest neighbours until it agrees with itself.",
    Formula = "F = (1 − α)(I − αS)⁻¹ Y,  S = D^−½ W D^−½ of the neighbours' graph",
    Paper = "Zhou, Bousquet, Lal, Weston, Schölkopf: Learning with Local and Global Consistency, NIPS 2003")]
public sealed class LabelPropagation : FeatureMethod
{
    /// <summary>α, how much a sample heeds its neighbours, 0 to 0.99.</summary>
    [Option("alpha", "how much a sample heeds its neighbours, 0 to 0.99", Search = "0.5..0.99", Source = "0.99 in the paper")]
    public double Alpha { get; init; } = 0.9;

    /// <summary>How many nearest neighbours a sample is joined to, 1 or more.</summary>
    [Option("neighbours", "how many nearest neighbours a sample is joined to, 1 or more", Search = "3..30 log", Source = "ours: the usual ten; the paper joins all samples")]
    public int Neighbours { get; init; } = 10;

    /// <summary>What spreads.</summary>
    [Option("seeds", "what spreads: the classifier's predictions among the target's samples, or the source's labels over both domains", Source = "labels in the paper")]
    public PropagationSeeds Seeds { get; init; } = PropagationSeeds.Predictions;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Alpha is >= 0 and <= 0.99, $"alpha is {Alpha}; expected 0 to 0.99");
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Tensor spread = Seeds == PropagationSeeds.Predictions ? OfPredictions(data, context) : OfLabels(data);
        context.Report(1, 1);
        int[] labels = data.Corrected(Array.ConvertAll(spread.ArgMax(1).ToArray<long>(), static label => (int)label));
        FittedNearestNeighbours neighbours = new(data.Target.Clone(), labels, data.Classes, Neighbours);
        return new FittedFeatures(new IdentityMap(), new Certificate(), neighbours) { TargetLabels = labels };
    }

    private Tensor OfPredictions(FeatureData data, FitContext context)
    {
        using FittedClassifier teacher = data.Train(context.Classifier.Graded, data.Source, data.Target);
        return GraphSpread.Of(Graph(data.Target), data.Corrected(teacher.Probabilities(data.Target)), Alpha);
    }

    private Tensor OfLabels(FeatureData data)
    {
        using Tensor labels = Tensor.From(Array.ConvertAll(data.SourceLabels, static label => (long)label));
        Tensor known = labels.OneHot(data.Classes).To(ScalarType.Float64);
        Tensor unknown = data.Corrected(Tensor.Zeros([data.TargetCount, data.Classes], ScalarType.Float64));
        Tensor spread = GraphSpread.Of(Graph(data.Pooled()), Tensor.Concatenate([known, unknown]), Alpha).Slice(0, data.SourceCount, data.SourceCount + data.TargetCount);

        // What no path joins to the source has no class: the source's shares are all that is known of it.
        return spread + (known.Mean(0, keep: true) * 1e-12);
    }

    private GraphLaplacian Graph(Tensor samples) => new(samples, Neighbours, EdgeWeight.Heat, normalised: true);
}
