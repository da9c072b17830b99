using Acclimate.Catalog;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// DIP: the projection on which the maximum mean discrepancy of a Gaussian kernel is least. Baktashmotlagh, Harandi,
/// Lovell, Salzmann, "Unsupervised Domain Adaptation by Domain Invariant Projection", ICCV 2013, equation 5.
/// </summary>
[Method("dip", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Domain Invariant Projection",
    Summary = "Projects both domains where the maximum mean discrepancy of a Gaussian kernel is least.",
    Formula = "min MMD²(XₛW, XₜW)  subject to  WᵀW = I",
    Paper = "Baktashmotlagh, Harandi, Lovell, Salzmann: Unsupervised Domain Adaptation by Domain Invariant Projection, ICCV 2013")]
public sealed class DomainInvariantProjection : DistributionMatching
{
    /// <inheritdoc/>
    private protected override DistributionDistance Comparison => DistributionDistance.Mmd;
}
