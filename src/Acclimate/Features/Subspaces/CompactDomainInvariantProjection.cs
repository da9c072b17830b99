using Acclimate.Catalog;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// DIP-CC: DIP that also keeps the source's classes together. Baktashmotlagh, Harandi, Lovell, Salzmann, "Unsupervised
/// Domain Adaptation by Domain Invariant Projection", ICCV 2013, equation 7.
/// </summary>
[Method("dip-cc", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Domain Invariant Projection with Class Clustering",
    Summary = "Projects both domains where the maximum mean discrepancy is least and the source's samples lie near their class's mean.",
    Formula = "min MMD²(XₛW, XₜW) + λγ/nₛ Σ_c Σ_{i∈c} ‖(xᵢ − m_c)W‖²  subject to  WᵀW = I",
    Paper = "Baktashmotlagh, Harandi, Lovell, Salzmann: Unsupervised Domain Adaptation by Domain Invariant Projection, ICCV 2013")]
public sealed class CompactDomainInvariantProjection : DistributionMatching
{
    /// <summary>λ, the weight of the classes' compactness; 0 or more, where 0 is DIP.</summary>
    [Option("class-compactness", "the weight of the source classes' compactness, 0 or more, in units of the kernel's width", Search = "0.4..40 log", Source = "ours; the formula counts it in units of the kernel's width")]
    public double ClassCompactness { get; init; } = 4;

    /// <inheritdoc/>
    private protected override DistributionDistance Comparison => DistributionDistance.Mmd;

    /// <inheritdoc/>
    private protected override double Compactness => ClassCompactness;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(ClassCompactness >= 0 && double.IsFinite(ClassCompactness), $"class-compactness is {ClassCompactness}; expected a number of 0 or more");
    }
}
