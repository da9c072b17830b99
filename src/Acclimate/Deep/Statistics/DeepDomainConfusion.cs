using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// DDC: an adaptation layer before the classifier, on which the domains' means are drawn together. Tzeng, Hoffman, Zhang,
/// Saenko, Darrell, "Deep Domain Confusion: Maximizing for Domain Invariance", arXiv 1412.3474, 2014: equations 1 (MMD, the
/// distance of the means) and 2 (the loss, which has its square).
/// </summary>
[Method("ddc", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep Domain Confusion",
    Summary = "Trains a narrow layer before the classifier on which both domains have the same mean.",
    Formula = "min E_s[−log p(y|x)] + λ MMD²,  MMD = ‖mean_s φ(x) − mean_t φ(x)‖,  φ the adaptation layer",
    Paper = "Tzeng, Hoffman, Zhang, Saenko, Darrell: Deep Domain Confusion: Maximizing for Domain Invariance, arXiv 2014")]
public sealed class DeepDomainConfusion : Objective
{
    /// <summary>Units of the adaptation layer.</summary>
    [Option("width", "units of the adaptation layer, 1 or more", Search = "64..1024 log",
        Source = "256, the width that the paper's search by the discrepancy came to; it has the layer behind AlexNet's fc7, here it is behind the backbone")]
    public int Width { get; init; } = 256;

    /// <summary>λ, the weight of MMD².</summary>
    [Option("lambda", "the weight of the discrepancy, 0 or more", Search = "0.03..3 log", Source = "0.25 in the paper")]
    public double Lambda { get; init; } = 0.25;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant",
        Source = "the paper fine-tunes a trained AlexNet at a constant weight; a network that starts from nothing could collapse so")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Bottleneck? Bottleneck => new(Width, BottleneckActivation.Relu);

    /// <inheritdoc/>
    public override bool TakesNumbers => true;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        Require.AtLeast("ddc", "width", Width, 1);
        Require.AtLeast("ddc", "lambda", Lambda, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor mmdSquared = (step.Source.Features.Mean(0) - step.Target.Features.Mean(0)).Square().Sum();
        return [new LossTerm("mmd", mmdSquared, Lambda * Ramp.At(step.Progress))];
    }
}
