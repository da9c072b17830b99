using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>
/// Mean teacher: on the target the network should say of one view what its teacher says of another; the teacher's weights are a moving average of
/// the network's, and it is the teacher that comes out. Tarvainen, Valpola, "Mean teachers are better role models", NIPS 2017 (equations 1 and 2); for domain
/// adaptation French, Mackiewicz, Fisher, "Self-ensembling for visual domain adaptation", ICLR 2018 (section 3: consistency on the target alone, a confidence
/// threshold in place of the ramp).
/// </summary>
/// <remarks>
/// The teacher's batch norm sees target batches alone, as in French et al.; its running statistics are what the model normalises by. Both see random views
/// of the samples (<see cref="Views.Weak"/>). α_t = min(1 − 1/(t + 1), α), as in Tarvainen's released code, so that first values don't linger.
/// </remarks>
[Method("mean-teacher", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Mean teacher (self-ensembling)",
    Summary = "Learns on the target to agree with a moving average of itself over random views of the samples; the average is the model.",
    Formula = "min E_s[−log p_θ(y|x)] + λ(p) E_t[(1/C)‖p_θ(·|ξ(x)) − p_θ′(·|ξ′(x))‖²],  θ′ ← αθ′ + (1 − α)θ",
    Paper = "Tarvainen, Valpola: Mean teachers are better role models, NIPS 2017; French, Mackiewicz, Fisher: Self-ensembling for visual domain adaptation, ICLR 2018")]
public sealed class MeanTeacher : Objective
{
    private ClassifierNetwork? teacher;

    /// <summary>α, how much of the teacher stays at each step.</summary>
    [Option("alpha", "how much of the teacher stays at each step, 0 to 1", Search = "0.9..0.999", Source = "0.99 in French et al.; 0.99, later 0.999 in Tarvainen and Valpola")]
    public double Alpha { get; init; } = 0.99;

    /// <summary>λ, the weight of agreeing with the teacher.</summary>
    [Option("lambda", "the weight of agreeing with the teacher, 0 or more", Search = "0.3..30 log", Source = "3 in French et al.'s released code")]
    public double Lambda { get; init; } = 3;

    /// <summary>The share of the run over which λ grows from 0, as exp(−5(1 − p/r)²).</summary>
    [Option("ramp-up", "the share of the run over which the weight grows to its full value, 0 to 1", Search = "0..1", Source = "40,000 of 150,000 steps in Tarvainen and Valpola")]
    public double RampUp { get; init; } = 0.27;

    /// <summary>The least probability of the teacher's first class for a sample to count.</summary>
    [Option("threshold", "the least probability of the teacher's first class for a sample to count, 0 to 1", Search = "0..0.99", Source = "0 in Tarvainen and Valpola; 0.968 in French et al., who then leave out the ramp")]
    public double Threshold { get; init; }

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <summary>It is the teacher that comes out.</summary>
    public override bool FinishMakesModel => true;

    /// <inheritdoc/>
    public override Module? Network => teacher;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("mean-teacher", "alpha", Alpha, 0, 1);
        Require.AtLeast("mean-teacher", "lambda", Lambda, 0);
        Require.Within("mean-teacher", "ramp-up", RampUp, 0, 1);
        Require.Within("mean-teacher", "threshold", Threshold, 0, 1);
        teacher = context.Network.Copy();
        foreach ((_, Tensor parameter) in teacher.NamedParameters())
            parameter.WithGrad(false);
    }

    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Follow(context.Network, Math.Min(1 - (1.0 / (info.Step + 1)), Alpha));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) => [new Update(step =>
    {
        TrainingStep views = step.With(Views.Weak(step.SourceInputs!, step.Noise), Views.Weak(step.TargetInputs!, step.Noise));
        Tensor said = Said(step, Views.Weak(step.TargetInputs!, step.Noise));
        (Tensor apart, Tensor sure) = Consistency(views.Target.Probabilities, said, Threshold);
        return [.. Task(views), new LossTerm("consistency", apart, Lambda * WeightAt(step.Progress)), new LossTerm("confident", sure, 0)];
    })];

    /// <summary>Nothing beside the consistency, which needs views of the samples; see <see cref="Updates"/>.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => [];

    /// <inheritdoc/>
    public override void Finish(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Follow(context.Network, Alpha);
        context.Network.LoadState(teacher!.NamedState().ToDictionary());
    }

    /// <summary>The share of λ in force at progress p: exp(−5(1 − p/r)²), 1 from r on.</summary>
    /// <param name="progress">p, from 0 to 1.</param>
    public double WeightAt(double progress) => progress >= RampUp ? 1 : Math.Exp(-5 * Math.Pow(1 - (progress / RampUp), 2));

    /// <summary>The mean over samples and classes of (p − q)², 0 for samples of which the teacher is not sure; and the share of those that count.</summary>
    /// <param name="student">p: [n, C].</param>
    /// <param name="said">q, the teacher's: [n, C].</param>
    /// <param name="threshold">The least probability of the teacher's first class.</param>
    internal static (Tensor Apart, Tensor Sure) Consistency(Tensor student, Tensor said, double threshold)
    {
        Tensor sure = said.Max(1).LessThan(threshold).Not().To(student.Type);
        return (((student - said).Square().Mean(1) * sure).Mean(), sure.Mean());
    }

    private Tensor Said(TrainingStep step, Tensor view)
    {
        using NoGrad noGrad = NoGrad.Begin();
        return step.Activate(teacher!, view).Probabilities;
    }

    /// <summary>θ′ ← αθ′ + (1 − α)θ; all of the network's state, running statistics too, at first.</summary>
    private void Follow(ClassifierNetwork student, double alpha)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        if (alpha == 0)
            teacher!.LoadState(student.NamedState().ToDictionary());
        foreach (((_, Tensor mean), (_, Tensor now)) in teacher!.NamedParameters().Zip(student.NamedParameters()))
        {
            // By the difference, so that what the student keeps stays as it is to the bit.
            mean.AddInPlace(now - mean, 1 - alpha);
        }
    }
}
