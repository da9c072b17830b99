using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Maps;

/// <summary>
/// What optimal transport makes of a source sample: x ↦ T(z) + (x − z), z the nearest of the samples that the transport was
/// found for and T(z) the barycentre of where its mass goes; for such a sample itself, T(x). Ferradans, Papadakis, Rabin,
/// Peyré, Aujol, "Regularized Discrete Optimal Transport", 2013.
/// </summary>
/// <param name="Anchors">z, [m, d].</param>
/// <param name="Images">T(z), [m, d].</param>
public sealed record BarycentricMap(Tensor Anchors, Tensor Images) : FeatureMap
{
    private const int Rows = 2048;

    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Anchors, Images];

    /// <summary>
    /// The map of a coupling γ: T(x_i) = Σ_j γ_ij y_j / Σ_j γ_ij. A sample without mass goes as its nearest neighbour with
    /// mass does, and samples that are the same go to the barycentre of all their mass.
    /// </summary>
    /// <param name="coupling">γ, [n_s, n_t], 0 or more, not all 0.</param>
    /// <param name="source">x, [n_s, d].</param>
    /// <param name="target">y, [n_t, d].</param>
    public static BarycentricMap Of(Tensor coupling, Tensor source, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(coupling);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        using TensorScope scope = TensorScope.Begin();
        Tensor[] unique = Operator.Get("aten::unique_dim").CallMany(source, 0L, true, true, false);
        Tensor anchors = unique[0], which = unique[1];
        Tensor joint = Operator.Get("aten::index_add").Call(
            Tensor.Zeros([anchors.Size(0), target.Size(0)], ScalarType.Float64), 0L, which, coupling);
        Tensor mass = joint.Sum(1, keep: true);
        if (!mass.GreaterThan(0).All())
        {
            Tensor with = Operator.Get("aten::nonzero").Call(mass.Flatten().GreaterThan(0)).Flatten();
            (anchors, mass, joint) = (anchors.IndexSelect(0, with), mass.IndexSelect(0, with), joint.IndexSelect(0, with));
        }

        return new BarycentricMap(scope.Keep(anchors.Contiguous()), scope.Keep((joint / mass).MatMul(target)));
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        RequireWidth(samples, Anchors.Size(1));
        using TensorScope scope = TensorScope.Begin();
        List<Tensor> parts = [];
        for (long start = 0; start < samples.Size(0); start += Rows)
        {
            using TensorScope part = TensorScope.Begin();
            Tensor some = samples.Slice(0, start, Math.Min(start + Rows, samples.Size(0)));
            Tensor nearest = PairwiseDistances.Squared(some, Anchors).ArgMin(1);
            parts.Add(part.Keep(Images.IndexSelect(0, nearest) + (some - Anchors.IndexSelect(0, nearest))));
        }

        return scope.Keep(Tensor.Concatenate([.. parts]));
    }
}
