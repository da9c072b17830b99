using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// WDGRL: a critic whose slope is held near 1 estimates the Wasserstein distance between the domains' features, which
/// the features descend. Shen, Qu, Zhang, Yu, "Wasserstein Distance Guided Representation Learning for Domain
/// Adaptation", AAAI 2018: the critic's loss and gradient penalty, the joint objective, and algorithm 1.
/// </summary>
/// <remarks>
/// The critic has one hidden layer, as the authors' code has, and an Adam of its own. The gradient is penalised at both domains'
/// features and at a random point between each pair of them. The paper has no ramp; but a critic of the first steps
/// knows nothing yet, so λ grows as in DANN unless asked otherwise. Two defaults were chosen by what the source and the
/// critic show on digits: with λ = 1 the source isn't learnt; with a critic rate of 1e-4 (the paper's, beside features
/// that move at 1e-4 too) the features outrun the critic, and its distance turns negative.
/// </remarks>
[Method("wdgrl", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Wasserstein distance guided representation learning",
    Summary = "Trains features between whose domains a critic finds a small Wasserstein distance.",
    Formula = "min_{F,C} E_s[−log C(F(x))_y] + λ_p W,  n times before: max_w W − γ E_ĥ[(‖∇f_w(ĥ)‖ − 1)²],  W = E_s[f_w(F(x))] − E_t[f_w(F(x))]",
    Paper = "Shen, Qu, Zhang, Yu: Wasserstein Distance Guided Representation Learning for Domain Adaptation, AAAI 2018")]
public sealed class WassersteinGuidedRepresentation : Objective
{
    private Sequential? critic;

    /// <summary>λ, the weight of the distance.</summary>
    [Option("lambda", "the weight of the distance at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "between the authors' code for Amazon reviews (1) and for digits (0.01)")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>γ, the weight of the gradient penalty.</summary>
    [Option("gamma", "the weight of the critic's gradient penalty, 0 or more", Search = "1..100 log", Source = "10 in the paper")]
    public double Gamma { get; init; } = 10;

    /// <summary>n, how often the critic descends in each step.</summary>
    [Option("repeats", "n, how often the critic descends in each step, 1 or more", Search = "1..10", Source = "5 in the paper")]
    public int Repeats { get; init; } = 5;

    /// <summary>α₁, the critic's learning rate; it doesn't fall.</summary>
    [Option("critic-rate", "the critic's learning rate (Adam), above 0", Search = "0.0001..0.01 log", Source = "the authors' code has 1e-4 for images and text, 1e-3 for its toy; here features move faster than theirs")]
    public double CriticRate { get; init; } = 1e-3;

    /// <summary>Units in the critic's hidden layer.</summary>
    [Option("hidden", "units in the critic's hidden layer, 1 or more", Search = "30..300 log", Source = "100 in the authors' code")]
    public int Hidden { get; init; } = 100;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how lambda grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016; the paper has constant")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => critic;

    /// <inheritdoc/>
    public override OptimizerChoice? OwnOptimizer => new(OptimizerKind.Adam) { LearningRate = CriticRate, Anneals = false, WeightDecay = 0 };

    /// <inheritdoc/>
    public override bool TakesNumbers => true;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("wdgrl", "lambda", Lambda, 0);
        Require.AtLeast("wdgrl", "gamma", Gamma, 0);
        Require.AtLeast("wdgrl", "repeats", Repeats, 1);
        Require.AtLeast("wdgrl", "critic-rate", CriticRate, double.Epsilon);
        Require.AtLeast("wdgrl", "hidden", Hidden, 1);
        critic = new Sequential(new Linear(context.Example.Features.Size(1), Hidden, context.Generator), new ReLU(), new Linear(Hidden, 1, context.Generator));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) =>
    [
        new Update(Criticise) { Moves = Parts.Own, Repeat = Repeats },
        new Update(step => [.. Task(step), .. Loss(step)]) { Moves = Parts.Network },
    ];

    /// <summary>λ_p W, which the features descend.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("wasserstein", Distance(step.Source.Features, step.Target.Features), Lambda * Ramp.At(step.Progress))];
    }

    /// <summary>E_ĥ[(‖∇f_w(ĥ)‖ − 1)²], which can itself be differentiated by the critic's parameters.</summary>
    /// <param name="points">ĥ, one a row.</param>
    internal Tensor Penalty(Tensor points)
    {
        Tensor at = points.Detach().WithGrad();
        Tensor slopes = Tensor.Gradients(critic!.Forward(at).Sum(), [at], createGraph: true)[0]!;
        return (slopes.Norm(1) - 1).Square().Mean();
    }

    /// <summary>What the critic descends, on features that stand still: −W + γ times the penalty.</summary>
    private IReadOnlyList<LossTerm> Criticise(TrainingStep step)
    {
        Tensor source = step.Source.Features.Detach(), target = step.Target.Features.Detach();
        return
        [
            new LossTerm("critic", Distance(source, target), -1),
            new LossTerm("penalty", Penalty(Tensor.Concatenate([source, target, Between(source, target, step.Noise)])), Gamma),
        ];
    }

    private Tensor Distance(Tensor source, Tensor target) => critic!.Forward(source).Mean() - critic.Forward(target).Mean();

    /// <summary>A random point on the line between each pair of samples; the larger batch's surplus has no partner.</summary>
    private static Tensor Between(Tensor source, Tensor target, Generator noise)
    {
        long pairs = Math.Min(source.Size(0), target.Size(0));
        Tensor from = target.Slice(0, 0, pairs), to = source.Slice(0, 0, pairs);
        return from + (Tensor.Uniform([pairs, 1], noise, type: source.Type) * (to - from));
    }
}
