using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// CDAN: as DANN, but the discriminator sees the features together with the classes predicted from them, so that the
/// domains are matched class by class. Long, Cao, Wang, Jordan, "Conditional Adversarial Domain Adaptation", NeurIPS
/// 2018: equations 3 (the game), 5 and 6 (the multilinear map and its random sketch).
/// </summary>
/// <remarks>
/// No gradient flows through g in the map, as in the authors' code. Features whose map has more than 4096 entries are
/// sketched by two random matrices, drawn once and kept with the run.
/// </remarks>
[Method("cdan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Conditional domain-adversarial network",
    Summary = "Trains features by which, together with the predicted classes, a discriminator can't tell the domains apart.",
    Formula = "min_{F,C} max_D E_s[−log C(F(x))_y] + λ_p (E_s[log D(f ⊗ g)] + E_t[log(1 − D(f ⊗ g))]),  f = F(x), g = softmax C(f);  f ⊗ g ≈ (R_f f) ⊙ (R_g g)/√d where large",
    Paper = "Long, Cao, Wang, Jordan: Conditional Adversarial Domain Adaptation, NeurIPS 2018")]
public class ConditionalDomainAdversarialNetwork : Objective
{
    private ConditionalDiscriminator? discriminator;

    /// <summary>Units in each of the discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminator's two hidden layers, 1 or more", Search = "64..1024 log", Source = "as dann has; 1024 in the authors' code, on ResNet-50")]
    public int Hidden { get; init; } = 256;

    /// <summary>d, the size of the random sketch that stands for a map of more than 4096 entries.</summary>
    [Option("sketch", "the size of the random sketch of a map of more than 4096 entries, 1 or more", Search = "fixed", Source = "1024 in the authors' code")]
    public int Sketch { get; init; } = 1024;

    /// <summary>λ, what the features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "1 in the paper (section 4.1)")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "section 4.1 of the paper, after Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => discriminator;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string name = MethodCatalog.NameOf(this);
        Require.AtLeast(name, "hidden", Hidden, 1);
        Require.AtLeast(name, "sketch", Sketch, 1);
        Require.AtLeast(name, "lambda", Lambda, 0);
        discriminator = new ConditionalDiscriminator(context.Example.Features.Size(1), context.Example.Logits.Size(1), Hidden, Sketch, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        double lambda = Lambda * Ramp.At(step.Progress);
        return [new LossTerm("domain", discriminator!.Discriminator.Loss(
            Map(step.Source), Map(step.Target), lambda, Weights(step.Source, lambda), Weights(step.Target, lambda)))];

        Tensor Map(Activations domain) => discriminator.Map(domain.Features, domain.Probabilities.Detach());
    }

    /// <summary>A weight for each sample of a domain, of mean 1; none weighs all alike.</summary>
    private protected virtual Tensor? Weights(Activations domain, double lambda) => null;
}
