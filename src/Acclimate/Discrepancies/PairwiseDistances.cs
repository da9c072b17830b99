using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Discrepancies;

/// <summary>Distances between the rows of matrices.</summary>
public static class PairwiseDistances
{
    /// <summary>
    /// ‖xᵢ − yⱼ‖² for all i and j, as ‖xᵢ‖² + ‖yⱼ‖² − 2 xᵢ·yⱼ held at 0 from below: one matrix product and no
    /// [n, m, d] tensor. Both are moved by y's mean first, which changes no distance and keeps the difference of
    /// large numbers small. Differentiable in both.
    /// </summary>
    /// <param name="x">[n, d], floating point.</param>
    /// <param name="y">[m, d], of the same type.</param>
    /// <returns>[n, m].</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or one has no row.</exception>
    public static Tensor Squared(Tensor x, Tensor y)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor left, Tensor right) = Samples.Check(x, y, 1, "a distance");
        using Tensor middle = MeanRow(right);
        return scope.Keep(FromCentred(left - middle, right - middle));
    }

    /// <summary>‖zᵢ − zⱼ‖² for all pairs of one sample's rows; the diagonal may be off 0 by rounding.</summary>
    /// <param name="sample">[n, d].</param>
    /// <returns>[n, n].</returns>
    internal static Tensor SquaredWithin(Tensor sample)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor centred = sample - MeanRow(sample);
        return scope.Keep(FromCentred(centred, centred));
    }

    /// <summary>
    /// ‖zᵢ − zⱼ‖² for all pairs of rows of z = a ⊗ b ⊗ …, the outer product of a sample's factors: as ⟨zᵢ, zⱼ⟩ is the
    /// product of the factors' inner products, the long z itself is never made. Held at 0 from below; the diagonal may be
    /// off 0 by rounding.
    /// </summary>
    /// <param name="factors">One or more of [n, d], with d of their own and n the same.</param>
    /// <returns>[n, n].</returns>
    internal static Tensor SquaredWithinProduct(IReadOnlyList<Tensor> factors)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor inner = factors.Select(static factor => factor.MatMul(factor.T)).Aggregate(static (one, other) => one * other);
        Tensor norms = inner.Diagonal().Unsqueeze(1);
        return scope.Keep((norms + norms.T - (inner * 2)).Clamp(low: 0));
    }

    private static Tensor MeanRow(Tensor sample)
    {
        using NoGrad noGrad = NoGrad.Begin();
        return sample.Mean(0, keep: true);
    }

    private static Tensor FromCentred(Tensor x, Tensor y)
    {
        Tensor xx = SquaredNorms(x);
        Tensor yy = ReferenceEquals(x, y) ? xx : SquaredNorms(y);
        Tensor norms = xx + yy.T;
        return Operator.Get("aten::clamp_min").Call(norms.AddMatMul(x, y.T, beta: 1, alpha: -2), 0L);
    }

    private static Tensor SquaredNorms(Tensor x) => x.Square().Sum(1, keep: true);
}
