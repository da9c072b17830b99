using Acclimate.Catalog;
using Acclimate.Discrepancies;

namespace Acclimate.Deep.Statistics;

/// <summary>
/// Deep CORAL: the covariances of the classifier's outputs are drawn together. Sun, Saenko, "Deep CORAL: Correlation
/// Alignment for Deep Domain Adaptation", ECCV Workshops 2016: equations 1 (the distance) and 6 (the loss).
/// </summary>
[Method("deep-coral", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Deep CORAL",
    Summary = "Trains a network on whose outputs both domains have the same covariance.",
    Formula = "min E_s[−log p(y|x)] + λ Σ_l ‖C_s^l − C_t^l‖²_F / (4 d_l²)",
    Paper = "Sun, Saenko: Deep CORAL: Correlation Alignment for Deep Domain Adaptation, ECCV Workshops 2016")]
public sealed class DeepCoral : Objective
{
    /// <summary>Samples of each domain that a covariance needs.</summary>
    private const int LeastForCovariance = 2;

    /// <summary>The layers that are adapted: names of the network's stages, <c>features</c>, <c>logits</c> or <c>probabilities</c>.</summary>
    [Option("layers", "the layers that are adapted, with commas between: stages of the network, features, logits, probabilities", Search = "fixed",
        Source = "the paper adapts the classifier's outputs before softmax (fc8 of AlexNet, section 4.1)")]
    public IReadOnlyList<string> Layers { get; init; } = ["logits"];

    /// <summary>λ, the weight of the distance.</summary>
    [Option("lambda", "the weight of the distance, 0 or more", Search = "0.03..30 log",
        Source = "the paper sets it so that classification loss and distance end up roughly equal; 1 left them at 0.17 and 0.07 on digits (MNIST to USPS, LeNet, means of the last 100 of 600 steps)")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant",
        Source = "Ganin et al., JMLR 2016; the paper fine-tunes a trained AlexNet at a constant weight")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override bool TakesNumbers => true;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("deep-coral", "lambda", Lambda, 0);
        Require.Layers("deep-coral", Layers, context.Example);
    }

    /// <summary>The distance on each layer; nothing where a batch has one sample of a domain, of which there is no covariance.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (Math.Min(step.Source.Logits.Size(0), step.Target.Logits.Size(0)) < LeastForCovariance)
            return [];
        double weight = Lambda * Ramp.At(step.Progress);
        return [.. Layers.Select(layer => new LossTerm($"coral.{layer}", Coral.Distance(step.Source.Rows(layer), step.Target.Rows(layer)), weight))];
    }
}
