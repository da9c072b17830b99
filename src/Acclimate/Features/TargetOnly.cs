using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Torch;

namespace Acclimate.Features;

/// <summary>The classifier is trained on the target's few labelled samples alone: what the source has to beat.</summary>
[Method("target-only", Family.Baseline, LabelSetting.FewTargetLabels,
    Title = "Target only",
    Summary = "The classifier is trained on the labelled target samples as they are; the source is not looked at.",
    Formula = "z = x, trained on the labelled samples of the target")]
public sealed class TargetOnly : FeatureMethod
{
    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        Require(data.Known.Count > 0, $"it needs the labels of a few target samples, and none was given");
        Tensor labelled = data.Target.IndexSelect(0, Tensor.From<long>([.. data.Known.Select(static i => (long)i)]));
        FittedClassifier classifier = context.Classifier.Fit(labelled, [.. data.Known.Select(i => data.TargetLabels![i])], data.Classes);
        return new FittedFeatures(new IdentityMap(), new Certificate(), classifier);
    }
}
