using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// Knowledge distillation: the network learns the labels, and what a teacher says of the same inputs; a teacher's second and third
/// choices tell more of a sample than its label does. Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network",
/// 2015: section 2. With hints, the teacher's inner layers as well: Romero et al., "FitNets: Hints for Thin Deep Nets", ICLR 2015.
/// </summary>
/// <remarks>
/// <para><c>teacher</c> names the folder of a saved model that tells the same classes apart; it may be of another network. It sees the very inputs
/// that the network sees, so it should have been trained on inputs prepared in the same way: a run with other normalisation would get answers to other
/// questions. It is used as in use, without gradients, and its classes are put in this run's order.</para>
/// <para>Without a teacher the network is its own, in the manner of born-again networks (Furlanello et al., ICML 2018): for the first stage
/// it learns by the labels; what it is then becomes the teacher, and the network goes back to where it started and learns from both.</para>
/// </remarks>
[Method("distil", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Knowledge distillation",
    Summary = "Learns the labels and a teacher's softened answers: a saved model's, or its own after a first round.",
    Formula = "min_w (1 − λ) E[−log p(y|x)] + λ T² E KL(p_t(·|x; T) ‖ p(·|x; T)) + μ Σ_l mean (r_l(FM_l) − FM_{t,l})²,  p(·; T) = softmax(logits/T)",
    Paper = "Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, NIPS workshop 2014; Furlanello, Lipton, Tschannen, Itti, Anandkumar: Born-Again Neural Networks, ICML 2018; Romero et al.: FitNets, ICLR 2015")]
public sealed class KnowledgeDistillation : ParameterTransfer
{
    /// <summary>What <see cref="Teacher"/> says where the network is its own.</summary>
    public const string Itself = "itself";

    private const string FirstRound = "teacher";

    private Classroom? classroom;

    /// <summary>The folder of the teacher's model, or <see cref="Itself"/>.</summary>
    [Option("teacher", "the folder of a saved model that tells the same classes apart; or itself: the network after a first round becomes the teacher of a second", Search = "fixed", Source = "itself: Furlanello et al., ICML 2018")]
    public string Teacher { get; init; } = Itself;

    /// <summary>T, the temperature.</summary>
    [Option("temperature", "what both networks' logits are divided by, above 0: the higher, the more the unlikely classes tell", Search = "1..20 log", Source = "4, as in the comparison of Tian et al., ICLR 2020; from 1 to 20 in the paper")]
    public double Temperature { get; init; } = 4;

    /// <summary>λ, the teacher's part of the loss.</summary>
    [Option("lambda", "the teacher's part of the loss, 0 to 1; the labels have the rest", Search = "0.1..1", Source = "0.9 in Tian et al., ICLR 2020; the paper gives the labels a considerably lower weight")]
    public double Lambda { get; init; } = 0.9;

    /// <summary>The share of the run's steps in which the network becomes its own teacher.</summary>
    [Option("first-round", "with teacher=itself, the share of the steps of the first round, 0 to 1", Search = "0.2..0.8", When = "teacher=itself", Source = "half: both rounds alike")]
    public double Round { get; init; } = 0.5;

    /// <summary>Stages whose outputs are to come near the teacher's.</summary>
    [Option("hints", "stages whose outputs are to come near the teacher's by a layer that is learnt between them, with commas between; student=teacher where their names differ; none for none", Search = "fixed", Source = "none in Hinton et al.; one in the middle in FitNets")]
    public IReadOnlyList<string> Hints { get; init; } = [];

    /// <summary>μ, the weight of the hints.</summary>
    [Option("hint-weight", "the weight of the hints, 0 or more", Search = "fixed", Source = "FitNets learn them in a stage of their own, without a weight")]
    public double HintWeight { get; init; } = 1;

    /// <summary>Whether the inputs themselves go to a teacher that is another network.</summary>
    public override bool NeedsInputs => Teacher != Itself;

    /// <inheritdoc/>
    public override Module? Network => classroom;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => Teacher == Itself
        ? [Stage.Source(Round) with { Name = FirstRound }, Stage.Source(1 - Round) with { Name = "student" }]
        : [Stage.Source() with { Name = "student" }];

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The teacher's folder holds no model, or a damaged one.</exception>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Above("distil", "temperature", Temperature, 0);
        Require.Within("distil", "lambda", Lambda, 0, 1);
        Require.Within("distil", "first-round", Round, 0, 1);
        Require.AtLeast("distil", "hint-weight", HintWeight, 0);
        ClassifierNetwork? first = Teacher == Itself ? context.Network.Copy() : null;
        ClassifierNetwork teacher = first?.Copy() ?? TeacherModel.Load(Teacher, context);
        classroom = new Classroom(teacher, first);
        classroom.Hints.Build(Hints, context, teacher, first is null ? null : context.Example);
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.Name == FirstRound || classroom!.First is not { } first)
            return;
        classroom.Teacher.LoadState(context.Network.NamedState().ToDictionary());
        context.Network.LoadState(first.NamedState().ToDictionary());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.Name == FirstRound ? [new Update(Task)] : [new Update(step => [.. Task(step).Select(term => term with { Weight = 1 - Lambda }), .. Loss(step)])];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Activations taught = classroom!.Ask(step);
        LossTerm teacher = new("teacher", Divergence(taught.Logits, step.Source.Logits, Temperature), Lambda * Temperature * Temperature);
        return classroom.Hints.Any ? [teacher, new LossTerm("hints", classroom.Hints.Distance(step.Source, taught), HintWeight)] : [teacher];
    }

    /// <summary>KL(softmax(teacher/T) ‖ softmax(student/T)), averaged over the samples.</summary>
    internal static Tensor Divergence(Tensor teacher, Tensor student, double temperature)
    {
        Tensor wanted = Functional.LogSoftmax(teacher / temperature, 1);
        return (wanted.Exp() * (wanted - Functional.LogSoftmax(student / temperature, 1))).Sum(1).Mean();
    }

    /// <summary>The teacher, where a network that is its own started, and the hints.</summary>
    private sealed class Classroom : Module
    {
        public Classroom(ClassifierNetwork teacher, ClassifierNetwork? first)
        {
            Teacher = Add("teacher", teacher);
            First = first is null ? null : Add("first", first);
            Hints = Add("hints", new HintLayers());
            Teacher.Freeze();
            First?.Freeze();
        }

        public ClassifierNetwork Teacher { get; }

        public ClassifierNetwork? First { get; }

        public HintLayers Hints { get; }

        public override Tensor Forward(Tensor input) => Teacher.Forward(input);

        public Activations Ask(TrainingStep step)
        {
            using NoGrad noGrad = NoGrad.Begin();
            return step.Activate(Teacher, step.SourceInputs!);
        }
    }
}
