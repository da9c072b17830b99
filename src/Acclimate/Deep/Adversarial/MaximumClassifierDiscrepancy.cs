using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// MCD: two classifiers of the source learn to differ on the target as far as they can, and the features learn to leave
/// them no room to. Saito, Watanabe, Ushiku, Harada, "Maximum Classifier Discrepancy for Unsupervised Domain
/// Adaptation", CVPR 2018: equations 2 and 3 and steps A to C of section 3.3.
/// </summary>
/// <remarks>
/// The network's head is the first classifier, and the one in use; the second has the same form and first values of its
/// own. Steps A and B see both domains, step C the target alone.
/// </remarks>
[Method("mcd", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Maximum classifier discrepancy",
    Summary = "Trains features on which two classifiers of the source can't differ on the target.",
    Formula = "A: min_{G,F₁,F₂} L(X_s, Y_s);  B: min_{F₁,F₂} L(X_s, Y_s) − d(X_t);  C, n times: min_G d(X_t);  d = E_t[Σ_k |p₁(k|x) − p₂(k|x)|] / K",
    Paper = "Saito, Watanabe, Ushiku, Harada: Maximum Classifier Discrepancy for Unsupervised Domain Adaptation, CVPR 2018")]
public sealed class MaximumClassifierDiscrepancy : Objective
{
    private Linear? second;

    /// <summary>n, how often the features descend the discrepancy in each step.</summary>
    [Option("repeats", "n, how often the features descend the discrepancy in each step, 1 or more", Search = "2..4", Source = "4 in the paper (section 4.2, from 2 to 4)")]
    public int Repeats { get; init; } = 4;

    /// <summary>What the discrepancy is multiplied by in steps B and C.</summary>
    [Option("lambda", "what the discrepancy is multiplied by, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <inheritdoc/>
    public override Module? Network => second;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("mcd", "repeats", Repeats, 1);
        Require.AtLeast("mcd", "lambda", Lambda, 0);
        second = new Linear(context.Example.Features.Size(1), context.Example.Logits.Size(1), context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) =>
    [
        new Update(Task),
        new Update(Differ) { Moves = Parts.Head.And(Parts.Own) },
        new Update(Loss) { Moves = Parts.Backbone, Repeat = Repeats },
    ];

    /// <summary>Step A: the cross entropy of both classifiers on the source, and on the labelled target batch where there is one.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [.. base.Task(step), .. SecondTask(step, step.Source.Features, step.KnownLabels is null ? null : step.Known.Features)];
    }

    /// <summary>Step C: the classifiers' discrepancy on the target, which the features descend.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Activations target = step.Activate(step.TargetInputs!);
        return [new LossTerm("discrepancy", Discrepancy(target.Logits, step.Forward(second!, target.Features)), Lambda)];
    }

    /// <summary>Step B: both classifiers keep the source and ascend their discrepancy on the target; the features stand still.</summary>
    private IReadOnlyList<LossTerm> Differ(TrainingStep step)
    {
        Tensor source, target;
        Tensor? known;
        using (NoGrad.Begin())
        {
            source = step.Source.Features.Detach();
            target = step.Target.Features.Detach();
            known = step.KnownLabels is null ? null : step.Known.Features.Detach();
        }

        Module first = step.Network.Head;
        return
        [
            new LossTerm("task", Functional.CrossEntropy(step.Forward(first, source), step.Labels)),
            .. known is null ? (LossTerm[])[] : [new LossTerm("task.target", Functional.CrossEntropy(step.Forward(first, known), step.KnownLabels!))],
            .. SecondTask(step, source, known),
            new LossTerm("discrepancy.ascended", Discrepancy(step.Forward(first, target), step.Forward(second!, target)), -Lambda),
        ];
    }

    private IEnumerable<LossTerm> SecondTask(TrainingStep step, Tensor source, Tensor? known)
    {
        yield return new LossTerm("task.second", Functional.CrossEntropy(step.Forward(second!, source), step.Labels));
        if (known is not null)
            yield return new LossTerm("task.second.target", Functional.CrossEntropy(step.Forward(second!, known), step.KnownLabels!));
    }

    /// <summary>d: the mean absolute difference of two classifiers' probabilities.</summary>
    private static Tensor Discrepancy(Tensor first, Tensor second) =>
        (Functional.Softmax(first, 1) - Functional.Softmax(second, 1)).Abs().Mean();
}
