using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// A latent space that both domains share, after UNIT: the network's features are an encoder, from whose codes two
/// decoders with common first layers draw samples of either domain. Samples are rebuilt within their domain, translated
/// into the other, where a discriminator tells them from real ones, and back. The classifier learns from source samples
/// and from their translations into the target. Liu, Breuel, Kautz, "Unsupervised Image-to-Image Translation Networks",
/// NIPS 2017: equations 3 and 4 (rebuilding), 5 and 6 (the adversaries), 7 to 9 (there and back).
/// </summary>
/// <remarks>
/// As in the paper: codes E(x) + ε with ε ~ N(0, I) and the divergence from N(0, I), a Laplacian likelihood (the absolute
/// difference), tied first layers of the decoders, a discriminator for each domain that sees translations only, the
/// turns (discriminators, then the rest), the ratio of the terms' weights, Adam with β₁ = 0.5. Not as in the paper: it
/// ties only the last layers of two encoders, here the one encoder is the network's backbone, which is what is saved and
/// used; it classifies by features of the discriminators, here by the codes' means of the source and of translations
/// into the target (as Murez et al., "Image to Image Translation for Domain Adaptation", CVPR 2018, do); terms are means over
/// elements, with one weight λ beside the classification loss, for which the paper gives none; adversaries and
/// translations ramp up; the generator's loss is the form that doesn't saturate; networks are small, and Adam's rate is larger to suit short runs.
/// </remarks>
[Method("shared-latent", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Shared latent space by translation (UNIT)",
    Summary = "Trains the features as codes from which samples of either domain are drawn, and the classifier on source samples and their translations.",
    Formula = "min_{E,G,C} max_D E_s[−log C(E(x_s))_y − ρ log C(E(x_st))_y] + λ Σ_d (λ₁ KL_d + λ₂ |x_d − G_d(z_d)| + λ₀ GAN_d + λ₂ |x_d − G_d(z'_d)|),  x_st = G_t(z_s)",
    Paper = "Liu, Breuel, Kautz: Unsupervised Image-to-Image Translation Networks, NIPS 2017")]
public sealed class SharedLatentTranslation : Objective
{
    private readonly PerStep<Decoded> decoded;
    private SharedLatentNetworks? networks;

    /// <summary>Creates the objective.</summary>
    public SharedLatentTranslation() => decoded = new(Decode);

    /// <summary>λ, the weight of everything but the classification losses.</summary>
    [Option("lambda", "the weight of rebuilding, translation and divergence beside the classification, 0 or more", Search = "0.01..1 log",
        Source = "the paper gives none; rebuilding then weighs as much as the classification")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>λ₀, the weight of deceiving the discriminators.</summary>
    [Option("adversarial", "the weight of deceiving the discriminators within lambda, 0 or more", Search = "0.1..10 log", Source = "a tenth of reconstruction, as 10 to 100 in the paper")]
    public double Adversarial { get; init; } = 1;

    /// <summary>λ₁ and λ₃, the weight of the codes' divergence from the normal distribution.</summary>
    [Option("divergence", "the weight of the codes' divergence from the normal distribution within lambda, 0 or more", Search = "0.001..0.1 log",
        Source = "a thousandth of reconstruction, as 0.1 to 100 in the paper")]
    public double Divergence { get; init; } = 0.01;

    /// <summary>λ₂ and λ₄, the weight of rebuilding a sample, directly and by way of the other domain.</summary>
    [Option("reconstruction", "the weight of rebuilding a sample, directly and by way of the other domain, within lambda, 0 or more", Search = "1..100 log",
        Source = "see adversarial and divergence")]
    public double Reconstruction { get; init; } = 10;

    /// <summary>ρ, the weight of classifying translations into the target.</summary>
    [Option("translated", "the weight of classifying source samples translated into the target, 0 or more", Search = "0.1..10 log", Source = "as much as the source samples themselves")]
    public double Translated { get; init; } = 1;

    /// <summary>How λ₀ and ρ grow over the run.</summary>
    [Option("ramp", "how adversarial and translated grow: sigmoid from 0 to their full values, or constant", Source = "the first translations are of no use; constant in the paper")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <summary>The standard deviation of the noise on a code that is decoded.</summary>
    [Option("noise", "the standard deviation of the noise on a code that is decoded, 0 or more", Search = "0..2", Source = "equation 1 of the paper")]
    public double Noise { get; init; } = 1;

    /// <summary>Maps of the decoders' first layers.</summary>
    [Option("maps", "maps of the decoders' first layers, 1 or more; hidden layers for rows of features have eight times as many units", Search = "8..64 log", Source = "ours: small, to suit short runs on small pictures; the paper's networks are far larger")]
    public int Maps { get; init; } = 32;

    /// <summary>Maps in the discriminators' first convolution.</summary>
    [Option("discriminator", "maps in the discriminators' first convolution, 1 or more; each layer doubles them, up to eightfold", Search = "8..64 log", Source = "ours: half of the decoders'; the paper's networks are far larger")]
    public int DiscriminatorMaps { get; init; } = 16;

    /// <summary>Adam's rate for decoders and discriminators.</summary>
    [Option("rate", "Adam's learning rate for decoders and discriminators, 0 or more", Search = "0.0001..0.01 log", Source = "0.0001 in the paper, over far more steps")]
    public double Rate { get; init; } = 0.001;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override Module? Network => networks;

    /// <inheritdoc/>
    public override OptimizerChoice? OwnOptimizer =>
        new(OptimizerKind.Adam) { LearningRate = Rate, Beta1 = 0.5, WeightDecay = 1e-4, Anneals = false };

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("shared-latent", "lambda", Lambda, 0);
        Require.AtLeast("shared-latent", "adversarial", Adversarial, 0);
        Require.AtLeast("shared-latent", "divergence", Divergence, 0);
        Require.AtLeast("shared-latent", "reconstruction", Reconstruction, 0);
        Require.AtLeast("shared-latent", "translated", Translated, 0);
        Require.AtLeast("shared-latent", "noise", Noise, 0);
        Require.AtLeast("shared-latent", "maps", Maps, 1);
        Require.AtLeast("shared-latent", "discriminator", DiscriminatorMaps, 1);
        Require.AtLeast("shared-latent", "rate", Rate, 0);
        IReadOnlyList<long> shape = context.Network.Spec.InputShape;
        networks = new SharedLatentNetworks(
            context.Network.FeatureSize, shape, Maps, () => new SampleDiscriminator(shape, DiscriminatorMaps, 0, 0, context.Generator), context.Generator);
    }

    /// <summary>The discriminators, the rest as it is; then encoder, classifier and decoders, the discriminators as they are (section 3 of the paper).</summary>
    /// <param name="stage">The stage.</param>
    public override IReadOnlyList<Update> Updates(Stage stage) =>
    [
        new Update(Discriminators) { Moves = Parts.OwnPart("of_source").And(Parts.OwnPart("of_target")) },
        new Update(step => [.. Task(step), .. Loss(step)])
        {
            Moves = Parts.Network.And(Parts.OwnPart("shared")).And(Parts.OwnPart("to_source")).And(Parts.OwnPart("to_target")),
        },
    ];

    /// <summary>What encoder, classifier and decoders descend beside the source's classification loss.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Decoded here = decoded.At(step);
        Tensor source = step.SourceInputs!, target = step.TargetInputs!;

        // The translations again through the encoder. They don't move batch norm's statistics: those are the real samples'.
        TrainingStep there = step.With(here.AsSource, here.AsTarget, known: false, tracks: false);
        Tensor codes = Codes(step, there.Source.Features, there.Target.Features);
        Tensor common = step.Forward(networks!.Shared, codes);
        long fromTarget = target.Size(0);
        Tensor targetBack = Draw(step, networks.ToTarget, common.Slice(0, 0, fromTarget));
        Tensor sourceBack = Draw(step, networks.ToSource, common.Slice(0, fromTarget, common.Size(0)));
        double ramp = Ramp.At(step.Progress);
        return
        [
            new LossTerm("task.translated", Functional.CrossEntropy(there.Target.Logits, step.Labels), Translated * ramp),
            new LossTerm("divergence", DivergenceOf(step.Source.Features, step.Target.Features) + DivergenceOf(there.Source.Features, there.Target.Features), Lambda * Divergence),
            new LossTerm("reconstruction", Difference(source, here.Source) + Difference(target, here.Target), Lambda * Reconstruction),
            new LossTerm("cycle", Difference(source, sourceBack) + Difference(target, targetBack), Lambda * Reconstruction),
            new LossTerm(
                "adversarial",
                LogisticGan.Deceive(step.Forward(networks.OfSource, here.AsSource)) + LogisticGan.Deceive(step.Forward(networks.OfTarget, here.AsTarget)),
                Lambda * Adversarial * ramp),
        ];
    }

