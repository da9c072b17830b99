using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// SA: the source's principal subspace is turned into the target's. Fernando, Habrard, Sebban, Tuytelaars, "Unsupervised
/// Visual Domain Adaptation Using Subspace Alignment", ICCV 2013, equations 1 to 3.
/// </summary>
/// <remarks>Samples are projected as they are, not centred, as in the released code; the directions are those of the centred samples.</remarks>
[Method("sa", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Subspace Alignment",
    Summary = "Turns the source's principal directions into the target's, and compares samples by these.",
    Formula = "min ‖PₛM − Pₜ‖²: M = PₛᵀPₜ;  source x ↦ xPₛM,  target x ↦ xPₜ",
    Paper = "Fernando, Habrard, Sebban, Tuytelaars: Unsupervised Visual Domain Adaptation Using Subspace Alignment, ICCV 2013")]
public sealed class SubspaceAlignment : MomentMethod
{
    /// <summary>k, the dimensions of the subspaces, 1 or more; as many as both domains vary in where these are fewer.</summary>
    [Option("dimensions", "the dimensions of the subspaces, 1 or more", Search = "5..100 log", Source = "30 in JGSA's table")]
    public int Dimensions { get; init; } = 30;

    /// <inheritdoc/>
    public override void Validate() => Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        (PrincipalSubspace s, PrincipalSubspace t) = PrincipalSubspace.OfBoth(source, target, Dimensions);
        Tensor m = s.Basis.T.MatMul(t.Basis);
        return new FittedFeatures(new AffineMap(s.Basis.MatMul(m)), new AffineMap(t.Basis), s.Certificate.And(t.Certificate));
    }
}
