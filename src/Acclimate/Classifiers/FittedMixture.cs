using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>Several classifiers of one task, whose probabilities are weighed: by a weight each, and where there is a gate by what it says of the sample too.</summary>
/// <param name="Members">The classifiers.</param>
/// <param name="Weights">λ: a weight each, 0 or more, of sum 1.</param>
/// <param name="Gate">Says of a sample how likely each member is the one to ask; none asks all by their weights alone.</param>
public sealed record FittedMixture(IReadOnlyList<FittedClassifier> Members, IReadOnlyList<double> Weights, FittedClassifier? Gate) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [.. Members.SelectMany(static member => member.Tensors), .. Gate?.Tensors ?? []];

    /// <summary>Σ_k w_k(x) p_k(c|x), w_k(x) ∝ λ_k g_k(x).</summary>
    /// <param name="samples">[n, d].</param>
    /// <returns>[n, C]; rows sum to 1.</returns>
    public override Tensor Probabilities(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor weights = Tensor.From([.. Weights], 1, Weights.Count).Expand([samples.Size(0), Weights.Count]);
        if (Gate is not null)
        {
            // Where the gate and the weights exclude each other, the weights are all that is known.
            Tensor gated = weights * Gate.Probabilities(samples), sums = gated.Sum(1, keep: true);
            weights = sums.GreaterThan(0).Where(gated / sums.Clamp(low: 1e-300), weights);
        }

        Tensor? sum = null;
        for (int k = 0; k < Members.Count; k++)
        {
            Tensor part = Members[k].Probabilities(samples) * weights.Slice(1, k, k + 1);
            sum = sum is null ? part : sum + part;
        }

        return scope.Keep(sum!);
    }

    /// <summary>The logarithm of the probabilities.</summary>
    /// <param name="samples">[n, d].</param>
    public override Tensor Scores(Tensor samples)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Probabilities(samples).Log());
    }
}
