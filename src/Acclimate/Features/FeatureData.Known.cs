using Acclimate.Classifiers;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <content>The few target labels that are known, as methods use them.</content>
public sealed partial class FeatureData
{
    private int[]? known;

    /// <summary>The target samples whose class is known, ascending; none in unsupervised adaptation.</summary>
    public IReadOnlyList<int> Known => known ??= TargetLabels is { } labels ? [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] != Unknown)] : [];

    /// <summary>All labelled samples: the source's, and the target's whose class is known behind them.</summary>
    /// <param name="source">The source's samples in whatever space: [n_s, k].</param>
    /// <param name="target">The target's in the same: [n_t, k].</param>
    /// <returns>[n_s + known, k], the source's own tensor where nothing is known; and their classes.</returns>
    internal (Tensor Samples, int[] Labels) Labelled(Tensor source, Tensor target) => Known.Count == 0
        ? (source, SourceLabels)
        : (Tensor.Concatenate([source, Rows(target, Known)]), [.. SourceLabels, .. Known.Select(i => TargetLabels![i])]);

    /// <summary>Trains a classifier on all labelled samples.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="source">The source's samples in whatever space.</param>
    /// <param name="target">The target's in the same.</param>
    /// <param name="weights">What each source sample counts; labelled target samples count 1 beside them. None: 1 each.</param>
    /// <returns>To be disposed.</returns>
    internal FittedClassifier Train(Classifier classifier, Tensor source, Tensor target, double[]? weights = null)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, int[] labels) = Labelled(source, target);
        return classifier.Fit(samples, labels, Classes, weights is null ? null : [.. weights, .. Known.Select(static _ => 1.0)]);
    }

    /// <summary>What a classifier says of the target's samples, those whose class is known put right.</summary>
    /// <param name="found">A class for each target sample.</param>
    internal int[] Corrected(int[] found)
    {
        if (Known.Count == 0)
            return found;
        int[] right = [.. found];
        foreach (int i in Known)
            right[i] = TargetLabels![i];
        return right;
    }

    /// <summary>The same of class probabilities, which are certain where the class is known.</summary>
    /// <param name="said">[n_t, C].</param>
    internal Tensor Corrected(Tensor said)
    {
        if (Known.Count == 0)
            return said;
        double[] right = said.ToArray<double>();
        foreach (int i in Known)
        {
            right.AsSpan(i * Classes, Classes).Clear();
            right[(i * Classes) + TargetLabels![i]] = 1;
        }

        return Tensor.From(right, TargetCount, Classes);
    }

    private static Tensor Rows(Tensor samples, IEnumerable<int> at) => samples.IndexSelect(0, Tensor.From<long>([.. at.Select(static i => (long)i)]));
}
