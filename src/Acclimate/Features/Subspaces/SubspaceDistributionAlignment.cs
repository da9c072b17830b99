using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// SDA: subspace alignment that also gives the source the target's variance along each direction. Sun, Saenko, "Subspace
/// Distribution Alignment for Unsupervised Domain Adaptation", BMVC 2015.
/// </summary>
/// <remarks>
/// Eₛ and Eₜ are the variances along the principal directions. The PCA of both domains removes where they lie; samples
/// are projected as they are, as in <see cref="SubspaceAlignment"/>.
/// </remarks>
[Method("sda", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Subspace Distribution Alignment",
    Summary = "Turns the source's principal directions into the target's, and stretches each to the target's variance.",
    Formula = "source x ↦ xPₛTA,  target x ↦ xPₜ,  T = PₛᵀPₜ,  A = Eₛ^−½ Eₜ^½",
    Paper = "Sun, Saenko: Subspace Distribution Alignment for Unsupervised Domain Adaptation, BMVC 2015")]
public sealed class SubspaceDistributionAlignment : MomentMethod
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
        Tensor turn = s.Basis.T.MatMul(t.Basis);

        // A domain without any variance has none to give or take.
        Tensor none = s.Variances.Equals(0);
        Tensor stretch = none.Where(s.Variances.OnesLike(), t.Variances / none.Where(s.Variances.OnesLike(), s.Variances)).Sqrt();
        AffineMap map = new(s.Basis.MatMul(turn) * stretch);
        return new FittedFeatures(map, new AffineMap(t.Basis), s.Certificate.And(t.Certificate));
    }
}
