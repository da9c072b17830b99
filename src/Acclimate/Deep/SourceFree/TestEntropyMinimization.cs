using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.SourceFree;

/// <summary>
/// TENT: after training on the source, batch norm's scales γ and shifts β alone descend the entropy of the predictions
/// on batches of the target, which are normalised by their own statistics. Wang, Shelhamer, Liu, Olshausen, Darrell,
/// "Tent: Fully Test-Time Adaptation by Entropy Minimization", ICLR 2021: section 3.1 (the entropy), 3.2 (what moves),
/// 4 (Adam at 0.001 on the small sets).
/// </summary>
/// <remarks>
/// The paper predicts each batch as it comes, by that batch's own statistics. Here a model is made that predicts single
/// samples: at the end every batch norm is given the mean and variance of its input over all of the target.
/// </remarks>
[Method("tent", Family.Deep, LabelSetting.SourceFree,
    Title = "Test-time entropy minimisation (TENT)",
    Summary = "Trains on the source, then makes predictions on the target confident by moving batch norm's scales and shifts alone.",
    Formula = "min_{γ,β} E_t[−Σ_k p_k(x) log p_k(x)],  batch norm by the target batch's mean and variance",
    Paper = "Wang, Shelhamer, Liu, Olshausen, Darrell: Tent: Fully Test-Time Adaptation by Entropy Minimization, ICLR 2021")]
public sealed class TestEntropyMinimization : Objective
{
    private HashSet<string> affine = [];

    /// <summary>The share of the run's steps in which the source is learnt; the others adapt.</summary>
    [Option("pretraining", "the share of the steps that learn the source, 0 to 1; the others adapt", Search = "0.5..0.95",
        Source = "the paper adapts for one pass over the target, which is short beside training")]
    public double Pretraining { get; init; } = 0.9;

    /// <summary>Adam's learning rate while adapting.</summary>
    [Option("rate", "Adam's learning rate while adapting, 0 or more", Search = "0.0001..0.01 log", Source = "0.001 in section 4 of the paper, for all but ImageNet")]
    public double Rate { get; init; } = 1e-3;

    /// <summary>How often the target is gone through for the last statistics; once a batch norm where it is none.</summary>
    [Option("passes", "passes over the target for batch norm's last statistics, 1 or more; none is one a batch norm", Search = "fixed", Source = "exact, as in adabn")]
    public int? Passes { get; init; }

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override bool FinishMakesModel => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages =>
    [
        Stage.Source(Pretraining),
        Stage.Target(1 - Pretraining) with
        {
            Optimizer = new OptimizerChoice(OptimizerKind.Adam) { LearningRate = Rate, Anneals = false, WeightDecay = 0 },
        },
    ];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("tent", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("tent", "rate", Rate, 0);
        Require.AtLeast("tent", "passes", Passes ?? 1, 1);
        HashSet<Tensor> moved = [.. TargetStatistics.Norms("tent", context.Network).SelectMany(static norm => (Tensor[])[norm.Weight, norm.Bias])];
        affine = [.. context.Network.NamedParameters().Where(parameter => moved.Contains(parameter.Value)).Select(static parameter => parameter.Key)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.UsesSource ? base.Updates(stage) : [new Update(Loss) { Moves = affine.Contains }];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("entropy", SoftmaxEntropy.OfEach(step.Target.Logits))];
    }

    /// <inheritdoc/>
    public override void Finish(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        TargetStatistics.Replace(TargetStatistics.Norms("tent", context.Network), context, Passes);
    }
}
