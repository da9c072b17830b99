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
    public FittedClassifier Fit(Tensor samples, int[] labels, int classes)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(labels);
        if (samples.Rank != 2 || samples.Size(0) != labels.Length || labels.Length == 0)
            throw new ArgumentException($"{labels.Length} labels were given for {samples}; expected a matrix with a row for each, and one at least", nameof(labels));
        if (labels.Min() < 0 || labels.Max() >= classes)
            throw new ArgumentException($"labels go from {labels.Min()} to {labels.Max()}; expected 0 to {classes - 1}", nameof(labels));
        Validate();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new ArgumentException("the samples hold NaN or infinite values; expected finite ones", nameof(samples));
        FittedClassifier fitted = labels.All(label => label == labels[0])
            ? new FittedConstant(labels[0], classes)
            : Learn(samples.To(ScalarType.Float64).Detach(), labels, classes);
        foreach (Tensor tensor in fitted.Tensors)
            tensor.LeaveScopes();
        return fitted;
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range.</exception>
    public virtual void Validate()
    {
    }

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
[JsonDerivedType(typeof(FittedConstant), "constant")]
[JsonDerivedType(typeof(FittedLinear), "linear")]
[JsonDerivedType(typeof(FittedVotes), "votes")]
[JsonDerivedType(typeof(FittedScores), "scores")]
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
