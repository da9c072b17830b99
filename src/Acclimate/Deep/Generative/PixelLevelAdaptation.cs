using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// PixelDA: a generator redraws source samples as if they were of the target, a discriminator tells them from the
/// target's own, and the classifier learns from source samples and redrawn ones alike, by the source's labels.
/// Bousmalis, Silberman, Dohan, Erhan, Krishnan, "Unsupervised Pixel-Level Domain Adaptation with Generative Adversarial
/// Networks", CVPR 2017: equations 1 to 3 (the game), 4 and 5 (content similarity), section 4.1 (the networks).
/// </summary>
/// <remarks>
/// As in the paper: the losses, the turns (discriminator and classifier, then generator), the noise, the
/// discriminator's pyramid with dropout and noise, Adam with β₁ = 0.5. Not as in the paper: the generator has fewer
/// blocks and maps, so that two processor cores train it; it adds to its input, starting from nothing, instead of
/// ending in tanh, for how samples are scaled is the run's choice and a run may have hundreds of steps rather than tens
/// of thousands; the generator's loss is the form that doesn't saturate; the adversarial term ramps up; the classifier is the
/// run's network and descends by the run's optimizer with weight 1 for its losses; no foreground masks: content similarity is over the whole sample.
/// </remarks>
[Method("pixel-gan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Pixel-level domain adaptation with a GAN (PixelDA)",
    Summary = "Redraws source samples in the target's manner by a generator that plays against a discriminator, and trains the classifier on both.",
    Formula = "min_{G,T} max_D α (E_t[log D(x_t)] + E_{s,z}[log(1 − D(G(x_s, z)))]) + β E_{s,z}[−log T(y|G(x_s, z)) − log T(y|x_s)] + γ L_c",
    Paper = "Bousmalis, Silberman, Dohan, Erhan, Krishnan: Unsupervised Pixel-Level Domain Adaptation with Generative Adversarial Networks, CVPR 2017")]
public sealed class PixelLevelAdaptation : Objective
{
    private readonly PerStep<Tensor> generated;
    private Networks? networks;

    /// <summary>Creates the objective.</summary>
    public PixelLevelAdaptation() => generated = new(step => step.Forward(networks!.Generator, step.SourceInputs!));

    /// <summary>α, the weight of deceiving the discriminator in the generator's loss.</summary>
    [Option("alpha", "the weight of deceiving the discriminator in the generator's loss, 0 or more", Search = "0.1..10 log",
        Source = "0.011 to beta's 0.01 for MNIST to MNIST-M in the paper's supplement; for Adam only their ratio counts")]
    public double Alpha { get; init; } = 1.1;

    /// <summary>β, the weight of the classification loss on what is generated in the generator's loss.</summary>
    [Option("beta", "the weight of the classification loss in the generator's loss, 0 or more", Search = "fixed", Source = "see alpha")]
    public double Beta { get; init; } = 1;

    /// <summary>γ, the weight of content similarity in the generator's loss.</summary>
    [Option("content", "the weight of content similarity (PMSE between a source sample and its redrawing) in the generator's loss, 0 or more", Search = "0|0.01|0.1|1",
        Source = "the paper has none for its digits (section 4.1)")]
    public double Content { get; init; }

