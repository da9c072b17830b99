using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Generative;

/// <summary>
/// Features of a GAN's discriminator: without any label the network learns to tell both domains' samples from generated ones; then its features stay,
/// and a linear classifier on them learns from the labels there are. Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep Convolutional
/// Generative Adversarial Networks", ICLR 2016: section 4 (Adam at 0.0002, β₁ = 0.5) and section 5 (a linear classifier on the discriminator's features).
/// </summary>
/// <remarks>
/// The discriminator is the run's backbone with one more linear layer, in place of the paper's; the classifier is on its last features, where the paper's sees
/// all layers, pooled. Batch norm normalises real and generated samples each by their own, and its running statistics are of real ones.
/// </remarks>
[Method("gan-features", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Features of a GAN's discriminator",
    Summary = "Learns features from both domains' samples without labels, by telling them from generated ones, then a linear classifier on them: for few labels.",
    Formula = "in turns min_D −E_{s,t}[log D(f(x))] − E_z[log(1 − D(f(G(z))))] and min_G −E_z[log D(f(G(z)))], then min_C E_s[−log C(f(x))_y] with f as it is",
    Paper = "Radford, Metz, Chintala: Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks, ICLR 2016")]
public sealed class GanFeatures : Objective
{
    private const int MapsAtMost = 1024;

    private Players? players;

    /// <summary>The share of the steps that learn features.</summary>
    [Option("pretraining", "the share of the steps that learn features without labels, 0 to 1; the others learn the classifier on them", Search = "0.3..0.8", Source = "ours: more than half, since two networks learn from nothing in it, and a linear classifier in the rest")]
    public double Pretraining { get; init; } = 0.6;

    /// <summary>Adam's learning rate of both players.</summary>
    [Option("rate", "Adam's learning rate of both players, 0 or more", Search = "2e-5..0.002 log", Source = "0.0002 in section 4 of the paper")]
    public double Rate { get; init; } = 2e-4;

    /// <summary>Numbers in z.</summary>
    [Option("code", "numbers that a generated sample is made of, 1 or more", Search = "32..256 log", Source = "100 in the paper's code")]
    public int Code { get; init; } = 100;

    /// <summary>Maps of the generator's first layer.</summary>
    [Option("maps", "maps of the generator's first layer, 8 to 1024; a row's hidden layers have eight times as many units", Search = "16..128 log", Source = "1024 in the paper, for pictures of 64 × 64; 64 suits digits")]
    public int Maps { get; init; } = 64;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override Module? Network => players;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages =>
    [
        new Stage("features", Pretraining) { Optimizer = new OptimizerChoice(OptimizerKind.Adam) { LearningRate = Rate, Anneals = false, WeightDecay = 0, Beta1 = 0.5 } },
        new Stage("classifier", 1 - Pretraining) { FreezesBackbone = true },
    ];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("gan-features", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("gan-features", "rate", Rate, 0);
        Require.AtLeast("gan-features", "code", Code, 1);
        Require.Within("gan-features", "maps", Maps, 8, MapsAtMost);
        players = new Players(context.Example.Features.Size(1), context.Network.Spec.InputShape, Code, Maps, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.FreezesBackbone
            ? [new Update(Task) { Moves = Parts.Head }]
            : [new Update(Discriminator) { Moves = Parts.Backbone.And(Parts.OwnPart(Players.ScoreName)) }, new Update(Loss) { Moves = Parts.OwnPart(Players.GeneratorName) }];
    }

    /// <summary>What the generator descends: its samples should be taken for real ones.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor made = players!.Generate(step, step.TargetInputs!.Size(0));
        return [new LossTerm("generator", LogisticGan.Deceive(players.Score(step.Activate(made, tracks: false).Features)))];
    }

    /// <summary>What the backbone and the score descend: samples of either domain are real, generated ones are not.</summary>
    private IReadOnlyList<LossTerm> Discriminator(TrainingStep step)
    {
        Tensor real = Tensor.Concatenate([step.Source.Features, step.Target.Features]), made;
        using (NoGrad.Begin())
            made = players!.Generate(step, real.Size(0));
        return [new LossTerm("discriminator", LogisticGan.Discriminate(players.Score(real), players.Score(step.Activate(made, tracks: false).Features)))];
    }

    /// <summary>The generator, and the score of the backbone's features.</summary>
    private sealed class Players : Module
    {
        public const string ScoreName = "score", GeneratorName = "generator";

        private readonly int code;
        private readonly Linear score;
        private readonly SampleGenerator generator;

        public Players(long features, IReadOnlyList<long> shape, int code, int maps, Generator values)
        {
            this.code = code;
            score = Add(ScoreName, new Linear(features, 1, values));
            generator = Add(GeneratorName, new SampleGenerator(code, shape, maps, values));
        }

        public override Tensor Forward(Tensor input) => Score(input);

        public Tensor Score(Tensor features) => score.Forward(features).Squeeze(1);

        /// <summary>G(z), z drawn evenly from −1 to 1, as in the paper's code.</summary>
        public Tensor Generate(TrainingStep step, long samples) => step.Forward(generator, Tensor.Uniform([samples, code], step.Noise, -1, 1));
    }
}
