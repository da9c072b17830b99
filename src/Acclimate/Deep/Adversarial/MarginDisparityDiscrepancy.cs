using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// MDD: an auxiliary classifier f' learns to agree with the classifier f on the source and to disagree with it on the
/// target; the features learn to make that impossible. Zhang, Liu, Long, Jordan, "Bridging Theory and Algorithm for
/// Domain Adaptation", ICML 2019: equations 27 to 30.
/// </summary>
/// <remarks>
/// The paper gives f and f' two layers of 1024 units on ResNet-50's features. Here f is the network's linear head; f'
/// keeps a hidden layer (so that it can do what f can), and with <c>hidden=0</c> is as linear as f.
/// </remarks>
[Method("mdd", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Margin disparity discrepancy",
    Summary = "Trains features on which no second classifier agrees with the first on the source yet disagrees on the target.",
    Formula = "min_{f,ψ} E_s[−log σ_y(f(ψ(x)))] + η D_γ,  max_{f'} D_γ = E_t[log(1 − σ_h(f'(ψ(x))))] + γ E_s[log σ_h(f'(ψ(x)))],  h = argmax f(ψ(x))",
    Paper = "Zhang, Liu, Long, Jordan: Bridging Theory and Algorithm for Domain Adaptation, ICML 2019")]
public sealed class MarginDisparityDiscrepancy : Objective
{
    private Module? auxiliary;

    /// <summary>γ = e^ρ, ρ being the margin.</summary>
    [Option("gamma", "gamma, the exponential of the margin, above 0", Search = "1..8 log", Source = "4 in the paper (section 5.1)")]
    public double Gamma { get; init; } = 4;

    /// <summary>η, the weight of the discrepancy in what the features descend; f' itself descends with weight 1.</summary>
    [Option("eta", "the weight of the discrepancy for the features at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "0.1 in the paper (section 5.1)")]
    public double Eta { get; init; } = 0.1;

    /// <summary>Units in the auxiliary classifier's hidden layer; 0 for none.</summary>
    [Option("hidden", "units in the auxiliary classifier's hidden layer, 0 for a linear one", Search = "64..1024 log", Source = "as dann has; 1024 in the paper, on ResNet-50")]
    public int Hidden { get; init; } = 256;

    /// <summary>How η grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "section 5.1 of the paper, after Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => auxiliary;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("mdd", "gamma", Gamma, double.Epsilon);
        Require.AtLeast("mdd", "eta", Eta, 0);
        Require.AtLeast("mdd", "hidden", Hidden, 0);
        long features = context.Example.Features.Size(1), classes = context.Example.Logits.Size(1);
        if (classes < 2)
            throw new ArgumentException($"mdd: there is {classes} class; classifiers can disagree from 2 classes on");
        auxiliary = Hidden == 0
            ? new Linear(features, classes, context.Generator)
            : new Sequential(new Linear(features, Hidden, context.Generator), new ReLU(), new Linear(Hidden, classes, context.Generator));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        double eta = Eta * Ramp.At(step.Progress);
        Tensor agreement = Functional.CrossEntropy(Scores(step.Source), Chosen(step.Source));
        Tensor disagreement = LogOfOthers(Scores(step.Target), Chosen(step.Target)).Mean();

        // f' descends −D_γ; through the reversal the features descend η D_γ.
        return [new LossTerm("disparity", (Gamma * agreement) - disagreement)];

        Tensor Scores(Activations domain) => auxiliary!.Forward(domain.Features.ScaleGradient(-eta));
        static Tensor Chosen(Activations domain) => domain.Logits.Detach().ArgMax(1);
    }

    /// <summary>log(1 − σ_h(z)) = log Σ_{j≠h} e^{z_j} − log Σ_j e^{z_j}, which stays exact where σ_h is 1 in float32.</summary>
    private static Tensor LogOfOthers(Tensor scores, Tensor chosen)
    {
        Tensor others = chosen.OneHot(scores.Size(1)).GreaterThan(0).Where(scores.ZerosLike() + double.NegativeInfinity, scores);
        return others.LogSumExp(1) - scores.LogSumExp(1);
    }
}
