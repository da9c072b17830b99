using Acclimate.Catalog;

namespace Acclimate.Deep.SourceFree;

/// <summary>
/// AdaBN: after training on the source, each batch norm's mean and variance are replaced by those of its input over the
/// target; nothing is learnt, and no parameter changes. Li, Wang, Shi, Liu, Hou, "Revisiting Batch Normalization For
/// Practical Domain Adaptation", 2016, algorithm 1; in Pattern Recognition 80, 2018, as "Adaptive Batch Normalization".
/// </summary>
/// <remarks>The statistics are those of the whole target, exact, not of batches: they depend neither on the order of the samples nor on a batch size.</remarks>
[Method("adabn", Family.Deep, LabelSetting.SourceFree,
    Title = "Adaptive batch normalisation (AdaBN)",
    Summary = "Trains on the source, then gives every batch norm the target's mean and variance; no parameter changes.",
    Formula = "y_j = γ_j (x_j − μ_j^t) / σ_j^t + β_j,  μ_j^t = E_t[x_j],  σ_j^t² = Var_t[x_j]",
    Paper = "Li, Wang, Shi, Hou, Liu: Adaptive Batch Normalization for practical domain adaptation, Pattern Recognition 80, 2018")]
public sealed class AdaptiveBatchNorm : Objective
{
    /// <summary>How often the target is gone through; once a batch norm where it is none.</summary>
    [Option("passes", "passes over the target, 1 or more; each makes one more layer's statistics exact, and none is one a batch norm", Search = "fixed",
        Source = "exact: a layer's input depends on the statistics of the layers before it")]
    public int? Passes { get; init; }

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override bool FinishMakesModel => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source()];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("adabn", "passes", Passes ?? 1, 1);
        _ = TargetStatistics.Norms("adabn", context.Network);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <inheritdoc/>
    public override void Finish(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        TargetStatistics.Replace(TargetStatistics.Norms("adabn", context.Network), context, Passes);
    }
}
