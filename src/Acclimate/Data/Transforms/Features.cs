using Acclimate.Torch;

namespace Acclimate.Data.Transforms;

/// <summary>Each feature less its mean, divided by its standard deviation; both are those of the domain it was fitted on.</summary>
/// <param name="Mean">The mean of each feature.</param>
/// <param name="StandardDeviation">The standard deviation of each feature; above 0.</param>
public sealed record Standardise(IReadOnlyList<float> Mean, IReadOnlyList<float> StandardDeviation) : Transform
{
    private const int Rows = 4096;

    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <summary>Measures a domain's features (population standard deviation; 1 for a feature that never varies, which becomes 0).</summary>
    /// <param name="domain">A domain of features, most often the source.</param>
    /// <param name="before">What is done to the samples first; nothing where it is left out.</param>
    /// <exception cref="DataException">The samples are not features.</exception>
    public static Standardise Fit(Domain domain, Preprocessing? before = null)
    {
        ArgumentNullException.ThrowIfNull(domain);
        using TensorScope scope = TensorScope.Begin();
        Tensor mean = Sum(domain, before, rows => rows) / domain.Count;
        Tensor squares = Sum(domain, before, rows => (rows - mean).Square());
        float[] means = mean.ToArray<float>();
        double[] deviations = (squares / domain.Count).Sqrt().ToArray<double>();

        // What is left of a constant feature after rounding is no spread.
        return new Standardise(
            means, [.. deviations.Select((deviation, i) => deviation <= 1e-6 * Math.Abs(means[i]) || deviation == 0 ? 1f : (float)deviation)]);
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 2 || samples.Size(1) != Mean.Count)
            throw new DataException($"Standardise was fitted on {Mean.Count} features, but these samples have shape [{string.Join(", ", samples.Shape[1..])}]");
        using TensorScope scope = TensorScope.Begin();
        Tensor mean = Tensor.From<float>([.. Mean]);
        Tensor deviation = Tensor.From<float>([.. StandardDeviation]);
        return scope.Keep((samples - mean) / deviation);
    }

    /// <summary>The sum over all samples of something that is worked out for some rows at a time, in float64.</summary>
    private static Tensor Sum(Domain domain, Preprocessing? before, Func<Tensor, Tensor> work)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor? sum = null;
        foreach (Batch batch in BatchLoader.InOrder(domain, before ?? Preprocessing.None, Rows))
        {
            using TensorScope part = TensorScope.Begin();
            using (batch)
            {
                if (batch.Inputs.Rank != 2)
                    throw new DataException($"{domain.Name}: Standardise is for features, but a sample has shape [{string.Join(", ", domain.SampleShape)}]");
                Tensor partial = work(batch.Inputs.To(ScalarType.Float64)).Sum(0);
                sum = part.Keep(sum is null ? partial : sum + partial);
            }
        }

        return scope.Keep(sum!);
    }
}

/// <summary>Each row divided by its length or by its sum; a row of zeros stays as it is.</summary>
/// <param name="Norm">By what it is divided.</param>
public sealed record UnitRows(RowNorm Norm = RowNorm.Length) : Transform
{
    /// <inheritdoc/>
    public override bool IsPointwise => true;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator? random)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Rank != 2)
            throw new DataException($"UnitRows is for features, but these samples have shape [{string.Join(", ", samples.Shape[1..])}]");
        using TensorScope scope = TensorScope.Begin();
        Tensor size = Norm == RowNorm.Length ? samples.Norm(1, keep: true) : samples.Sum(1, keep: true);
        return scope.Keep(samples / size.Equals(0).Where(size.OnesLike(), size));
    }
}

/// <summary>What a row is divided by to make it a unit.</summary>
public enum RowNorm
{
    /// <summary>Its Euclidean length.</summary>
    Length,

    /// <summary>The sum of its elements.</summary>
    Sum,
}
