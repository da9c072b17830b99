using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Predictions;

/// <summary>
/// Self-training in FixMatch's way: what the network says of a weak view of a target sample, where it is sure enough,
/// is the label to learn from a strong view of it. Sohn et al., "FixMatch: Simplifying Semi-Supervised Learning with
/// Consistency and Confidence", NeurIPS 2020: equation 4 (the loss). Made for few labels of the same domain, it is used here
/// for adaptation: the labelled samples are the source's, the unlabelled ones the target's.
/// </summary>
/// <remarks>
/// <para>Across domains the threshold alone is no safeguard: what is sure first may be one class, which then takes the
/// others' samples, until every target sample is of it with certainty. Two things that the paper has as extensions, or
/// leaves out as needless within one domain, are therefore on unless they are turned off: the alignment of the target's mean
/// prediction with the source's class shares (as in its descendant for adaptation: Berthelot et al., "AdaMatch", ICLR 2022), and a ramp.</para>
/// <para>Source and target, in a weak view, and the target's strong view go through the network in one batch, as in the
/// paper. The strong view is that of <see cref="Views"/>: every distortion by a random extent, in place of two that are
/// drawn from a list (RandAugment); no mirroring, as digits have handedness.</para>
/// </remarks>
[Method("self-training", Family.Deep, LabelSetting.UnsupervisedTarget,
    Title = "Self-training with confidence (FixMatch)",
    Summary = "Learns from its own sure predictions on the target, under strong distortions of the samples.",
    Formula = "min E_s[−log p(y|α(x))] + λ_u E_t[1(max q ≥ τ) (−log p(argmax q | A(x)))],  q = p(·|α(x)) without gradient, α weak, A strong",
    Paper = "Sohn, Berthelot, Li, Zhang, Carlini, Cubuk, Kurakin, Zhang, Raffel: FixMatch: Simplifying Semi-Supervised Learning with Consistency and Confidence, NeurIPS 2020")]
public sealed class SelfTraining : Objective
{
    private ClassShares? shares;

    /// <summary>τ, the least probability of a pseudo-label.</summary>
    [Option("threshold", "the least probability of a label to learn from, 0 to 1", Search = "0.5..0.99", Source = "0.95 in the paper")]
    public double Threshold { get; init; } = 0.95;

    /// <summary>λ_u, the weight of the target's loss.</summary>
    [Option("lambda", "the weight of the target's loss, 0 or more", Search = "0.1..10 log", Source = "1 in the paper")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ_u grows over the run.</summary>
    [Option("ramp", "how the weight grows: sigmoid from 0 to its full value, or constant", Source = "constant in the paper, whose labelled and unlabelled samples are of one domain; the first sure predictions on another domain are often wrong")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <summary>What the extents of the strong view are multiplied by.</summary>
    [Option("strength", "how strong the strong view is: what its extents are multiplied by, 0 or more", Search = "0.3..2", Source = "1: rotation by 15°, scale and shear by 15 %, and so on")]
    public double Strength { get; init; } = 1;

    /// <summary>Whether predictions on the target are brought to the source's class shares before they are used.</summary>
    [Option("align", "whether labels are taken after bringing the target's mean prediction to the source's class shares: right only where the domains have like class sizes",
        Source = "on, as in AdaMatch (Berthelot et al., ICLR 2022); in FixMatch an extension, from ReMixMatch (Berthelot et al., ICLR 2020)")]
    public bool Align { get; init; } = true;

    /// <inheritdoc/>
    public override bool NeedsInputs => true;

    /// <inheritdoc/>
    public override Module? Network => shares;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("self-training", "threshold", Threshold, 0, 1);
        Require.AtLeast("self-training", "lambda", Lambda, 0);
        Require.AtLeast("self-training", "strength", Strength, 0);
        shares = Align ? new ClassShares(context.Example.Logits.Size(1)) : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) => [new Update(step =>
    {
        TrainingStep views = OfViews(step);
        return [.. Task(views), .. Loss(views)];
    })];

    /// <summary>The target's loss of a step whose target batch holds the weak views, and then the strong views of the same samples.</summary>
    /// <param name="step">The step.</param>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor logits = step.Target.Logits;
        long samples = logits.Size(0) / 2;
        Tensor q = Functional.Softmax(logits.Slice(0, 0, samples).Detach(), 1);
        if (shares is not null)
            q = shares.Align(q, step.Labels);
        (Tensor labels, Tensor sure) = PseudoLabels(q);
        Tensor loss = (Functional.CrossEntropy(logits.Slice(0, samples, 2 * samples), labels, reduction: Reduction.None) * sure).Mean();
        return [new LossTerm("pseudo-labels", loss, Lambda * Ramp.At(step.Progress)), new LossTerm("confident", sure.Mean(), 0)];
    }

    /// <summary>The most probable class of each sample, and 1 where its probability reaches τ, else 0.</summary>
    private (Tensor Labels, Tensor Sure) PseudoLabels(Tensor q) =>
        (q.ArgMax(1), q.Max(1).LessThan(Threshold).Not().To(q.Type));

    private TrainingStep OfViews(TrainingStep step)
    {
        Tensor target = step.TargetInputs!;
        Tensor weak = Views.Weak(target, step.Noise), strong = Views.Strong(target, step.Noise, Strength);
        return step.With(Views.Weak(step.SourceInputs!, step.Noise), Tensor.Concatenate([weak, strong]), known: true);
    }

    /// <summary>
    /// The classes' shares in the source's labels and in the target's predictions, as moving means over about a hundred
    /// steps. Buffers, so that a checkpoint keeps them.
    /// </summary>
    private sealed class ClassShares : Module
    {
        private const double Momentum = 0.01;

        /// <summary>Keeps the quotient of shares finite where a class was never predicted.</summary>
        private const double Least = 1e-6;

        private readonly Tensor source;
        private readonly Tensor target;

        public ClassShares(long classes)
        {
            source = AddBuffer("source", Tensor.Full([classes], 1.0 / classes));
            target = AddBuffer("target", Tensor.Full([classes], 1.0 / classes));
        }

        public override Tensor Forward(Tensor input) => input.Alias();

        /// <summary>q · p(y)/p̃(y), its rows summing to 1, after both means have moved on.</summary>
        public Tensor Align(Tensor q, Tensor labels)
        {
            using NoGrad noGrad = NoGrad.Begin();
            Move(source, labels.OneHot(q.Size(1)).To(source.Type).Mean(0));
            Move(target, q.Mean(0).To(target.Type));
            Tensor aligned = q * (source / target.Clamp(low: Least)).To(q.Type);
            return aligned / aligned.Sum(1, keep: true).Clamp(low: Least);
        }

        private static void Move(Tensor mean, Tensor now)
        {
            mean.MulInPlace(1 - Momentum);
            mean.AddInPlace(now, Momentum);
        }
    }
}
