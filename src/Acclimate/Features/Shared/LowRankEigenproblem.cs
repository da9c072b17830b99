using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// The symmetric eigenproblem that the mean-matching methods share: the W with the largest tr(WᵀBW) under
/// Wᵀ(λI + FFᵀ)W = I, for a symmetric positive semidefinite B that stays and a thin F that changes from round to round.
/// Equivalently (as TCA and JDA state it) the smallest tr(Wᵀ(λI + FFᵀ)W) under WᵀBW = I, once columns are scaled.
/// </summary>
/// <remarks>
/// <para>B = RRᵀ is decomposed once, R [d, r] of full column rank with RᵀR = diag(b). Since W = S⁻¹RU with S = λI + FFᵀ
/// and U the eigenvectors of RᵀS⁻¹R, and S⁻¹ = (I − F(λI + FᵀF)⁻¹Fᵀ)/λ (Woodbury), each round needs the eigenvectors
/// of diag(b) less a matrix of F's rank: symmetric, r × r, nothing larger is factorised.</para>
/// <para>The reported residual is that of the problem as stated, ‖Bv − θSv‖, not of the reduced one.</para>
/// </remarks>
internal sealed class LowRankEigenproblem
{
    /// <summary>Eigenvalues of B that are smaller, relative to the largest, are rounding.</summary>
    private const double RankTolerance = 1e-13;

    private readonly Tensor b;
    private readonly Tensor factor;
    private readonly Tensor spectrum;
    private readonly double normB;

    /// <summary>Decomposes B.</summary>
    /// <param name="b">[d, d], symmetric positive semidefinite.</param>
    public LowRankEigenproblem(Tensor b)
    {
        (Tensor values, Tensor vectors) = b.SymmetricEigen();
        double[] all = values.ToArray<double>();
        double least = Math.Max(all[^1], 0) * RankTolerance;
        int drop = Math.Min(all.Length - 1, all.Count(value => value <= least));
        spectrum = values.Slice(0, drop, all.Length).Clamp(low: 0);
        factor = vectors.Slice(1, drop, all.Length) * spectrum.Sqrt();
        this.b = b;
        normB = Math.Abs(all[^1]);
    }

    /// <summary>The most columns that a solution can have: B's rank.</summary>
    public int Rank => (int)spectrum.Size(0);

    /// <summary>The k best directions.</summary>
    /// <param name="f">F: [d, rank of the discrepancy].</param>
    /// <param name="lambda">λ, above 0.</param>
    /// <param name="count">k; all there are where there are fewer.</param>
    /// <returns>
    /// W [d, k] with WᵀBW = I (the scaling of the papers), the best direction first; θ [k], descending; and what the
    /// solution can show for itself.
    /// </returns>
    public (Tensor W, Tensor Theta, Certificate Certificate) Solve(Tensor f, double lambda, int count)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor inner = (Tensor.Eye(f.Size(1), ScalarType.Float64) * lambda) + f.T.MatMul(f);
        Tensor g = factor.T.MatMul(f);
        Tensor reduced = (spectrum.Diagonal() - g.MatMul(inner.Solve(g.T))) / lambda;
        (Tensor values, Tensor vectors) = ((reduced + reduced.T) / 2).SymmetricEigen();
        int r = Rank, k = Math.Min(count, r);
        Tensor theta = values.Slice(0, r - k, r).Flip(0).Clamp(low: double.Epsilon);
        Tensor u = vectors.Slice(1, r - k, r).Flip(1);

        // W = S⁻¹RU has WᵀSW = θ; BW = θSW then gives WᵀBW = θ², so that dividing by θ scales it to I.
        Tensor ru = factor.MatMul(u);
        Tensor w = (ru - f.MatMul(inner.Solve(f.T.MatMul(ru)))) / lambda / theta;
        Certificate certificate = Certify(w, f, lambda, theta);
        return (scope.Keep(w), scope.Keep(theta), certificate);
    }

    private Certificate Certify(Tensor w, Tensor f, double lambda, Tensor theta)
    {
        Tensor bw = b.MatMul(w);
        Tensor sw = (w * lambda) + f.MatMul(f.T.MatMul(w));
        double normS = lambda + f.T.MatMul(f).Norm().ToDouble();
        Tensor residual = (bw - (sw * theta)).Norm(0) / (w.Norm(0) * ((theta * normS) + normB));
        Tensor constraint = w.T.MatMul(bw) - Tensor.Eye(w.Size(1), ScalarType.Float64);
        return new Certificate { EigenResidual = residual.Max().ToDouble(), ConstraintError = constraint.Abs().Max().ToDouble() };
    }

}
