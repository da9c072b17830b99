using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>
/// Pseudo-label: the class of which the network is surest counts as a target sample's label, whatever it is, and ever more as training goes on.
/// Lee, "Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep Neural Networks", ICML Workshops 2013: equations 14 to 16.
/// </summary>
/// <remarks>
/// Unlike <c>self-training</c> (FixMatch) it has no threshold and no views: it is the plain form, and on another domain its first labels are often wrong.
/// The paper lets α grow from epoch 100 to 600; here the two are shares of the run.
/// </remarks>
[Method("pseudo-label", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Pseudo-label",
    Summary = "Takes its own predictions on the target for labels, all of them, with a weight that grows from 0; the plain form of self-training.",
    Formula = "min E_s[−log p(y|x)] + α(p) E_t[−log p(argmax p(·|x) | x)],  α = 0 before T₁, α_f (p − T₁)/(T₂ − T₁) up to T₂, α_f from there",
    Paper = "Lee: Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep Neural Networks, ICML Workshops 2013")]
public sealed class PseudoLabel : Objective
{
    /// <summary>α_f, the weight in the end.</summary>
    [Option("alpha", "the weight of the pseudo-labels in the end, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the source's labels; 3 in the paper, whose unlabelled samples are of the same domain, so that fewer pseudo-labels are wrong")]
    public double Alpha { get; init; } = 1;

    /// <summary>T₁, the share of the run after which they begin to count.</summary>
    [Option("from", "the share of the run after which they begin to count, 0 to 1", Search = "0..0.5", Source = "ours, as a share: epoch 100 in the paper, which lets it grow up to epoch 600")]
    public double From { get; init; } = 0.2;

    /// <summary>T₂, the share of the run after which they count in full.</summary>
    [Option("to", "the share of the run after which they count in full, 0 to 1", Search = "0.5..1", Source = "ours, as a share: epoch 600 in the paper")]
    public double To { get; init; } = 0.8;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("pseudo-label", "alpha", Alpha, 0);
        Require.Within("pseudo-label", "from", From, 0, 1);
        Require.Within("pseudo-label", "to", To, 0, 1);
    }

    /// <summary>α at progress p.</summary>
    /// <param name="progress">p, from 0 to 1.</param>
    public double WeightAt(double progress) => progress < From ? 0 : progress >= To ? Alpha : Alpha * (progress - From) / (To - From);

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor logits = step.Target.Logits;
        return [new LossTerm("pseudo-labels", Functional.CrossEntropy(logits, logits.Detach().ArgMax(1)), WeightAt(step.Progress))];
    }
}
