using Acclimate.Catalog;
using Acclimate.Features.Shared;

namespace Acclimate.Features.Subspaces;

/// <summary>
/// DME, of which DIP and the statistical manifold are cases: the embedding, linear or of a kernel, on which a distance
/// between the domains' distributions is least, with source samples that may be weighed. Baktashmotlagh, Harandi,
/// Salzmann, "Distribution-Matching Embedding for Visual Domain Adaptation", JMLR 2016.
/// </summary>
[Method("dme", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Distribution-Matching Embedding",
    Summary = "Embeds both domains, linearly or by a kernel, where their distributions agree, with source samples that may be weighed.",
    Formula = "min D(aₛ, φ(Xₛ)W; φ(Xₜ)W)  subject to  WᵀW = I,  a ≥ 0, each class with its share of Σa = 1",
    Paper = "Baktashmotlagh, Harandi, Salzmann: Distribution-Matching Embedding for Visual Domain Adaptation, JMLR 2016")]
public sealed class DistributionMatchingEmbedding : DistributionMatching
{
    /// <summary>D: the maximum mean discrepancy or the Hellinger distance.</summary>
    [Option("distance", "how the distributions are compared: by maximum mean discrepancy or Hellinger distance", Source = "the paper has both")]
    public DistributionDistance Distance { get; init; } = DistributionDistance.Hellinger;

    /// <summary>What is embedded: the features, or a kernel's.</summary>
    [Option("kernel", "what is embedded: the features themselves (primal, linear), or a Gaussian kernel's (rbf)", Source = "both in the paper")]
    public KernelChoice Kernel { get; init; } = KernelChoice.Rbf;

    /// <summary>γ of the kernel that is embedded, above 0; none takes one over the median squared distance.</summary>
    [Option("kernel-gamma", "the embedded Gaussian kernel's γ, above 0; none takes one over the median squared distance", Search = "0.0001..10 log", When = "kernel=rbf", Source = "ours: the median, as for the distance's kernel")]
    public double? KernelGamma { get; init; }

    /// <summary>λ, the weight of the source classes' compactness; 0 or more.</summary>
    [Option("class-compactness", "the weight of the source classes' compactness, 0 or more, in units of the distance's kernel", Search = "0|0.4|4|40", Source = "ours: none; dip-cc has it")]
    public double ClassCompactness { get; init; }

    /// <summary>How often the source samples' weights are learnt between two embeddings; they are equal where it is 0.</summary>
    [Option("weight-rounds", "how often the source samples' weights are learnt between two embeddings, 0 or more; equal weights at 0", Search = "0|1|3", Source = "ours: equal weights, the paper's plain form")]
    public int SampleWeightRounds { get; init; }

    /// <inheritdoc/>
    private protected override DistributionDistance Comparison => Distance;

    /// <inheritdoc/>
    private protected override (KernelChoice Choice, double? Gamma) Space => (Kernel, KernelGamma);

    /// <inheritdoc/>
    private protected override double Compactness => ClassCompactness;

    /// <inheritdoc/>
    private protected override int WeightRounds => SampleWeightRounds;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Require(KernelGamma is null or > 0, $"kernel-gamma is {KernelGamma}; expected a number above 0");
        Require(ClassCompactness >= 0 && double.IsFinite(ClassCompactness), $"class-compactness is {ClassCompactness}; expected a number of 0 or more");
        Require(SampleWeightRounds >= 0, $"weight-rounds is {SampleWeightRounds}; expected 0 or more");
    }
}
