using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>
/// What may be known when candidates are judged: the source with its labels, the target without. There is no place in it for a
/// target label, so nothing that is chosen by it can have looked at one.
/// </summary>
public sealed class LabelFreePair
{
    private Validators.OriginalSpace? original;

    /// <summary>A pair of samples; their tensors stay the caller's, and must outlive the pair.</summary>
    /// <param name="source">The source's samples in the original space: [n_s, d], float64, n_s ≥ 1, finite.</param>
    /// <param name="sourceLabels">The class of each, from 0.</param>
    /// <param name="classes">C: how many classes there are, 2 or more.</param>
    /// <param name="target">The target's samples: [n_t, d], float64, n_t ≥ 1, finite.</param>
    /// <exception cref="ArgumentException">
    /// Not two finite float64 matrices of one width, a row without a label, a label out of range, or fewer than two classes.
    /// </exception>
    public LabelFreePair(Tensor source, int[] sourceLabels, int classes, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(sourceLabels);
        Source = CandidateArguments.Matrix(source, nameof(source));
        Target = CandidateArguments.Matrix(target, nameof(target));
        if (source.Size(1) != target.Size(1))
            throw new ArgumentException($"the source has {source.Size(1)} features and the target {target.Size(1)}; both must have the same", nameof(target));
        if (classes < 2)
            throw new ArgumentException($"there are {classes} classes; expected 2 or more", nameof(classes));
        if (sourceLabels.Length != source.Size(0))
            throw new ArgumentException($"{sourceLabels.Length} labels were given for {source.Size(0)} source samples; each needs one", nameof(sourceLabels));
        int wrong = Array.FindIndex(sourceLabels, label => label < 0 || label >= classes);
        if (wrong >= 0)
            throw new ArgumentException($"source sample {wrong} has the label {sourceLabels[wrong]}; expected 0 to {classes - 1}", nameof(sourceLabels));
        SourceLabels = [.. sourceLabels];
        Classes = classes;
    }

    /// <summary>The source's samples in the original space: [n_s, d], float64.</summary>
    public Tensor Source { get; }

    /// <summary>The class of each source sample, from 0.</summary>
    public IReadOnlyList<int> SourceLabels { get; }

    /// <summary>C.</summary>
    public int Classes { get; }

    /// <summary>The target's samples in the original space: [n_t, d], float64.</summary>
    public Tensor Target { get; }

    /// <summary>What many validators ask of the samples themselves, worked out once.</summary>
    internal Validators.OriginalSpace Original => original ??= new Validators.OriginalSpace(this);
}
