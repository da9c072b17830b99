using Acclimate.Catalog;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// The projection on which the Hellinger distance of the domains' estimated densities is least, which measures along the
/// manifold of distributions. Baktashmotlagh, Harandi, Lovell, Salzmann, "Domain Adaptation on the Statistical Manifold",
/// CVPR 2014, section 4.2.
/// </summary>
[Method("statistical-manifold", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Domain Adaptation on the Statistical Manifold",
    Summary = "Projects both domains where the Hellinger distance of their kernel density estimates is least.",
    Formula = "min ∫(√pₛ(xW) − √pₜ(xW))²  subject to  WᵀW = I",
    Paper = "Baktashmotlagh, Harandi, Lovell, Salzmann: Domain Adaptation on the Statistical Manifold, CVPR 2014")]
public sealed class StatisticalManifold : DistributionMatching
{
    /// <inheritdoc/>
    private protected override DistributionDistance Comparison => DistributionDistance.Hellinger;
}
