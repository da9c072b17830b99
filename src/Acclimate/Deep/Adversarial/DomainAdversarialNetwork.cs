using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// DANN: a discriminator learns to tell the domains apart by the features, which through a gradient reversal learn to
/// make that impossible. Ganin et al., "Domain-Adversarial Training of Neural Networks", JMLR 2016: equation 9 (the
/// saddle point), section 5.2.2 (λ_p = 2/(1 + e^(−10p)) − 1; the learning rate is the trainer's own, from the same section).
/// </summary>
[Method("dann", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Domain-adversarial training of neural networks",
    Summary = "Trains features by which a discriminator can't tell the domains apart.",
    Formula = "min_{F,C} max_D E_s[−log C(F(x))_y] + λ_p (E_s[log D(F(x))] + E_t[log(1 − D(F(x)))]),  λ_p = λ (2/(1 + e^(−10p)) − 1)",
    Paper = "Ganin, Ustinova, Ajakan, Germain, Larochelle, Laviolette, Marchand, Lempitsky: Domain-Adversarial Training of Neural Networks, JMLR 2016")]
public sealed class DomainAdversarialNetwork : Objective
{
    private DomainDiscriminator? discriminator;

    /// <summary>Units in each of the discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminator's two hidden layers, 1 or more", Search = "64..1024 log", Source = "the paper has 100 and one layer for its digits, 1024 and two for AlexNet")]
    public int Hidden { get; init; } = 256;

    /// <summary>λ, what the features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "section 5.2.2 of the paper")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => discriminator;

    /// <inheritdoc/>
    public override bool TakesNumbers => true;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("dann", "hidden", Hidden, 1);
        Require.AtLeast("dann", "lambda", Lambda, 0);
        discriminator = new DomainDiscriminator(context.Example.Features.Size(1), Hidden, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("domain", discriminator!.Loss(step.Source.Features, step.Target.Features, Lambda * Ramp.At(step.Progress)))];
    }
}
