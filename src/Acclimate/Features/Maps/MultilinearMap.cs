using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>
/// X ↦ X ×₁ F₁ ×₂ F₂ … for samples that are tensors of shape [n₁, n₂, …], laid out as rows: each mode is multiplied by a
/// matrix of its own. The same as an affine map by the Kronecker product of the matrices, which is never formed.
/// </summary>
/// <param name="Factors">F_k: [n_k, r_k], one for each mode.</param>
public sealed record MultilinearMap(IReadOnlyList<Tensor> Factors) : FeatureMap
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Factors;

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Factors.Aggregate(1L, static (size, factor) => size * factor.Size(0)));
        using TensorScope scope = TensorScope.Begin();
        Tensor modes = samples.Reshape([samples.Size(0), .. Factors.Select(static factor => factor.Size(0))]);
        return scope.Keep(Multiply(modes, Factors).Flatten(1).Contiguous());
    }

    /// <summary>The mode products of a batch.</summary>
    /// <param name="samples">[n, n₁, n₂, …].</param>
    /// <param name="factors">F_k; a mode with none stays as it is.</param>
    internal static Tensor Multiply(Tensor samples, IReadOnlyList<Tensor?> factors)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor current = samples;
        for (int mode = 0; mode < factors.Count; mode++)
        {
            if (factors[mode] is { } factor)
                current = current.Transpose(mode + 1, -1).MatMul(factor).Transpose(mode + 1, -1);
        }

        return scope.Keep(current);
    }
}
