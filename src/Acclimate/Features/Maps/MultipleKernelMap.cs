using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>x ↦ Σ_m d_m exp(−γ_m‖x − Z‖²) A: several Gaussian kernels, each with its share.</summary>
/// <param name="Gammas">γ, each above 0.</param>
/// <param name="Shares">d, as many.</param>
/// <param name="Anchors">Z, [m, d].</param>
/// <param name="Weight">A, [m, k].</param>
public sealed record MultipleKernelMap(IReadOnlyList<double> Gammas, IReadOnlyList<double> Shares, Tensor Anchors, Tensor Weight) : FeatureMap
{
    private const int Rows = 2048;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Anchors, Weight];

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Anchors.Size(1));
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope part = TensorScope.Begin();
            Tensor squared = PairwiseDistances.Squared(samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0))), Anchors);
            Tensor kernel = squared.ZerosLike();
            for (int m = 0; m < Gammas.Count; m++)
            {
                if (Shares[m] != 0)
                    kernel.AddInPlace((squared * -Gammas[m]).Exp(), Shares[m]);
            }

            parts.Add(part.Keep(kernel.MatMul(Weight)));
        }

        return scope.Keep(parts.Count == 1 ? parts[0] : Tensor.Concatenate([.. parts]));
    }
}
