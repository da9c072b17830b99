using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Shared;

/// <summary>
/// The symmetric eigenproblem that the mean-matching methods share: the W with the largest tr(WᵀBW) under
/// Wᵀ(λΛ + FFᵀ)W = I, for a symmetric positive semidefinite B that stays, a thin F that changes from round to round, and a
/// penalty Λ that is I or any symmetric positive definite matrix.
/// Equivalently (as TCA and JDA state it) the smallest tr(Wᵀ(λΛ + FFᵀ)W) under WᵀBW = I, once columns are scaled.
/// </summary>
/// <remarks>
/// <para>B = RRᵀ is decomposed once, R [d, r] of full column rank. Since W = S⁻¹RU with S = λΛ + FFᵀ and U the
/// eigenvectors of RᵀS⁻¹R, and S⁻¹ = (Λ⁻¹ − Λ⁻¹F(λI + FᵀΛ⁻¹F)⁻¹FᵀΛ⁻¹)/λ (Woodbury), each round needs the eigenvectors
/// of RᵀΛ⁻¹R less a matrix of F's rank: symmetric, r × r, nothing larger is factorised. With Λ = I that is diagonal less a
/// thin matrix's square, of which <see cref="DiagonalLessLowRank"/> finds the largest pairs alone.</para>
/// <para>The reported residual is that of the problem as stated, ‖Bv − θSv‖, not of the reduced one.</para>
/// </remarks>
internal sealed class LowRankEigenproblem
{
    /// <summary>Eigenvalues of B that are smaller, relative to the largest, are rounding.</summary>
    private const double RankTolerance = 1e-13;

    private readonly Tensor b;
    private readonly double normB;

    // R, RᵀΛ⁻¹R and Λ⁻¹R; Λ and Λ⁻¹, neither where Λ = I.
    private readonly Tensor factor;
    private readonly Tensor gram;
    private readonly Tensor pulled;
    private readonly Tensor? penalty;
    private readonly Tensor? inverse;

    /// <summary>Whether RᵀΛ⁻¹R is diagonal, its entries ascending.</summary>
    private readonly bool isSorted;

    /// <summary>Decomposes B, with Λ = I.</summary>
    /// <param name="blocks">B's diagonal blocks (one: B itself): [d, d], symmetric positive semidefinite; decomposed one by one.</param>
    public LowRankEigenproblem(params Tensor[] blocks)
    {
        List<Tensor> factors = [], spectra = [];
        foreach (Tensor block in blocks)
        {
            (Tensor values, Tensor vectors) = block.SymmetricEigen();
            double[] all = values.ToArray<double>();
            double least = Math.Max(all[^1], 0) * RankTolerance;
            int drop = Math.Min(blocks.Length == 1 ? all.Length - 1 : all.Length, all.Count(value => value <= least));
            spectra.Add(values.Slice(0, drop, all.Length).Clamp(low: 0));
            factors.Add(vectors.Slice(1, drop, all.Length) * spectra[^1].Sqrt());
            normB = Math.Max(normB, Math.Abs(all[^1]));
        }

        b = BlockDiagonal(blocks);
        factor = BlockDiagonal([.. factors]);
        gram = Tensor.Concatenate([.. spectra]).Diagonal();
        isSorted = blocks.Length == 1;
        pulled = factor;
    }

    private LowRankEigenproblem(LowRankEigenproblem other, Tensor penalty, Tensor inverse)
    {
        (b, normB, factor) = (other.b, other.normB, other.factor);
        (this.penalty, this.inverse) = (penalty, inverse);
        pulled = inverse.MatMul(factor);
        gram = factor.T.MatMul(pulled);
    }

    /// <summary>The most columns that a solution can have: B's rank.</summary>
    public int Rank => (int)factor.Size(1);

    /// <summary>What it holds.</summary>
    public IEnumerable<Tensor> Tensors => [b, factor, gram, pulled, .. penalty is null ? (Tensor[])[] : [penalty], .. inverse is null ? (Tensor[])[] : [inverse]];

    /// <summary>The same B under another penalty, without decomposing it again.</summary>
    /// <param name="penalty">Λ: [d, d], symmetric positive definite.</param>
    /// <param name="inverse">Λ⁻¹, where it is known.</param>
    public LowRankEigenproblem Under(Tensor penalty, Tensor? inverse = null) => new(this, penalty, inverse ?? Inverse(penalty));

    /// <summary>The inverse of a symmetric positive definite matrix.</summary>
    /// <param name="matrix">[d, d].</param>
    public static Tensor Inverse(Tensor matrix)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Operator.Get("aten::cholesky_inverse").Call(matrix.Cholesky()));
    }

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
        Tensor nf = inverse is null ? f : inverse.MatMul(f);
        Tensor inner = (Tensor.Eye(f.Size(1), ScalarType.Float64) * lambda) + f.T.MatMul(nf);

        // RᵀS⁻¹R = (RᵀΛ⁻¹R − YYᵀ)/λ, with YYᵀ = G inner⁻¹ Gᵀ and G = RᵀΛ⁻¹F.
        Tensor y = inner.Cholesky().Solve(f.T.MatMul(pulled)).T;
        int k = Math.Min(count, Rank);
        (Tensor values, Tensor u) = isSorted
            ? DiagonalLessLowRank.Largest(gram.Diagonal(), y, k)
            : DiagonalLessLowRank.Top(gram - y.MatMul(y.T), k);
        Tensor theta = (values / lambda).Clamp(low: double.Epsilon);

        // W = S⁻¹RU has WᵀSW = θ; BW = θSW then gives WᵀBW = θ², so that dividing by θ scales it to I.
        Tensor ru = pulled.MatMul(u);
        Tensor w = (ru - nf.MatMul(inner.Solve(f.T.MatMul(ru)))) / lambda / theta;
        Certificate certificate = Certify(w, f, lambda, theta);
        return (scope.Keep(w), scope.Keep(theta), certificate);
    }

    private Certificate Certify(Tensor w, Tensor f, double lambda, Tensor theta)
    {
        Tensor bw = b.MatMul(w);
        Tensor sw = ((penalty is null ? w : penalty.MatMul(w)) * lambda) + f.MatMul(f.T.MatMul(w));
        double normPenalty = penalty is null ? 1 : penalty.Abs().Sum(1).Max().ToDouble();
        double normS = (lambda * normPenalty) + f.T.MatMul(f).Norm().ToDouble();
        Tensor residual = (bw - (sw * theta)).Norm(0) / (w.Norm(0) * ((theta * normS) + normB));
        Tensor constraint = w.T.MatMul(bw) - Tensor.Eye(w.Size(1), ScalarType.Float64);
        return new Certificate { EigenResidual = residual.Max().ToDouble(), ConstraintError = constraint.Abs().Max().ToDouble() };
    }

    private static Tensor BlockDiagonal(Tensor[] blocks) => blocks.Length == 1 ? blocks[0] : Operator.Get("aten::block_diag").Call(blocks);
}
