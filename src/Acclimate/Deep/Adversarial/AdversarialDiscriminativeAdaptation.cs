using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// ADDA: the network learns the source; then a copy of it is kept as the source's encoder M_s, and the network itself
/// becomes the target's encoder M_t, which learns to be taken for it by a discriminator. The classifier stays as the
/// source made it. Tzeng, Hoffman, Saenko, Darrell, "Adversarial Discriminative Domain Adaptation", CVPR 2017: section 4,
/// equation 9 (the three losses; labels inverted for the encoder), section 5 (two hidden layers of 500, Adam at 0.0002
/// with β₁ = 0.5).
/// </summary>
/// <remarks>
/// The authors' LeNet has no batch norm, this one has: M_s normalises by the running statistics of the source, so that it
/// is a fixed function of a sample; M_t normalises by the target's batches, which the source never enters.
/// </remarks>
[Method("adda", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Adversarial discriminative domain adaptation (ADDA)",
    Summary = "Learns the source, then an encoder of the target's own whose features a discriminator takes for the source's.",
    Formula = "min_{M_s,C} E_s[−log C(M_s(x))_y], then in turns min_D −E_s[log D(M_s(x))] − E_t[log(1 − D(M_t(x)))] and min_{M_t} −E_t[log D(M_t(x))]",
    Paper = "Tzeng, Hoffman, Saenko, Darrell: Adversarial Discriminative Domain Adaptation, CVPR 2017")]
public sealed class AdversarialDiscriminativeAdaptation : Objective
{
    private Opponents? opponents;

    /// <summary>The share of the run's steps in which the source is learnt; the others adapt.</summary>
    [Option("pretraining", "the share of the steps that learn the source, 0 to 1; the others adapt", Search = "0.2..0.8", Source = "half and half in the released code: 10,000 steps each")]
    public double Pretraining { get; init; } = 0.5;

    /// <summary>Units in each of the discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminator's two hidden layers, 1 or more", Search = "100..1000 log", Source = "500 in section 5.1 of the paper")]
    public int Hidden { get; init; } = 500;

    /// <summary>Adam's learning rate while adapting.</summary>
    [Option("rate", "Adam's learning rate while adapting, 0 or more", Search = "2e-5..0.002 log", Source = "0.0002 in section 5.1 of the paper")]
    public double Rate { get; init; } = 2e-4;

    /// <inheritdoc/>
    public override Module? Network => opponents;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages =>
    [
        Stage.Source(Pretraining),
        new Stage("adapt", 1 - Pretraining)
        {
            ShowsSource = false,
            Optimizer = new OptimizerChoice(OptimizerKind.Adam) { LearningRate = Rate, Anneals = false, WeightDecay = 0, Beta1 = 0.5 },
        },
    ];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("adda", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("adda", "hidden", Hidden, 1);
        Require.AtLeast("adda", "rate", Rate, 0);
        opponents = new Opponents(
            new DomainDiscriminator(context.Example.Features.Size(1), Hidden, context.Generator), context.Network.Copy());
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.UsesTarget)
            opponents!.Source.LoadState(context.Network.NamedState().ToDictionary());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.UsesTarget
            ? [new Update(Discriminator) { Moves = Parts.OwnPart(Opponents.DiscriminatorName) }, new Update(Loss) { Moves = Parts.Backbone }]
            : base.Updates(stage);
    }

    /// <summary>What the target's encoder descends: its features should be taken for the source's.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor score = opponents!.Discriminator.Forward(step.Target.Features);
        return [new LossTerm("encoder", Functional.BinaryCrossEntropyWithLogits(score, score.OnesLike())), .. KnownTask(step)];
    }

    /// <summary>What the discriminator descends: M_s(x_s) is the source's, M_t(x_t) is the target's.</summary>
    private IReadOnlyList<LossTerm> Discriminator(TrainingStep step) =>
        [new LossTerm("discriminator", opponents!.Discriminator.Loss(opponents.Encode(step), step.Target.Features.Detach(), reversal: 0))];

    /// <summary>The discriminator and the source's encoder, of which the first is trained.</summary>
    private sealed class Opponents : Module
    {
        public const string DiscriminatorName = "discriminator";

        public Opponents(DomainDiscriminator discriminator, ClassifierNetwork source)
        {
            Discriminator = Add(DiscriminatorName, discriminator);
            Source = Add("source", source);
            Source.Freeze();
        }

        public DomainDiscriminator Discriminator { get; }

        public ClassifierNetwork Source { get; }

        public override Tensor Forward(Tensor input) => Discriminator.Forward(input);

        /// <summary>M_s(x_s).</summary>
        public Tensor Encode(TrainingStep step)
        {
            using NoGrad noGrad = NoGrad.Begin();
            return step.Activate(Source, step.SourceInputs!).Features;
        }
    }
}
