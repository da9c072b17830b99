using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <summary>
/// What a shallow method has learnt: one map for each domain's samples, into a space where they can be compared, and a
/// classifier of its own where the method is one. It owns its tensors: dispose it.
/// </summary>
/// <param name="Source">Maps source samples, seen or not.</param>
/// <param name="Target">Maps target samples, seen or not.</param>
/// <param name="Certificate">What the fit can show for itself.</param>
/// <param name="Classifier">Classifies mapped samples, where the method learns a classifier; else any can be trained on the mapped source.</param>
public sealed record FittedFeatures(FeatureMap Source, FeatureMap Target, Certificate Certificate, FittedClassifier? Classifier = null) : IDisposable
{
    /// <summary>The same map for both domains.</summary>
    /// <param name="both">Maps samples of either domain.</param>
    /// <param name="certificate">What the fit can show for itself.</param>
    /// <param name="classifier">The method's own classifier.</param>
    public FittedFeatures(FeatureMap both, Certificate certificate, FittedClassifier? classifier = null)
        : this(both, both, certificate, classifier)
    {
    }

    /// <summary>
    /// The class of each target sample that the method was fitted on, where the method decides on these samples together
    /// (by an assignment, say) and not one by one; none where the classifier says it.
    /// </summary>
    public int[]? TargetLabels { get; init; }

    /// <summary>What each source sample counts, 0 or more, where the method weighs them; none: 1 each.</summary>
    public double[]? SourceWeights { get; init; }

    /// <summary>The tensors of the maps and the classifier.</summary>
    public IEnumerable<Tensor> Tensors => [.. Source.Tensors, .. Target.Tensors, .. Classifier?.Tensors ?? []];

    /// <summary>The classifier that goes with the maps: the method's own, or the given one trained on the mapped source and on the mapped target samples whose class is known.</summary>
    /// <param name="data">What the maps were fitted on.</param>
    /// <param name="classifier">What to train where the method has none of its own.</param>
    /// <returns>To be disposed by the caller, unless it is <see cref="Classifier"/>.</returns>
    /// <exception cref="ArgumentException">The source's samples are weighed, and the classifier takes no weights.</exception>
    public FittedClassifier ClassifierFor(FeatureData data, Classifier classifier)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(classifier);
        if (Classifier is not null)
            return Classifier;
        using TensorScope scope = TensorScope.Begin();
        Tensor target = data.Known.Count > 0 ? Target.Apply(data.Target.To(ScalarType.Float64)) : data.Target;
        return data.Train(classifier, Source.Apply(data.Source.To(ScalarType.Float64)), target, SourceWeights);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
    }
}
