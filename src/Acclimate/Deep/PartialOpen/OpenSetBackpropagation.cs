using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Deep.PartialOpen;

/// <summary>
/// OSBP: the classifier has one class more than the source, the unknown one, and learns to give target samples the
/// probability t of it; the features, through a gradient reversal, learn to move each of them away from there: towards
/// a known class or towards the unknown one. Saito, Yamamoto, Ushiku, Harada, "Open Set Domain Adaptation by
/// Backpropagation", ECCV 2018, section 3.2: L_s is the cross entropy of the source over all K + 1 classes, and
/// L_adv(x_t) = −t log p(K+1|x_t) − (1 − t) log(1 − p(K+1|x_t)); the classifier descends L_s + L_adv, the features L_s − L_adv.
/// </summary>
/// <remarks>
/// The paper takes the reversed gradient as it is. Here it is ramped, as in the other adversarial methods: at first the
/// classifier's guess at what is unknown is noise. L_adv grows with the scores without end, and features that ascend it
/// follow it there. For them both probabilities therefore have ε = 10⁻⁶ added inside the logarithm, by which the gradient
/// ends where a sample is clearly on one side; the classifier descends L_adv itself, whose gradient always leads back.
/// The metric <c>unknown.features</c> tells without any label whether the two are in balance: near −t log t − (1 − t) log(1 − t),
/// 0.69 for t = 0.5, they are; near 6.9 the features have won, and a smaller λ helps.
/// </remarks>
[Method("osbp", Family.Deep, LabelSetting.UnsupervisedTarget,
    Classes = ClassSets.Open,
    Title = "Open set domain adaptation by backpropagation",
    Summary = "Adds an unknown class, and trains features that put each target sample clearly on one side: known or unknown.",
    Formula = "min_C L_s + L_adv,  min_F L_s − λ_p L_adv,  L_adv = E_t[−t log p(K+1|x) − (1 − t) log(1 − p(K+1|x))],  λ_p = λ (2/(1 + e^(−10p)) − 1)",
    Paper = "Saito, Yamamoto, Ushiku, Harada: Open Set Domain Adaptation by Backpropagation, ECCV 2018")]
public sealed class OpenSetBackpropagation : Objective
{
    /// <summary>What the features see added to a probability.</summary>
    private const double Epsilon = 1e-6;

    /// <summary>t, the probability of the unknown class at which the classifier holds target samples.</summary>
    [Option("t", "the probability of the unknown class at which the classifier holds target samples, above 0 and below 1; more of them become unknown where it is higher", Search = "0.1..0.9", Source = "0.5 in the paper, section 3.2")]
    public double T { get; init; } = 0.5;

    /// <summary>λ, what the features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "1 in the paper, by which the features of the networks here win: all samples end on one side, L_adv at its bound")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016; the paper has no ramp")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ExtraClasses => [Labels.Unknown];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        if (T is not (> 0 and < 1))
            throw new ArgumentException(FormattableString.Invariant($"osbp: t is {T}; expected a number above 0 and below 1"));
        Require.AtLeast("osbp", "lambda", Lambda, 0);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor features = step.Target.Features;
        Linear head = step.Network.Head;
        return [
            new LossTerm("unknown", Adversary(Odds(step.Forward(head, features.Detach())), T)),
            new LossTerm("unknown.features", Bounded(Odds(Functional.Linear(features, head.Weight.Detach(), head.Bias?.Detach())), T), -Lambda * Ramp.At(step.Progress)),
        ];
    }

    /// <summary>log p(K+1|x) − log(1 − p(K+1|x)): how far the unknown class's score lies above the log-sum-exp of the others.</summary>
    internal static Tensor Odds(Tensor logits)
    {
        long known = logits.Size(1) - 1;
        return logits.Select(1, known) - logits.Slice(1, 0, known).LogSumExp(1);
    }

    /// <summary>The mean of L_adv, exact for any odds.</summary>
    internal static Tensor Adversary(Tensor odds, double t) => Functional.BinaryCrossEntropyWithLogits(odds, odds.ZerosLike() + t);

    /// <summary>The mean of L_adv with ε added to both probabilities.</summary>
    internal static Tensor Bounded(Tensor odds, double t) =>
        -((t * (odds.Sigmoid() + Epsilon).Log()) + ((1 - t) * ((-odds).Sigmoid() + Epsilon).Log())).Mean();
}
