using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.MeanMatching;

/// <summary>
/// ACA: the projection on which the domains' means agree and what is left of the target depends as much as it can on the
/// target as it was, by the Hilbert–Schmidt independence criterion. Dorri and Ghodsi, "Adapting Component Analysis", ICDM 2012.
/// </summary>
/// <remarks>
/// HSIC(Z, X) = tr(H K_Z H K_X) with the linear kernel K_Z = K_tWWᵀK_tᵀ of the projected target gives the eigenproblem
/// max tr(WᵀK_tᵀHK_XHK_tW) under Wᵀ(KLK + μI)W = I. K_X = ΦΦᵀ is the kernel of the target's samples; only Φ is formed.
/// </remarks>
[Method("aca", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Adapting Component Analysis",
    Summary = "Projects both domains where their means agree and the target keeps its own structure.",
    Formula = "max tr(WᵀK_tᵀHK_XHK_tW)  subject to  Wᵀ(KLK + μI)W = I",
    Paper = "Dorri, Ghodsi: Adapting Component Analysis, ICDM 2012")]
public sealed class AdaptingComponentAnalysis : KernelProjection
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are where the data have fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "as for TCA")]
    public int Dimensions { get; init; } = 30;

    /// <summary>μ, the penalty on the projection; above 0.</summary>
    [Option("mu", "the penalty on the projection, above 0", Search = "0.01..100 log", Source = "as for TCA")]
    public double Mu { get; init; } = 1;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        RequireOneOrMore("dimensions", Dimensions);
        RequireAboveZero("mu", Mu);
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        Tensor pooled = data.Pooled();
        (FeatureMap coordinates, Certificate notes) = KernelCoordinates.Of(Kernel, Gamma, pooled, context);
        Tensor z = coordinates.Apply(pooled), zt = z.Slice(0, data.SourceCount, z.Size(0));

        // Z = Pκ, so that Φ = Zκ^−½; the primal has the linear kernel, Φ = X.
        Tensor phi = Kernel == KernelChoice.Primal ? data.Target : zt * z.Norm(0, keep: true).Rsqrt();
        Tensor g = zt.T.MatMul(phi - phi.Mean(0, keep: true));
        Tensor e = MmdFactors.Marginal(data.SourceCount, data.TargetCount);
        Tensor f = z.T.MatMul(e / Math.Sqrt(MmdFactors.Norm(e)));
        (Tensor w, _, Certificate certificate) = new LowRankEigenproblem(g.MatMul(g.T)).Solve(f, Mu, Dimensions);
        return new FittedFeatures(Projection(coordinates, Scale.Apply(w)), certificate.And(notes));
    }
}
