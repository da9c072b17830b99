using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <summary>
/// What a shallow method learns from: the source's samples with their classes, and the target's samples. Target labels
/// are not here, but for the few that a method of few target labels is given. The tensors stay their owner's.
/// </summary>
public sealed partial class FeatureData
{
    /// <summary>A target sample's class where it is not known.</summary>
    public const int Unknown = -1;

    private const int ReadAtOnce = 4096;

    /// <summary>Puts the data together.</summary>
    /// <param name="source">X_s: [n_s, d], n_s ≥ 1, floating point, finite.</param>
    /// <param name="sourceLabels">The class of each source sample, from 0; a class may have no sample.</param>
    /// <param name="classes">How many classes there are, 1 or more.</param>
    /// <param name="target">X_t: [n_t, d], n_t ≥ 1; of other features for a method that takes such (<see cref="FeatureMethod.TakesDifferentFeatures"/>).</param>
    /// <param name="targetLabels">The class of each target sample or <see cref="Unknown"/>; none where all are unknown.</param>
    /// <param name="sampleShape">The shape of a sample before it was made a row; [d] where it always was one.</param>
    /// <exception cref="ArgumentException">Shapes don't fit, a value is not finite, or a label is out of range.</exception>
    public FeatureData(
        Tensor source, int[] sourceLabels, int classes, Tensor target, int[]? targetLabels = null, IReadOnlyList<long>? sampleShape = null)
    {
        Check(source, nameof(source));
        Check(target, nameof(target));
        ArgumentNullException.ThrowIfNull(sourceLabels);
        if (classes < 1)
            throw new ArgumentException($"there are {classes} classes; expected 1 or more", nameof(classes));
        CheckLabels(sourceLabels, source.Size(0), 0, classes, nameof(sourceLabels));
        CheckLabels(targetLabels ?? [], targetLabels is null ? 0 : target.Size(0), Unknown, classes, nameof(targetLabels));
        SampleShape = sampleShape ?? [source.Size(1)];
        if (SampleShape.Aggregate(1L, static (a, b) => a * b) != source.Size(1))
            throw new ArgumentException($"samples of shape [{string.Join(", ", SampleShape)}] don't have {source.Size(1)} features", nameof(sampleShape));
        Source = source;
        SourceLabels = sourceLabels;
        Classes = classes;
        Target = target;
        TargetLabels = targetLabels;
    }

    /// <summary>Reads two domains whole, in float64. The caller disposes <see cref="Source"/> and <see cref="Target"/>, or has a scope open.</summary>
    /// <param name="source">The source, labelled.</param>
    /// <param name="target">The target; labels that it may have are not looked at.</param>
    /// <param name="sourcePreprocessing">What is done to the source's samples.</param>
    /// <param name="targetPreprocessing">What is done to the target's.</param>
    /// <exception cref="ArgumentException">The source has no labels, or a value is not finite.</exception>
    /// <exception cref="DataException">Samples can't be read, or don't suit the preprocessing.</exception>
    public static FeatureData Read(Domain source, Domain target, Preprocessing sourcePreprocessing, Preprocessing targetPreprocessing)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Labels is not { } labels)
            throw new ArgumentException($"{source.Name} has no labels; the source needs them", nameof(source));
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Samples(source, sourcePreprocessing), y = Rows(target, targetPreprocessing);
        return new FeatureData(scope.Keep(x.Flatten(1)), labels.Indices, labels.Classes.Count, scope.Keep(y), sampleShape: x.Shape[1..]) { SourceDomains = source.Origins?.Indices };
    }

    /// <summary>All samples of a domain as rows: [n, d], float64.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="preprocessing">What is done to its samples.</param>
    internal static Tensor Rows(Domain domain, Preprocessing preprocessing)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Samples(domain, preprocessing).Flatten(1));
    }

    /// <summary>All samples of a domain in the shape that they have: [n, …], float64.</summary>
    private static Tensor Samples(Domain domain, Preprocessing preprocessing)
    {
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, ReadAtOnce))
        {
            using (batch)
                parts.Add(batch.Inputs.To(ScalarType.Float64));
        }

        return scope.Keep(Tensor.Concatenate([.. parts]));
    }

    /// <summary>X_s: [n_s, d], float64 by the time a method sees it.</summary>
    public Tensor Source { get; }

    /// <summary>The class of each source sample, from 0.</summary>
    public int[] SourceLabels { get; }

    /// <summary>Which of the data sets that the source is made of each of its samples is from, counted from 0; none where it is one.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than source samples.</exception>
    public int[]? SourceDomains
    {
        get;
        init => field = value is null || value.Length == SourceCount
            ? value
            : throw new ArgumentException($"{value.Length} source samples have an origin, and there are {SourceCount}; each needs one", nameof(value));
    }

    /// <summary>C: how many classes there are; some may have no sample.</summary>
    public int Classes { get; }

    /// <summary>X_t: [n_t, d].</summary>
    public Tensor Target { get; }

    /// <summary>The few target labels that are known (<see cref="Unknown"/> elsewhere); none in unsupervised adaptation.</summary>
    public int[]? TargetLabels { get; }

    /// <summary>The shape of a sample before it was made a row.</summary>
    public IReadOnlyList<long> SampleShape { get; }

    /// <summary>n_s.</summary>
    public int SourceCount => (int)Source.Size(0);

    /// <summary>n_t.</summary>
    public int TargetCount => (int)Target.Size(0);

    /// <summary>d, the source's where the two differ.</summary>
    public int Features => (int)Source.Size(1);

    /// <summary>Both domains' samples, the source's first: a fresh [n_s + n_t, d].</summary>
    public Tensor Pooled() => Tensor.Concatenate([Source, Target]);

    /// <summary>The same in float64, by handles of its own inside the open scope.</summary>
    internal FeatureData Borrowed() => new(this, Source.To(ScalarType.Float64).Detach(), Target.To(ScalarType.Float64).Detach());

    private FeatureData(FeatureData other, Tensor source, Tensor target)
    {
        Source = source;
        SourceLabels = other.SourceLabels;
        SourceDomains = other.SourceDomains;
        Classes = other.Classes;
        Target = target;
        TargetLabels = other.TargetLabels;
        SampleShape = other.SampleShape;
    }

    private static void Check(Tensor samples, string name)
    {
        ArgumentNullException.ThrowIfNull(samples, name);
        if (samples.Rank != 2 || !samples.Type.IsFloatingPoint() || samples.Size(0) < 1 || samples.Size(1) < 1)
            throw new ArgumentException($"the {name} must be a floating-point matrix with a row a sample and at least one, but is {samples}", name);
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new Classifiers.NotFiniteException($"the {name} holds NaN or infinite values; expected finite ones");
    }

    private static void CheckLabels(int[] labels, long count, int least, int classes, string name)
    {
        if (labels.Length != count)
            throw new ArgumentException($"there are {labels.Length} labels for {count} samples; each needs one", name);
        int wrong = Array.FindIndex(labels, label => label < least || label >= classes);
        if (wrong >= 0)
            throw new ArgumentException($"sample {wrong} has class {labels[wrong]}; expected {least} to {classes - 1}", name);
    }
}
