using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>What the nuclear norm of a batch's predictions is divided by.</summary>
public enum NuclearNormScale
{
    /// <summary>B, the batch's samples: the paper's.</summary>
    Samples,

    /// <summary>min(B, C), the number of singular values: the authors' released code.</summary>
    SingularValues,
}

/// <summary>
/// BNM: the nuclear norm of the target batch's predictions is made as large as possible, for which they must be both
/// certain (a large Frobenius norm) and of many classes (a high rank). Cui, Wang, Zhuo, Li, Huang, Tian, "Towards
/// Discriminability and Diversity: Batch Nuclear-norm Maximization under Label Insufficient Situations", CVPR 2020,
/// section 3: L_BNM = −‖G(X)‖_* / B.
/// </summary>
[Method("bnm", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Batch nuclear-norm maximisation",
    Summary = "Trains predictions on the target that are certain and don't forget small classes; no alignment of features.",
    Formula = "min E_s[−log p(y|x)] − λ ‖P_t‖_* / B,  P_t = softmax(Z_t)",
    Paper = "Cui, Wang, Zhuo, Li, Huang, Tian: Towards Discriminability and Diversity: Batch Nuclear-norm Maximization under Label Insufficient Situations, CVPR 2020")]
public sealed class BatchNuclearNorm : Objective
{
    /// <summary>What the norm is divided by.</summary>
    [Option("scale", "what the norm is divided by: samples, or the number of singular-values (the fewer of samples and classes)",
        Source = "samples in the paper; singular-values in the authors' released code, a weight that is larger by samples over classes")]
    public NuclearNormScale Scale { get; init; } = NuclearNormScale.Samples;

    /// <summary>λ, the weight of the norm.</summary>
    [Option("lambda", "the weight of the norm, 0 or more", Search = "0.1..10 log", Source = "1 in the paper and in the authors' released code")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant",
        Source = "the paper keeps it constant and starts from a pretrained network; here training starts from scratch, with predictions that mean nothing yet")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override void Attach(FitContext context) => Require.AtLeast("bnm", "lambda", Lambda, 0);

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor p = step.Target.Probabilities;
        double divisor = Scale == NuclearNormScale.Samples ? p.Size(0) : Math.Min(p.Size(0), p.Size(1));

        // The decomposition refuses what is no number; the trainer says better than it what happened.
        Tensor norm = p.IsFinite().All() ? p.SingularValues().Sum() : p.Sum();
        return [new LossTerm("nuclear-norm", -norm / divisor, Lambda * Ramp.At(step.Progress))];
    }
}
