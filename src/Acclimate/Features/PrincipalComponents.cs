using Acclimate.Catalog;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <summary>PCA of both domains together: the projection on which the pooled samples vary most.</summary>
[Method("pca", Family.Baseline, LabelSetting.UnsupervisedTarget,
    Title = "Principal Component Analysis",
    Summary = "Projects both domains on the directions in which they vary most together; adapts nothing.",
    Formula = "max tr(WᵀXHXᵀW)  subject to  WᵀW = I",
    Paper = "Pearson: On Lines and Planes of Closest Fit, Philosophical Magazine 1901; the baseline of JDA's table")]
public sealed class PrincipalComponents : MomentMethod
{
    /// <summary>k, the dimensions of the projection, 1 or more; as many as there are features where these are fewer.</summary>
    [Option("dimensions", "the dimensions of the projection, 1 or more", Search = "10..200 log", Source = "100 in JDA's table")]
    public int Dimensions { get; init; } = 100;

    /// <inheritdoc/>
    public override void Validate() => Require(Dimensions >= 1, $"dimensions is {Dimensions}; expected 1 or more");

    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context)
    {
        Moments pooled = Moments.Pooled(source, target);
        (Tensor w, Certificate certificate) = pooled.Principal(Dimensions);
        return new FittedFeatures(AffineMap.Centred(pooled.Mean, w), certificate);
    }
}
