using Acclimate.Catalog;
using Acclimate.Features.Maps;

namespace Acclimate.Features;

/// <summary>No adaptation: the features as they are. What every shallow method is measured against.</summary>
[Method("no-adaptation", Family.Baseline, LabelSetting.SourceOnly,
    Title = "No adaptation",
    Summary = "The classifier is trained on the source's features as they are.",
    Formula = "z = x")]
public sealed class NoAdaptation : MomentMethod
{
    /// <inheritdoc/>
    protected override FittedFeatures Learn(Moments source, Moments target, FitContext context) => new(new IdentityMap(), new Certificate());
}
