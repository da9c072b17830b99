using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>1 for what is above 0, else 0: whether a word occurs at all.</summary>
public sealed record Binarise : Transform
{
    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(samples.GreaterThan(0).To(ScalarType.Float32));
    }
}

/// <summary>x ↦ log(1 + x), which brings large counts closer; for values of 0 or more.</summary>
public sealed record LogCounts : Transform
{
    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        if (samples.LessThan(0).Any())
            throw new DataException($"log1p is for counts, but a value is {samples.Min().ToDouble()}; expected 0 or more");
        return scope.Keep(samples.Log1p());
    }
}

/// <summary>Each row of counts times the words' weights, scaled to unit length.</summary>
/// <param name="Weights">Each word's weight.</param>
public sealed record TfIdf(IReadOnlyList<float> Weights) : Transform
{
    private const int Rows = 4096;

    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <summary>
    /// Weighs words by how rare they are in both domains together: log((1 + n) / (1 + texts with the word)) + 1, as
    /// scikit-learn does.
    /// </summary>
    /// <param name="source">A domain of counts.</param>
    /// <param name="target">The other.</param>
    /// <param name="beforeSource">What is done to the source's samples first.</param>
    /// <param name="beforeTarget">What is done to the target's.</param>
    /// <exception cref="DataException">The samples are not features.</exception>
    public static TfIdf Fit(Domain source, Domain target, Preprocessing beforeSource, Preprocessing beforeTarget)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        using TensorScope scope = TensorScope.Begin();
        Tensor texts = Occurs(source, beforeSource) + Occurs(target, beforeTarget);
        double n = (double)source.Count + target.Count;
        return new TfIdf(((((texts + 1) / (n + 1)).Log() * -1) + 1).To(ScalarType.Float32).ToArray<float>());
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 2 || samples.Size(1) != Weights.Count)
            throw new DataException($"tfidf was fitted on {Weights.Count} features, but these samples have shape [{string.Join(", ", samples.Shape[1..])}]");
        using TensorScope scope = TensorScope.Begin();
        Tensor weights = Tensor.From<float>([.. Weights]);
        return scope.Keep(new UnitRows().Apply(samples * weights, random));
    }

    private static Tensor Occurs(Domain domain, Preprocessing before)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor? sum = null;
        foreach (Batch batch in BatchLoader.InOrder(domain, before, Rows))
        {
            using TensorScope part = TensorScope.Begin();
            using (batch)
            {
                if (batch.Inputs.Rank != 2)
                    throw new DataException($"{domain.Name}: tfidf is for features, but a sample has shape [{string.Join(", ", domain.SampleShape)}]");
                Tensor some = batch.Inputs.GreaterThan(0).To(ScalarType.Float64).Sum(0);
                sum = part.Keep(sum is null ? some : sum + some);
            }
        }

        return scope.Keep(sum!);
    }
}

/// <summary>Each sample as one row of features, such as a picture's pixels.</summary>
public sealed record AsRows : Transform
{
    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(samples.Flatten(1).Clone());
    }
}