    /// <summary>
    /// KL(N(μ, I) ‖ N(0, I)) = ‖μ‖²/2, as a mean over a code's numbers and the samples of each domain, summed over the domains.
    /// </summary>
    internal static Tensor DivergenceOf(Tensor source, Tensor target) => (source.Square().Mean() + target.Square().Mean()) / 2;

    private static Tensor Difference(Tensor one, Tensor other) => (one - other).Abs().Mean();

    private IReadOnlyList<LossTerm> Discriminators(TrainingStep step)
    {
        Decoded here = decoded.At(step);
        return
        [
            new LossTerm("discriminator.source", Adversary(networks!.OfSource, step.SourceInputs!, here.AsSource)),
            new LossTerm("discriminator.target", Adversary(networks.OfTarget, step.TargetInputs!, here.AsTarget)),
        ];

        Tensor Adversary(SampleDiscriminator discriminator, Tensor real, Tensor translated) =>
            LogisticGan.Discriminate(step.Forward(discriminator, real), step.Forward(discriminator, translated.Detach()));
    }

    /// <summary>Both batches, each drawn by both decoders from the same codes.</summary>
    private Decoded Decode(TrainingStep step)
    {
        Tensor common = step.Forward(networks!.Shared, Codes(step, step.Source.Features, step.Target.Features));
        Tensor asSource = Draw(step, networks.ToSource, common), asTarget = Draw(step, networks.ToTarget, common);
        long sources = step.SourceInputs!.Size(0), all = common.Size(0);
        return new Decoded(asSource.Slice(0, 0, sources), asTarget.Slice(0, sources, all), asTarget.Slice(0, 0, sources), asSource.Slice(0, sources, all));
    }

    /// <summary>Equation 1: z = μ + ε.</summary>
    private Tensor Codes(TrainingStep step, Tensor first, Tensor second)
    {
        Tensor means = Tensor.Concatenate([first, second]);
        return Noise == 0 ? means : means + (Tensor.Normal(means.Shape, step.Noise, means.Type) * Noise);
    }

    private Tensor Draw(TrainingStep step, Sequential own, Tensor common) => networks!.Crop(step.Forward(own, common));

    /// <summary>What the decoders draw from the two batches' codes.</summary>
    /// <param name="Source">The source batch, rebuilt.</param>
    /// <param name="Target">The target batch, rebuilt.</param>
    /// <param name="AsTarget">The source batch, translated.</param>
    /// <param name="AsSource">The target batch, translated.</param>
    private sealed record Decoded(Tensor Source, Tensor Target, Tensor AsTarget, Tensor AsSource);
}
