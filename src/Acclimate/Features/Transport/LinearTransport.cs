using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features.Transport;

/// <summary>
/// The optimal transport between two Gaussians, which is affine: x ↦ m_t + (x − m_s)A, the one symmetric A with
/// A C_s A = C_t. Knott and Smith, "On the Optimal Mapping of Distributions", Journal of Optimization Theory and
/// Applications 1984; for samples Flamary, Lounici, Ferrari, "Concentration bounds for linear Monge mapping estimation",
/// 2019 (POT's LinearTransport).
/// </summary>
[Method("ot-linear", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Optimal Transport, linear",
    Summary = "Moves the source by the affine map that is the optimal transport between Gaussians with the domains' means and covariances.",
    Formula = "A = C_s^−½ (C_s^½ C_t C_s^½)^½ C_s^−½,  x ↦ m_t + (x − m_s)A",
    Paper = "Knott, Smith: On the Optimal Mapping of Distributions, JOTA 1984; Flamary, Lounici, Ferrari: Concentration bounds for linear Monge mapping estimation, 2019")]
public sealed class LinearTransport : MomentMethod
{
    /// <summary>
    /// What is added to the covariances' diagonals, above 0. POT's 1e-8 is for more samples than features: with fewer, it
    /// magnifies by thousands what unseen samples have in directions that the source did not show.
    /// </summary>
    [Option("regularisation", "what is added to the covariances' diagonals, above 0", Search = "0.001..1 log", Source = "1e-8 in POT, which suits many samples of few features")]
    public double Regularisation { get; init; } = 0.1;

    /// <inheritdoc/>
    public override void Validate() =>
        Require(Regularisation > 0 && double.IsFinite(Regularisation), $"regularisation is {Regularisation}; expected a number above 0");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        Tensor ridge = Tensor.Eye(source.Features, ScalarType.Float64) * Regularisation;
        Tensor cs = (source.Scatter / source.Count) + ridge, ct = (target.Scatter / target.Count) + ridge;
        (Tensor root, Tensor inverse) = Roots(cs);
        (Tensor middle, _) = Roots(root.MatMul(ct).MatMul(root));
        Tensor a = inverse.MatMul(middle).MatMul(inverse);
        a = (a + a.T) / 2;
        Certificate certificate = new()
        {
            ConstraintError = (a.MatMul(cs).MatMul(a) - ct).Abs().Max().ToDouble() / ct.Abs().Max().ToDouble(),
        };
        return new FittedFeatures(new AffineMap(a, target.Mean - source.Mean.MatMul(a)), new IdentityMap(), certificate);
    }

    /// <summary>The square root of a symmetric positive definite matrix, and its inverse.</summary>
    private (Tensor Root, Tensor Inverse) Roots(Tensor matrix)
    {
        (Tensor values, Tensor vectors) = ((matrix + matrix.T) / 2).SymmetricEigen();
        Tensor roots = values.Clamp(low: 0).Sqrt(), inverses = values.Clamp(low: Regularisation).Rsqrt();
        return ((vectors * roots).MatMul(vectors.T), (vectors * inverses).MatMul(vectors.T));
    }
}