    /// <summary>How α grows over the run.</summary>
    [Option("ramp", "how alpha grows: sigmoid from 0 to its full value, or constant", Source = "constant in the paper; the ramp lets the discriminator learn first")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <summary>Numbers in the noise z.</summary>
    [Option("noise", "numbers in the noise that the generator is given, 1 or more", Search = "2..50 log", Source = "section 4.1 of the paper")]
    public int NoiseSize { get; init; } = 10;

    /// <summary>Residual blocks of a picture's generator.</summary>
    [Option("blocks", "residual blocks of the generator of pictures, 0 or more", Search = "1..6", Source = "the paper has 6; 2 keep a step within reach of two processor cores")]
    public int Blocks { get; init; } = 2;

    /// <summary>Maps in each convolution of the generator.</summary>
    [Option("maps", "maps in each convolution of the generator, 1 or more; hidden layers for rows of features have eight times as many units", Search = "8..64 log",
        Source = "the paper has 64; see blocks")]
    public int Maps { get; init; } = 16;

    /// <summary>Maps in the discriminator's first convolution.</summary>
    [Option("discriminator", "maps in the discriminator's first convolution, 1 or more; each layer doubles them, up to eightfold", Search = "8..64 log", Source = "the paper has 64; see blocks")]
    public int DiscriminatorMaps { get; init; } = 16;

    /// <summary>How likely an element is dropped after each of the discriminator's layers.</summary>
    [Option("dropout", "how likely an element is dropped after each of the discriminator's layers, 0 to 1", Search = "0..0.5", Source = "the paper's supplement")]
    public double Dropout { get; init; } = 0.1;

    /// <summary>The standard deviation of the noise after each of the discriminator's layers.</summary>
    [Option("jitter", "the standard deviation of the noise after each of the discriminator's layers, 0 or more", Search = "0..0.5", Source = "the paper's supplement")]
    public double Jitter { get; init; } = 0.2;

    /// <summary>Adam's rate for generator and discriminator.</summary>
    [Option("rate", "Adam's learning rate for generator and discriminator, 0 or more", Search = "0.0001..0.01 log", Source = "the paper's supplement")]
    public double Rate { get; init; } = 0.001;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override Module? Network => networks;

    /// <inheritdoc/>
    public override OptimizerChoice? OwnOptimizer =>
        new(OptimizerKind.Adam) { LearningRate = Rate, Beta1 = 0.5, WeightDecay = 1e-5, Anneals = false };

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("pixel-gan", "alpha", Alpha, 0);
        Require.AtLeast("pixel-gan", "beta", Beta, 0);
        Require.AtLeast("pixel-gan", "content", Content, 0);
        Require.AtLeast("pixel-gan", "noise", NoiseSize, 1);
        Require.AtLeast("pixel-gan", "blocks", Blocks, 0);
        Require.AtLeast("pixel-gan", "maps", Maps, 1);
        Require.AtLeast("pixel-gan", "discriminator", DiscriminatorMaps, 1);
        Require.Within("pixel-gan", "dropout", Dropout, 0, 1);
        Require.AtLeast("pixel-gan", "jitter", Jitter, 0);
        Require.AtLeast("pixel-gan", "rate", Rate, 0);
        IReadOnlyList<long> shape = context.Network.Spec.InputShape;
        networks = new Networks(
            new ResidualGenerator(shape, Maps, Blocks, NoiseSize, context.Generator),
            new SampleDiscriminator(shape, DiscriminatorMaps, Dropout, Jitter, context.Generator));
    }

    /// <summary>The discriminator and the classifier, the generator as it is; then the generator, those two as they are (section 3.1).</summary>
    /// <param name="stage">The stage.</param>
    public override IReadOnlyList<Update> Updates(Stage stage) =>
    [
        new Update(step => [.. Discriminator(step), .. Task(step)]) { Moves = Parts.Network.And(Parts.OwnPart("discriminator")) },
        new Update(Loss) { Moves = Parts.OwnPart("generator") },
    ];

    /// <summary>
    /// Equation 3: cross entropy on the source batch and on what is generated from it, and on the labelled target batch
    /// where there is one. Batch norm sees the source and the generated batch, not the target's.
    /// </summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        TrainingStep both = step.With(target: generated.At(step).Detach());
        return
        [
            new LossTerm("task", Functional.CrossEntropy(both.Source.Logits, step.Labels)),
            new LossTerm("task.generated", Functional.CrossEntropy(both.Target.Logits, step.Labels)),
            .. KnownTask(both),
        ];
    }

    /// <summary>What the generator descends: −α log D(G) − β log T(y|G) + γ L_c.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor fake = generated.At(step);
        TrainingStep both = step.With(target: fake, known: false, tracks: false);
        return
        [
            new LossTerm("generator", LogisticGan.Deceive(step.Forward(networks!.Discriminator, fake)), Alpha * Ramp.At(step.Progress)),
            new LossTerm("generator.task", Functional.CrossEntropy(both.Target.Logits, step.Labels), Beta),
            .. Content > 0 ? [new LossTerm("generator.content", PairwiseMeanSquaredError(step.SourceInputs!, fake), Content)] : Array.Empty<LossTerm>(),
        ];
    }

    /// <summary>
    /// Equation 5 with a mask of ones: ‖d‖²/k − (Σd)²/k² with d = x − G(x, z) of k numbers, averaged over the samples.
    /// It is half the mean of (d_i − d_j)² over all pairs: redrawing everything brighter or darker costs nothing.
    /// </summary>
    internal static Tensor PairwiseMeanSquaredError(Tensor one, Tensor other) =>
        (one - other).Flatten(1).Variance(1, unbiased: false).Mean();

    private IReadOnlyList<LossTerm> Discriminator(TrainingStep step)
    {
        Tensor real = step.Forward(networks!.Discriminator, step.TargetInputs!);
        Tensor fake = step.Forward(networks.Discriminator, generated.At(step).Detach());
        return [new LossTerm("discriminator", LogisticGan.Discriminate(real, fake))];
    }

    /// <summary>The two players.</summary>
    private sealed class Networks : Module
    {
        public Networks(ResidualGenerator generator, SampleDiscriminator discriminator)
        {
            Generator = Add("generator", generator);
            Discriminator = Add("discriminator", discriminator);
        }

        public ResidualGenerator Generator { get; }

        public SampleDiscriminator Discriminator { get; }

        /// <summary>What is generated from samples.</summary>
        public override Tensor Forward(Tensor input) => Generator.Forward(input);
    }
}
