using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>Which domains' samples are reconstructed.</summary>
public enum Reconstructed
{
    /// <summary>The target's.</summary>
    Target,

    /// <summary>Both domains'.</summary>
    Both,
}

/// <summary>
/// DRCN: one encoder for two ends, the source's classes and the target's samples themselves, which a decoder has to make of its features.
/// Ghifary, Kleijn, Zhang, Balduzzi, Li, "Deep Reconstruction-Classification Networks for Unsupervised Domain Adaptation", ECCV 2016: equation 4.
/// </summary>
/// <remarks>The paper goes through the source, then through the target, an epoch each; here each step descends the sum of both, on a batch of each.</remarks>
[Method("drcn", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep reconstruction-classification network (DRCN)",
    Summary = "An autoencoder on the target whose encoder classifies the source: features must hold what the target's samples are made of.",
    Formula = "min λ E_s[−log p(y|f(x))] + (1 − λ) E_t[‖x − g(f(x))‖²/d]",
    Paper = "Ghifary, Kleijn, Zhang, Balduzzi, Li: Deep Reconstruction-Classification Networks for Unsupervised Domain Adaptation, ECCV 2016")]
public sealed class ReconstructionClassification : Objective
{
    private SampleGenerator? decoder;

    /// <summary>λ, what classifying weighs beside reconstructing.</summary>
    [Option("lambda", "what classifying weighs, 0 to 1; reconstructing weighs the rest", Search = "0.3..0.9", Source = "0.4 to 0.7 in section 5.1 of the paper, by the source's held-out labels")]
    public double Lambda { get; init; } = 0.7;

    /// <summary>Which samples are reconstructed.</summary>
    [Option("reconstructs", "which domains' samples are reconstructed: the target's, or both", Source = "target in the paper, where it did best")]
    public Reconstructed Reconstructs { get; init; } = Reconstructed.Target;

    /// <summary>Maps of the decoder's first layer.</summary>
    [Option("maps", "maps of the decoder's first layer, 8 to 1024; a row's hidden layers have eight times as many units", Search = "16..128 log", Source = "ours: as gan-features has it, for pictures of digits' size; the paper's decoder mirrors its encoder")]
    public int Maps { get; init; } = 64;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override Module? Network => decoder;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("drcn", "lambda", Lambda, 0, 1);
        Require.Within("drcn", "maps", Maps, 8, 1024);
        decoder = new SampleGenerator(context.Example.Features.Size(1), context.Network.Spec.InputShape, Maps, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step) => [.. base.Task(step).Select(term => term with { Weight = Lambda })];

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        bool both = Reconstructs == Reconstructed.Both;
        Tensor inputs = both ? Tensor.Concatenate([step.SourceInputs!, step.TargetInputs!]) : step.TargetInputs!;
        Tensor features = both ? Tensor.Concatenate([step.Source.Features, step.Target.Features]) : step.Target.Features;
        return [new LossTerm("reconstruction", (step.Forward(decoder!, features) - inputs).Square().Mean(), 1 - Lambda)];
    }
}
