using System.Text.Json.Serialization;
using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>A classifier's options, as <c>init</c> properties, and the mathematics that trains it.</summary>
public abstract class Classifier
{
    /// <summary>Trains on labelled samples.</summary>
    /// <param name="samples">[n, d], n ≥ 1, float64.</param>
    /// <param name="labels">The class of each sample, from 0. A class without samples is never predicted.</param>
    /// <param name="classes">C: how many classes there are.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the labels don't fit the samples.</exception>
    /// <exception cref="NotFiniteException">The samples hold NaN or infinite values.</exception>
    public FittedClassifier Fit(Tensor samples, int[] labels, int classes) => Fit(samples, labels, classes, null);

    /// <summary>Trains on labelled samples that count differently.</summary>
    /// <param name="samples">[n, d], n ≥ 1, float64.</param>
    /// <param name="labels">The class of each sample, from 0. A class without samples is never predicted.</param>
    /// <param name="classes">C: how many classes there are.</param>
    /// <param name="weights">What each sample counts, 0 or more; none: 1 each.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ArgumentException">
    /// An option is out of range, the labels or weights don't fit the samples, or weights are given and it takes none (<see cref="TakesWeights"/>).
    /// </exception>
    /// <exception cref="NotFiniteException">The samples hold NaN or infinite values.</exception>
    public FittedClassifier Fit(Tensor samples, int[] labels, int classes, double[]? weights)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        if (samples.Rank != 2 || samples.Size(0) != labels.Length || labels.Length == 0)
            throw new ArgumentException($"{labels.Length} labels were given for {samples}; expected a matrix with a row for each, and one at least", nameof(labels));
        if (labels.Min() < 0 || labels.Max() >= classes)
            throw new ArgumentException($"labels go from {labels.Min()} to {labels.Max()}; expected 0 to {classes - 1}", nameof(labels));
        if (weights is not null)
            RequireWeights("what the samples weigh");
        if (weights is not null && (weights.Length != labels.Length || !weights.All(static weight => weight >= 0 && double.IsFinite(weight))))
            throw new ArgumentException($"{weights.Length} weights were given for {labels.Length} samples; expected one of 0 or more for each", nameof(weights));
        if (weights is not null && !weights.Any(static weight => weight > 0))
            throw new ArgumentException("every sample's weight is 0; expected one at least that counts", nameof(weights));
        Validate();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new NotFiniteException();
        if (weights is not null && weights.Contains(0))
        {
            // What counts nothing is not there.
            int[] counted = [.. Enumerable.Range(0, labels.Length).Where(i => weights[i] > 0)];
            samples = samples.IndexSelect(0, Tensor.From(Array.ConvertAll(counted, static i => (long)i)));
            (labels, weights) = ([.. counted.Select(i => labels[i])], [.. counted.Select(i => weights[i])]);
        }

        FittedClassifier fitted = labels.All(label => label == labels[0])
            ? new FittedConstant(labels[0], classes)
            : weights is null
                ? Learn(samples.To(ScalarType.Float64).Detach(), labels, classes)
                : Learn(samples.To(ScalarType.Float64).Detach(), labels, classes, weights);
        foreach (Tensor tensor in fitted.Tensors)
            tensor.LeaveScopes();
        return fitted;
    }

    /// <summary>Whether samples can count differently.</summary>
    public virtual bool TakesWeights => false;

    /// <summary>Refuses a classifier for which samples can't count differently.</summary>
    /// <param name="what">What weighs them, in words.</param>
    /// <exception cref="ArgumentException">It takes no weights (<see cref="TakesWeights"/>).</exception>
    internal void RequireWeights(string what)
    {
        if (!TakesWeights)
            throw new ArgumentException($"{ClassifierCatalog.NameOf(this)} counts every sample the same, and would make nothing of {what}: take {ClassifierCatalog.Weighing} instead");
    }

    /// <summary>A classifier with the same answers whose probabilities tell a clear case from a close one: itself, unless its own are votes.</summary>
    public virtual Classifier Graded => this;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The training itself where samples count differently, which <see cref="TakesWeights"/> says it can.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each sample; at least two classes have some.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="weights">What each sample counts.</param>
    protected virtual FittedClassifier Learn(Tensor samples, int[] labels, int classes, double[] weights) =>
        throw new NotSupportedException($"{GetType().Name} says that it takes weights, but doesn't learn by them");

    /// <summary>The training itself; tensors that are not part of what is returned are freed by the caller.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="labels">The class of each sample; at least two classes have some.</param>
    /// <param name="classes">How many classes there are.</param>
    protected abstract FittedClassifier Learn(Tensor samples, int[] labels, int classes);

    /// <summary>The classes that have samples, ascending.</summary>
    private protected static int[] Present(int[] labels) => [.. labels.Distinct().Order()];

    /// <summary>Each sample's place among the classes that have samples: [n], whole numbers.</summary>
    private protected static Tensor Compact(int[] labels, int[] present) =>
        Tensor.From(Array.ConvertAll(labels, label => (long)Array.IndexOf(present, label)));
}

/// <summary>
/// A trained classifier: a plain record, so that a saved model can hold it: its tensors go to the model's safetensors
/// file, the rest to JSON. It owns its tensors: dispose it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "classifier")]
[JsonDerivedType(typeof(FittedNearestNeighbours), "nearest-neighbours")]
[JsonDerivedType(typeof(FittedNearestOfClass), "nearest-of-class")]
[JsonDerivedType(typeof(FittedConstant), "constant")]
[JsonDerivedType(typeof(FittedLinear), "linear")]
[JsonDerivedType(typeof(FittedVotes), "votes")]
[JsonDerivedType(typeof(FittedScores), "scores")]
[JsonDerivedType(typeof(FittedMixture), "mixture")]
[JsonDerivedType(typeof(FittedEnsemble), "ensemble")]
public abstract record FittedClassifier : IDisposable
{
    /// <summary>The tensors that the classifier is made of.</summary>
    [JsonIgnore]
    public abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>How much speaks for each class; the highest wins.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <returns>[n, C].</returns>
    public abstract Tensor Scores(Tensor samples);

    /// <summary>Probabilities of the classes: the softmax of the scores, unless the classifier knows better. Not calibrated.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <returns>[n, C]; rows sum to 1.</returns>
    public virtual Tensor Probabilities(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Functional.Softmax(Scores(samples), 1));
    }

    /// <summary>The class of each sample, from 0.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public virtual int[] Predict(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return Array.ConvertAll(Scores(samples).ArgMax(1).ToArray<long>(), static index => (int)index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }
}
