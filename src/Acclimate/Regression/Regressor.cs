using System.Text.Json.Serialization;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Regression;

/// <summary>A regressor's options, as <c>init</c> properties, and the mathematics that trains it on samples that may count differently.</summary>
public abstract class Regressor
{
    /// <summary>Trains on samples with numbers.</summary>
    /// <param name="samples">[n, d], n ≥ 1, float64, finite.</param>
    /// <param name="values">The number of each sample, finite.</param>
    /// <param name="weights">What each sample counts, 0 or more and not all 0; none: 1 each.</param>
    /// <returns>To be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or the values or weights don't fit the samples.</exception>
    /// <exception cref="NotFiniteException">The samples hold NaN or infinite values.</exception>
    public FittedRegressor Fit(Tensor samples, double[] values, double[]? weights = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(values);
        if (samples.Rank != 2 || samples.Size(0) != values.Length || values.Length == 0)
            throw new ArgumentException($"{values.Length} values were given for {samples}; expected a matrix with a row for each, and one at least", nameof(values));
        if (!values.All(double.IsFinite))
            throw new ArgumentException("the values hold NaN or infinite ones; expected finite ones");
        weights ??= [.. Enumerable.Repeat(1.0, values.Length)];
        if (weights.Length != values.Length || !weights.All(static weight => weight >= 0 && double.IsFinite(weight)) || !weights.Any(static weight => weight > 0))
            throw new ArgumentException($"{weights.Length} weights were given for {values.Length} samples; expected one of 0 or more for each, and not all 0", nameof(weights));
        Validate();
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        if (!samples.IsFinite().All())
            throw new NotFiniteException();

        // What counts nothing is not there.
        int[] counted = [.. Enumerable.Range(0, values.Length).Where(i => weights[i] > 0)];
        Tensor x = counted.Length == values.Length
            ? samples.To(ScalarType.Float64).Detach()
            : samples.To(ScalarType.Float64).IndexSelect(0, Tensor.From(Array.ConvertAll(counted, static i => (long)i)));
        FittedRegressor fitted = Learn(x, [.. counted.Select(i => values[i])], [.. counted.Select(i => weights[i])]);
        foreach (Tensor tensor in fitted.Tensors)
            tensor.LeaveScopes();
        return fitted;
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    public abstract void Validate();

    /// <summary>The training itself; tensors that are not part of what is returned are freed by the caller.</summary>
    /// <param name="samples">[n, d], float64.</param>
    /// <param name="values">The number of each sample.</param>
    /// <param name="weights">What each counts, above 0.</param>
    protected abstract FittedRegressor Learn(Tensor samples, double[] values, double[] weights);
}

/// <summary>
/// A trained regressor: a plain record, so that a saved model can hold it: its tensors go to the model's safetensors file, the rest to JSON. It owns its tensors: dispose it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "regressor")]
[JsonDerivedType(typeof(FittedMapRegressor), "map")]
[JsonDerivedType(typeof(FittedNeighbourRegressor), "neighbours")]
[JsonDerivedType(typeof(FittedMedianRegressor), "median")]
[JsonDerivedType(typeof(FittedSumRegressor), "sum")]
public abstract record FittedRegressor : IDisposable
{
    /// <summary>The tensors that the regressor is made of.</summary>
    [JsonIgnore]
    public abstract IEnumerable<Tensor> Tensors { get; }

    /// <summary>The number of each sample.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public abstract double[] Predict(Tensor samples);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What a map makes of a sample, and a constant: linear models and those of kernels.</summary>
/// <param name="Map">x ↦ a number: [n, 1].</param>
/// <param name="Offset">What is added.</param>
public sealed record FittedMapRegressor(FeatureMap Map, double Offset) : FittedRegressor
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Map.Tensors;

    /// <inheritdoc/>
    public override double[] Predict(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return (Map.Apply(samples).Squeeze(1) + Offset).ToArray<double>();
    }
}

/// <summary>Regressors of which the weighted median is taken: the least prediction with half of the votes at or below it.</summary>
/// <param name="Members">The regressors, one at least.</param>
/// <param name="Votes">The weight of each, above 0.</param>
public sealed record FittedMedianRegressor(IReadOnlyList<FittedRegressor> Members, IReadOnlyList<double> Votes) : FittedRegressor
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Members.SelectMany(static member => member.Tensors);

    /// <inheritdoc/>
    public override double[] Predict(Tensor samples)
    {
        double[][] said = [.. Members.Select(member => member.Predict(samples))];
        double half = Votes.Sum() / 2;
        return [.. Enumerable.Range(0, said[0].Length).Select(i =>
        {
            double below = 0;
            foreach (int member in Enumerable.Range(0, said.Length).OrderBy(m => said[m][i]))
            {
                below += Votes[member];
                if (below >= half)
                    return said[member][i];
            }

            return said[^1][i];
        })];
    }
}

/// <summary>Regressors that add up: a model and what corrects it.</summary>
/// <param name="Members">The regressors, one at least.</param>
public sealed record FittedSumRegressor(IReadOnlyList<FittedRegressor> Members) : FittedRegressor
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Members.SelectMany(static member => member.Tensors);

    /// <inheritdoc/>
    public override double[] Predict(Tensor samples)
    {
        double[][] said = [.. Members.Select(member => member.Predict(samples))];
        return [.. Enumerable.Range(0, said[0].Length).Select(i => said.Sum(each => each[i]))];
    }
}
