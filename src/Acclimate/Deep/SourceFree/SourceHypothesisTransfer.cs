using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.SourceFree;

/// <summary>
/// SHOT: the source's classifier stays as it is, its hypothesis; the features of the target learn to fit it, by
/// predictions that are sure one by one and diverse together, and by pseudo-labels from clusters of the target. Liang,
/// Hu, Feng, "Do We Really Need to Access the Source Data? Source Hypothesis Transfer for Unsupervised Domain
/// Adaptation", ICML 2020: equations 1 and 2 (the source, with smoothed labels), 3 (information maximisation), 4 to 6
/// (the pseudo-labels) and 7 (the sum).
/// </summary>
/// <remarks>
/// The paper's network has a bottleneck with batch norm and a classifier whose weights are normalised; here the backbone
/// and the classifier are those that every method has, so that results compare. The released code also appends a 1 to
/// the features before clustering and clusters only classes that were predicted; the equations, and this, don't: a class
/// that no sample falls to in the first round keeps its first centroid.
/// </remarks>
[Method("shot", Family.Deep, LabelSetting.SourceFree,
    Title = "Source hypothesis transfer (SHOT)",
    Summary = "Trains on the source, then fits the target's features to the frozen classifier by information maximisation and clustered pseudo-labels.",
    Formula = "min_g E_t[H(δ(h(g(x))))] − H(E_t[δ(h(g(x)))]) − β E_t[log δ_ŷ(h(g(x)))],  ŷ = argmin_k d_cos(g(x), c_k)",
    Paper = "Liang, Hu, Feng: Do We Really Need to Access the Source Data? Source Hypothesis Transfer for Unsupervised Domain Adaptation, ICML 2020")]
public sealed class SourceHypothesisTransfer : Objective
{
    private PseudoLabels? labels;

    /// <summary>The share of the run's steps in which the source is learnt; the others adapt.</summary>
    [Option("pretraining", "the share of the steps that learn the source, 0 to 1; the others adapt", Search = "0.2..0.8", Source = "half and half; the released code trains the source for longer on digits, for about as long on objects")]
    public double Pretraining { get; init; } = 0.5;

    /// <summary>β, the weight of the pseudo-labels.</summary>
    [Option("beta", "the weight of the pseudo-labels' cross entropy, 0 or more", Search = "0.03..3 log", Source = "section 4.2 of the paper: 0.3, and 0.1 on its digits")]
    public double Beta { get; init; } = 0.3;

    /// <summary>How much of the label is spread over all classes while the source is learnt.</summary>
    [Option("smoothing", "the share of a source label that is spread over all classes, 0 to 1", Search = "0..0.3", Source = "0.1 in the paper")]
    public double Smoothing { get; init; } = 0.1;

    /// <summary>How often the pseudo-labels are worked out anew while adapting.</summary>
    [Option("refreshes", "how often the pseudo-labels are worked out while adapting, 1 or more, each by a pass over the target", Search = "3..30 log", Source = "15 in the released code")]
    public int Refreshes { get; init; } = 15;

    /// <inheritdoc/>
    public override Module? Network => labels;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source(Pretraining), Stage.Target(1 - Pretraining)];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("shot", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("shot", "beta", Beta, 0);
        Require.Within("shot", "smoothing", Smoothing, 0, 1);
        Require.AtLeast("shot", "refreshes", Refreshes, 1);
        labels = new PseudoLabels(context.TargetCount);
    }

    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (!stage.UsesSource && (info.Step == 0 || Round(info.Step) != Round(info.Step - 1)))
            labels!.Refresh(context);

        long Round(long step) => step * Refreshes / info.Steps;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return [stage.UsesSource ? new Update(Task) : new Update(Loss) { Moves = Parts.Backbone }];
    }

    /// <summary>Equations 1 and 2: cross entropy with smoothed labels.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Task(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return [new LossTerm("task", Functional.CrossEntropy(step.Source.Logits, step.Labels, smoothing: Smoothing))];
    }

    /// <summary>Equation 7.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor logits = step.Target.Logits;
        return
        [
            new LossTerm("entropy", SoftmaxEntropy.OfEach(logits)),
            new LossTerm("diversity", SoftmaxEntropy.OfMean(logits), -1),
            new LossTerm("pseudo", Functional.CrossEntropy(logits, labels!.Of(step.TargetIndices)), Beta),
        ];
    }

    /// <summary>The target's pseudo-labels, which a checkpoint keeps.</summary>
    private sealed class PseudoLabels : Module
    {
        private readonly Tensor labels;

        public PseudoLabels(int count) => labels = AddBuffer("labels", Tensor.Zeros([count], ScalarType.Int64));

        public override Tensor Forward(Tensor input) => throw new NotSupportedException("pseudo-labels compute nothing");

        public Tensor Of(IReadOnlyList<int> samples) => labels.IndexSelect(0, Tensor.From([.. samples.Select(static i => (long)i)]));

        public void Refresh(FitContext context)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor features = Tensor.Empty([labels.Size(0), context.Network.FeatureSize]);
            Tensor probabilities = Tensor.Empty([labels.Size(0), context.Network.Spec.Classes]);
            context.OverTarget((activations, samples) =>
            {
                // The batches come in the target's order, so that each fills the rows behind the one before it.
                features.Slice(0, samples[0], samples[0] + samples.Count).CopyInPlace(activations.Features);
                probabilities.Slice(0, samples[0], samples[0] + samples.Count).CopyInPlace(activations.Probabilities);
            });
            labels.CopyInPlace(Clusters.Labels(features, probabilities));
        }
    }
}
