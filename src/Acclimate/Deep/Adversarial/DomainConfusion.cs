using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// Domain confusion and soft labels: a domain classifier and features that leave it undecided, in turns; and the few
/// labelled target samples learn, beside their class, how alike the source's classes looked. Tzeng, Hoffman, Darrell,
/// Saenko, "Simultaneous Deep Transfer Across Domains and Tasks", ICCV 2015: equations 1 (the sum), 2 (the classes), 3 and
/// 4 (domains and confusion), 5 to 8 (the turns) and 9 (soft labels).
/// </summary>
/// <remarks>
/// The soft labels are those of the network that has learnt the source, worked out once over all of it before adapting,
/// as in the paper. A class without a source sample has its one-hot label.
/// </remarks>
[Method("domain-confusion", Family.Deep, LabelSetting.FewTargetLabels,
    Title = "Simultaneous transfer across domains and tasks (domain confusion, soft labels)",
    Summary = "Features that leave a domain classifier undecided, and soft labels by which a few target labels teach how classes are alike.",
    Formula = "min_C L_C + λ L_conf + ν L_soft and min_D L_D in turns,  L_conf = −Σ_d ½ log q_d(x),  L_soft = −Σ_k l_k^(y) log softmax_k(f(x)/τ),  l^(y) = E_s[softmax(f(x)/τ) | y]",
    Paper = "Tzeng, Hoffman, Darrell, Saenko: Simultaneous Deep Transfer Across Domains and Tasks, ICCV 2015")]
public sealed class DomainConfusion : Objective
{
    private DomainsAndTasks? own;

    /// <summary>The share of the run's steps in which the source is learnt; the others adapt.</summary>
    [Option("pretraining", "the share of the steps that learn the source before the soft labels are taken, 0 to 1", Search = "0.1..0.7", Source = "the paper takes them from a network trained on the source; its share is chosen here")]
    public double Pretraining { get; init; } = 0.3;

    /// <summary>λ, the weight of the confusion.</summary>
    [Option("lambda", "the weight of the domain confusion, 0 or more", Search = "0.001..0.1 log", Source = "0.01 in section 5 of the paper")]
    public double Lambda { get; init; } = 0.01;

    /// <summary>ν, the weight of the soft labels.</summary>
    [Option("nu", "the weight of the soft labels, 0 or more", Search = "0.01..1 log", Source = "0.1 in section 5 of the paper")]
    public double Nu { get; init; } = 0.1;

    /// <summary>τ, what scores are divided by before the softmax.</summary>
    [Option("temperature", "what scores are divided by before the softmax of soft labels, above 0: above 1 softens", Search = "1..10 log", Source = "2 in section 5 of the paper")]
    public double Temperature { get; init; } = 2;

    /// <summary>How λ grows over the run.</summary>
    [Option("ramp", "how the confusion's weight grows: sigmoid from 0 to its full value, or constant", Source = "constant in the paper; the source is learnt before")]
    public Ramp Ramp { get; init; } = Ramp.Constant;

    /// <inheritdoc/>
    public override Module? Network => own;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source(Pretraining), Stage.Adapt with { Share = 1 - Pretraining }];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("domain-confusion", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("domain-confusion", "lambda", Lambda, 0);
        Require.AtLeast("domain-confusion", "nu", Nu, 0);
        Require.AtLeast("domain-confusion", "temperature", Temperature, 1e-3);
        own = new DomainsAndTasks(context.Example.Features.Size(1), context.Example.Logits.Size(1), context.Generator);
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.UsesTarget)
            own!.TakeSoftLabels(context, Temperature);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.UsesTarget
            ? [new Update(Domains) { Moves = Parts.Own }, new Update(step => [.. Task(step), .. Loss(step)]) { Moves = Parts.Network }]
            : base.Updates(stage);
    }

    /// <summary>L_conf (equation 4): the cross entropy of a coin's toss and what the domain classifier says. L_soft (equation 9).</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor confusion = (Undecided(step.Source.Features) + Undecided(step.Target.Features)) / 2;
        return [new LossTerm("confusion", confusion, Lambda * Ramp.At(step.Progress)), .. Soft(step)];

        Tensor Undecided(Tensor features) => -Functional.LogSoftmax(own!.Domains.Forward(features), 1).Mean();
    }

    /// <summary>L_D (equation 3): which domain the features are of, each domain weighing half.</summary>
    private IReadOnlyList<LossTerm> Domains(TrainingStep step)
    {
        return [new LossTerm("domain", (Of(step.Source.Features, 0) + Of(step.Target.Features, 1)) / 2)];

        Tensor Of(Tensor features, int domain) => -Functional.LogSoftmax(own!.Domains.Forward(features.Detach()), 1).Select(1, domain).Mean();
    }

    /// <summary>L_soft (equation 9), where there are labelled target samples.</summary>
    private IReadOnlyList<LossTerm> Soft(TrainingStep step)
    {
        if (step.KnownLabels is not { } labels)
            return [];
        Tensor log = Functional.LogSoftmax(step.Known.Logits / Temperature, 1);
        return [new LossTerm("soft", -(own!.SoftLabels.IndexSelect(0, labels) * log).Sum(1).Mean(), Nu)];
    }

    /// <summary>The domain classifier θ_D, linear as in the paper, and the soft labels: classes × classes.</summary>
    private sealed class DomainsAndTasks : Module
    {
        public DomainsAndTasks(long features, long classes, Generator generator)
        {
            Domains = Add("domains", new Linear(features, 2, generator));
            SoftLabels = AddBuffer("soft_labels", Tensor.Eye(classes));
        }

        public Linear Domains { get; }

        public Tensor SoftLabels { get; }

        public override Tensor Forward(Tensor input) => Domains.Forward(input);

        /// <summary>l^(k): the mean over the source samples of class k of the softened softmax.</summary>
        public void TakeSoftLabels(FitContext context, double temperature)
        {
            using NoGrad noGrad = NoGrad.Begin();
            using TensorScope scope = TensorScope.Begin();
            long classes = SoftLabels.Size(0);
            Tensor sums = Tensor.Zeros([classes, classes]), counts = Tensor.Zeros([classes, 1]);
            context.OverSource((activations, labels) =>
            {
                Tensor members = labels.OneHot(classes).To(ScalarType.Float32).T;
                sums.AddInPlace(members.MatMul(Functional.Softmax(activations.Logits / temperature, 1)));
                counts.AddInPlace(members.Sum(1, keep: true));
            });
            SoftLabels.CopyInPlace(counts.GreaterThan(0).Where(sums / counts.Clamp(low: 1), Tensor.Eye(classes)));
        }
    }
}
