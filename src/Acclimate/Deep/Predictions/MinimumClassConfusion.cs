using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>
/// MCC: on the target batch, classes whose predictions go together are told apart. Jin, Wang, Long, Wang, "Minimum Class
/// Confusion for Versatile Domain Adaptation", ECCV 2020, section 3: probability rescaling (Ŷ), uncertainty reweighting
/// (W), class correlation (C), category normalisation (C̃), and the mean of what lies off its diagonal.
/// </summary>
[Method("mcc", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Minimum class confusion",
    Summary = "Trains predictions on the target that don't mix up pairs of classes; no alignment of features.",
    Formula = "min E_s[−log p(y|x)] + λ (1/C) Σ_j Σ_{j'≠j} C̃_jj',  C = ŶᵀWŶ, rows of C̃ sum to 1, Ŷ = softmax(Z_t/T), W_ii ∝ 1 + e^(−H(ŷ_i))",
    Paper = "Jin, Wang, Long, Wang: Minimum Class Confusion for Versatile Domain Adaptation, ECCV 2020")]
public sealed class MinimumClassConfusion : Objective
{
    /// <summary>T, what the logits are divided by before the softmax.</summary>
    [Option("temperature", "what the logits are divided by, above 0 (0.01 or more): higher looks more at the smaller scores", Search = "1..10 log", Source = "2.5, chosen once by the paper's authors for all their tasks")]
    public double Temperature { get; init; } = 2.5;

    /// <summary>λ, the weight of the confusion (μ in the paper).</summary>
    [Option("lambda", "the weight of the class confusion, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant",
        Source = "the paper keeps it constant and starts from a pretrained network; here training starts from scratch, with predictions that mean nothing yet")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("mcc", "temperature", Temperature, 0.01);
        Require.AtLeast("mcc", "lambda", Lambda, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("confusion", Confusion(step.Target.Logits), Lambda * Ramp.At(step.Progress))];
    }

    /// <summary>
    /// (1/C) Σ_j Σ_{j'≠j} C̃_jj'. A row of C̃ sums to 1, so that what lies off the diagonal is 1 − C̃_jj; and C̃_jj = Σ_i A_ij Ŷ_ij with
    /// A_ij = W_ii Ŷ_ij / Σ_k W_kk Ŷ_kj, which is a softmax over the batch. That way nothing under- or overflows, not
    /// even for a class that no sample is given a share of. As in the authors' code, no gradient flows through W.
    /// </summary>
    private Tensor Confusion(Tensor logits)
    {
        Tensor logY = Functional.LogSoftmax(logits / Temperature, 1), y = logY.Exp();
        Tensor entropy = -(y * logY).Sum(1, keep: true);
        Tensor logW = (-entropy).Exp().Log1p().Detach();
        Tensor a = Functional.Softmax(logY + logW, 0);
        return 1 - ((a * y).Sum() / logits.Size(1));
    }
}
