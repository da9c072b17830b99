using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>How the norms of features are led.</summary>
public enum FeatureNorm
{
    /// <summary>SAFN: every sample's norm grows by Δr, step by step, until it is R (the paper's stepwise adaptive feature norm).</summary>
    Stepwise,

    /// <summary>HAFN: each domain's mean norm goes to one R (the paper's hard adaptive feature norm).</summary>
    Hard,
}

/// <summary>
/// AFN: target features that are poorly told apart have small norms; leading the norms of both domains' features to
/// larger values makes them transfer. Xu, Li, Yang, Lin, "Larger Norm More Transferable: An Adaptive Feature Norm
/// Approach for Unsupervised Domain Adaptation", ICCV 2019. The features are those that the classifier sees.
/// </summary>
/// <remarks>
/// The paper's stepwise norms grow without an end of their own: batch norm before its features keeps them in bounds. The
/// networks here need not have any there, and then lengths run away with the classification loss; so growth ends at R.
/// </remarks>
[Method("afn", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Adaptive feature norm",
    Summary = "Trains features of larger norms in both domains; no alignment, so class sizes may differ.",
    Formula = "min E_s[−log p(y|x)] + λ Σ_{d∈{s,t}} E_d[(‖f(x)‖ − min(‖f(x)‖₀ + Δr, R))²] + η E_t[H(p)];  hard: λ Σ_d (E_d‖f(x)‖ − R)²",
    Paper = "Xu, Li, Yang, Lin: Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised Domain Adaptation, ICCV 2019")]
public sealed class AdaptiveFeatureNorm : Objective
{
    /// <summary>Stepwise or hard.</summary>
    [Option("norm", "how the norms are led: stepwise (SAFN) or hard (HAFN)", Source = "stepwise is the paper's stronger one, and needs no R")]
    public FeatureNorm Norm { get; init; } = FeatureNorm.Stepwise;

    /// <summary>Δr, by how much a step wants a norm to grow.</summary>
    [Option("step", "by how much a step wants a norm to grow (stepwise), 0 or more", Search = "0.1..10 log", When = "norm=stepwise", Source = "1 in the paper")]
    public double Step { get; init; } = 1;

    /// <summary>R, the mean norm wanted, or where norms stop growing.</summary>
    [Option("radius", "the mean norm wanted (hard), or the norm at which growth ends (stepwise), 0 or more", Search = "5..100 log", Source = "25 in the paper for hard; its stepwise variant has none, but a network that bounds its features")]
    public double Radius { get; init; } = 25;

    /// <summary>λ, the weight of the norms.</summary>
    [Option("lambda", "the weight of the norms, 0 or more", Search = "0.005..0.5 log", Source = "0.05 in the paper and in the authors' released code")]
    public double Lambda { get; init; } = 0.05;

    /// <summary>η, the weight of the target predictions' entropy.</summary>
    [Option("entropy", "the weight of the target predictions' entropy, 0 or more", Search = "0|0.01|0.1|1", Source = "off; the authors' released code has 0.1 for its variant with entropy")]
    public double Entropy { get; init; }

    /// <summary>How λ and η grow over the run.</summary>
    [Option("ramp", "how the weights grow: sigmoid from 0 to their full value, or constant", Source = "constant in the paper, which starts from a pretrained network; here training starts from scratch")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("afn", "step", Step, 0);
        Require.AtLeast("afn", "radius", Radius, 0);
        Require.AtLeast("afn", "lambda", Lambda, 0);
        Require.AtLeast("afn", "entropy", Entropy, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        double grown = Ramp.At(step.Progress);
        LossTerm source = new("norm.source", Distance(step.Source.Features), Lambda * grown);
        LossTerm target = new("norm.target", Distance(step.Target.Features), Lambda * grown);
        return Entropy == 0 ? [source, target] : [source, target, new LossTerm("entropy", SoftmaxEntropy.OfEach(step.Target.Logits), Entropy * grown)];
    }

    /// <summary>
    /// How far the norms are from where they should go. Stepwise that is Δr² for every norm that is to grow by as much, at every
    /// step; what counts is its slope. A norm beyond R is left alone.
    /// </summary>
    private Tensor Distance(Tensor features)
    {
        Tensor r = features.Norm(1);
        if (Norm == FeatureNorm.Hard)
            return (r.Mean() - Radius).Square();
        Tensor before = r.Detach(), wanted = (before + Step).Clamp(high: Radius).Maximum(before);
        return (r - wanted).Square().Mean();
    }
}
