using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;

namespace Acclimate.Deep.PartialOpen;

/// <summary>
/// IWAN: a first discriminator finds out which source samples look like none of the target; a second one, which weighs
/// these low, is what the target's features learn to deceive. Zhang, Ding, Li, Ogunbona, "Importance Weighted Adversarial
/// Nets for Partial Domain Adaptation", CVPR 2018, section 4: D descends its loss alone, w(z) = (1 − D(z)) / E_s[1 − D(z)]
/// is a constant to what follows, D₀ is weighted by it on the source, and the entropy of the target's predictions is descended.
/// </summary>
/// <remarks>
/// As in the paper there are two feature extractors: the first stage trains features and classifier on the source, and the
/// second keeps a frozen copy of the features for the source, F_s, while the network's own, F_t, start from the same values
/// and move for the target; the classifier stays. The stages share the steps evenly. F_t sees target batches alone, so that
/// its batch norm is the target's.
/// </remarks>
[Method("iwan", Family.Deep, LabelSetting.UnsupervisedTarget,
    Classes = ClassSets.Partial,
    Title = "Importance weighted adversarial nets",
    Summary = "Moves the target's features to where those source samples lie which a discriminator finds like the target's.",
    Formula = "min_{F_s,C} L_s;  then min_{F_t} max_{D₀} λ_p (E_s[w log D₀(F_s(x))] + E_t[log(1 − D₀(F_t(x)))]) + γ E_t[H(C(F_t(x)))],  w = (1 − D(F_s(x))) / E_s[1 − D(F_s(x))]",
    Paper = "Zhang, Ding, Li, Ogunbona: Importance Weighted Adversarial Nets for Partial Domain Adaptation, CVPR 2018")]
public sealed class ImportanceWeightedNetwork : Objective
{
    private Adversaries? adversaries;

    /// <summary>Units in each of a discriminator's two hidden layers.</summary>
    [Option("hidden", "units in each of the discriminators' two hidden layers, 1 or more", Search = "64..1024 log", Source = "as dann; 1024 in the paper, for AlexNet")]
    public int Hidden { get; init; } = 256;

    /// <summary>λ, what the target features' reversed gradient is multiplied by at the end.</summary>
    [Option("lambda", "what the reversed gradient is multiplied by at the end of the ramp, 0 or more", Search = "0.01..1 log", Source = "the paper's upper bound u = 0.1")]
    public double Lambda { get; init; } = 0.1;

    /// <summary>How λ grows over the second stage.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "the paper's is a flatter sigmoid, which ends at about half of u")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <summary>γ, the weight of the entropy of the target's predictions.</summary>
    [Option("gamma", "the weight of the entropy of the target's predictions, 0 or more", Search = "0.01..1 log", Source = "as λ; the paper has rows with the term and with gamma=0")]
    public double Gamma { get; init; } = 0.1;

    /// <inheritdoc/>
    public override Module? Network => adversaries;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source(), Stage.Adapt];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("iwan", "hidden", Hidden, 1);
        Require.AtLeast("iwan", "lambda", Lambda, 0);
        Require.AtLeast("iwan", "gamma", Gamma, 0);
        adversaries = new Adversaries(context.Network.Copy(), Hidden, context.Generator);
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.UsesTarget)
            adversaries!.Source.LoadState(context.Network.NamedState().ToDictionary());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.UsesTarget ? [new Update(Loss) { Moves = Parts.Backbone.And(Parts.Own) }] : base.Updates(stage);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor source = OfSource(step);
        Tensor inputs = step.TargetInputs!;
        long count = inputs.Size(0);
        Activations all = step.Activate(step.KnownInputs is { } known ? Tensor.Concatenate([inputs, known]) : inputs);
        Activations target = all.Slice(0, count);
        Tensor weights = Importance(adversaries!.First.Forward(source).Detach());

        return [
            new LossTerm("domain.first", adversaries.First.Loss(source, target.Features.Detach(), reversal: 0)),
            new LossTerm("domain", adversaries.Second.Loss(source, target.Features, Lambda * Ramp.At(step.Progress), weights)),
            new LossTerm("entropy", SoftmaxEntropy.OfEach(target.Logits), Gamma),
            .. step.KnownLabels is { } labels
                ? [new LossTerm("task.target", Functional.CrossEntropy(all.Slice(count, count + labels.Size(0)).Logits, labels))]
                : (LossTerm[])[],
        ];
    }

    /// <summary>
    /// w = (1 − D) / mean(1 − D) of the scores log D − log(1 − D): n times the softmax of log(1 − D), which stays sound
    /// where every 1 − D is nearly 0.
    /// </summary>
    internal static Tensor Importance(Tensor scores)
    {
        Tensor logOfRest = -(scores.Relu() + (-scores.Abs()).Exp().Log1p());
        return Functional.Softmax(logOfRest, 0) * scores.Count;
    }

    /// <summary>F_s(x_s).</summary>
    private Tensor OfSource(TrainingStep step)
    {
        using NoGrad noGrad = NoGrad.Begin();
        return step.Activate(adversaries!.Source, step.SourceInputs!).Features;
    }

    /// <summary>The frozen network of the source, the discriminator that weighs, and the one that is deceived.</summary>
    private sealed class Adversaries : Module
    {
        public Adversaries(ClassifierNetwork source, int hidden, Generator generator)
        {
            Source = Add("source", source);
            Source.Freeze();
            First = Add("first", new DomainDiscriminator(source.FeatureSize, hidden, generator));
            Second = Add("second", new DomainDiscriminator(source.FeatureSize, hidden, generator));
        }

        public ClassifierNetwork Source { get; }

        public DomainDiscriminator First { get; }

        public DomainDiscriminator Second { get; }

        public override Tensor Forward(Tensor input) => Second.Forward(input);
    }
}
