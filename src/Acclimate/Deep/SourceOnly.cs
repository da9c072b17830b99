using Acclimate.Catalog;

namespace Acclimate.Deep;

/// <summary>No adaptation: the classifier is trained on the source alone. What every method is measured against.</summary>
[Method("source-only", Family.Baseline, LabelSetting.SourceOnly,
    Title = "Source only",
    Summary = "The plain classifier of the source, by the same trainer with no adaptation term.",
    Formula = "min E_s[−log p(y|x)]")]
public sealed class SourceOnly : Objective
{
    /// <inheritdoc/>
    public override bool TakesNumbers => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];
}
