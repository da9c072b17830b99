using Acclimate.Catalog;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;

namespace Acclimate.Deep.PartialOpen;

/// <summary>
/// PADA: DANN in which source samples of classes that the target seems not to have weigh little, in the classification
/// loss as in the adversary. Cao, Ma, Long, Wang, "Partial Adversarial Domain Adaptation", ECCV 2018: equation 2 (γ, the
/// mean of the target's predictions, divided by its largest element) and equation 3 (the objective).
/// </summary>
/// <remarks>
/// γ is worked out over all of the target from time to time, from 1 for every class at first, as predictions say nothing
/// before the classifier has learnt. The paper divides by the largest element; released code divides by the mean, which
/// differs by a factor of all source terms.
/// </remarks>
[Method("pada", Family.Deep, LabelSetting.UnsupervisedTarget,
    Classes = ClassSets.Partial,
    Title = "Partial adversarial domain adaptation",
    Summary = "Aligns the domains by an adversary that, like the classifier, forgets source classes which the target seems not to have.",
    Formula = "min_{F,C} max_D E_s[γ_y (−log C(F(x))_y)] + λ_p (E_s[γ_y log D(F(x))] + E_t[log(1 − D(F(x)))]),  γ = E_t[C(F(x))] / max_k E_t[C(F(x))]_k",
    Paper = "Cao, Ma, Long, Wang: Partial Adversarial Domain Adaptation, ECCV 2018")]
public sealed class PartialAdversarialNetwork : Objective
{
    private Weighted? weighted;

    /// <summary>Steps from one look at all of the target, for γ, to the next.</summary>
    [Option("interval", "steps from one look at all of the target, for the classes' weights, to the next; 1 or more", Search = "20..500 log", Source = "500 of tens of thousands in released code")]
    public int Interval { get; init; } = 100;

    /// <summary>Units in each of the discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminator's two hidden layers, 1 or more", Search = "64..1024 log", Source = "as dann; 1024 in the paper, for ResNet-50")]
    public int Hidden { get; init; } = 256;

    /// <summary>λ, what the features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "1 in released code")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016, which the paper follows")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => weighted;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("pada", "interval", Interval, 1);
        Require.AtLeast("pada", "hidden", Hidden, 1);
        Require.AtLeast("pada", "lambda", Lambda, 0);
        Activations example = context.Example;
        weighted = new Weighted(example.Logits.Size(1), new DomainDiscriminator(example.Features.Size(1), Hidden, context.Generator));
    }

    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (info.Step == 0 || info.Step % Interval != 0)
            return;
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor sum = weighted!.Gamma.ZerosLike();
        context.OverTarget((batch, _) => sum.AddInPlace(batch.Probabilities.Sum(0)));
        weighted.Gamma.CopyInPlace(sum / sum.Max());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor losses = Functional.CrossEntropy(step.Source.Logits, step.Labels, weighted!.Gamma, reduction: Reduction.None);
        return [new LossTerm("task", losses.Mean()), .. KnownTask(step)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor ofSource = weighted!.Gamma.IndexSelect(0, step.Labels);
        return [new LossTerm("domain", weighted.Discriminator.Loss(
            step.Source.Features, step.Target.Features, Lambda * Ramp.At(step.Progress), ofSource))];
    }

    /// <summary>The discriminator, and γ: a weight a class, from 0 to 1.</summary>
    private sealed class Weighted : Module
    {
        public Weighted(long classes, DomainDiscriminator discriminator)
        {
            Discriminator = Add("discriminator", discriminator);
            Gamma = AddBuffer("gamma", Tensor.Ones([classes]));
        }

        public DomainDiscriminator Discriminator { get; }

        public Tensor Gamma { get; }

        public override Tensor Forward(Tensor input) => Discriminator.Forward(input);
    }
}
