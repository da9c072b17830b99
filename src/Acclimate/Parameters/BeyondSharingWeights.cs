using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>How far a layer of the target's network may be from the source's.</summary>
public enum StreamRelation
{
    /// <summary>exp(‖aθ_s + b − θ_t‖²) − 1: the same but for a scale and a shift.</summary>
    Exponential,

    /// <summary>‖θ_s − θ_t‖².</summary>
    L2,
}

/// <summary>
/// A network for each domain, their layers related and not shared: the source's learns from its labels, the target's is
/// drawn to it layer by layer and by what both make of their samples. Rozantsev, Salzmann, Fua, "Beyond Sharing Weights for
/// Deep Domain Adaptation", TPAMI 41, 2019: section 3 (the streams, the relation of the weights, the MMD of the features).
/// </summary>
/// <remarks>
/// The source is learnt first; both streams go on from there. The scale a and the shift b of a layer are those of the least
/// distance, a regression line worked out at each step: what the paper's learning of them comes to, without a rate.
/// Above a squared distance of 2 the exponential goes on as its tangent, so that one long step can't overflow it.
/// The model handed over is the target's stream.
/// </remarks>
[Method("beyond-sharing", Family.Parameters, LabelSetting.UnsupervisedTarget,
    Title = "Beyond sharing weights (two streams)",
    Summary = "Trains a network for each domain, their layers related by a scale and a shift and not shared.",
    Formula = "min E_s[−log p_s(y|x)] + λ_w Σ_l (exp(‖a_l θ_s^l + b_l − θ_t^l‖²) − 1) + λ MMD²(z_s, z_t)",
    Paper = "Rozantsev, Salzmann, Fua: Beyond Sharing Weights for Deep Domain Adaptation, TPAMI 41, 2019 (online 2018)")]
public sealed class BeyondSharingWeights : Objective
{
    /// <summary>Where the exponential goes on as a straight line.</summary>
    internal const double Steepest = 2;

    /// <summary>Samples of each domain that an unbiased estimate needs.</summary>
    private const int LeastForUnbiased = 2;

    private Stream? source;

    /// <summary>The share of the run's steps in which the source is learnt; the others train both streams.</summary>
    [Option("pretraining", "the share of the steps that learn the source alone, 0 to 1; the others train both streams", Search = "0.2..0.8", Source = "ours: half and half; the paper starts from a source network that is trained already")]
    public double Pretraining { get; init; } = 0.5;

    /// <summary>How the layers are related.</summary>
    [Option("relation", "how far the layers may be apart: exponential allows each a scale and a shift, l2 none", Source = "exponential in the paper, which has l2 to compare with")]
    public StreamRelation Relation { get; init; } = StreamRelation.Exponential;

    /// <summary>λ_w, the weight of the relation.</summary>
    [Option("related", "the weight of the layers' relation, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the classification")]
    public double Related { get; init; } = 1;

    /// <summary>λ, the weight of the discrepancy.</summary>
    [Option("lambda", "the weight of the discrepancy of the features, 0 or more", Search = "0.1..10 log", Source = "ours: as much as the classification, as dan has it")]
    public double Lambda { get; init; } = 1;

    /// <summary>How λ grows while both streams are trained.</summary>
    [Option("ramp", "how the discrepancy's weight grows: sigmoid from 0 to its full value, or constant", Source = "Ganin et al., JMLR 2016")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => source;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source(Pretraining), new Stage("streams", 1 - Pretraining) { ShowsSource = false }];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.Within("beyond-sharing", "pretraining", Pretraining, 0, 1);
        Require.AtLeast("beyond-sharing", "related", Related, 0);
        Require.AtLeast("beyond-sharing", "lambda", Lambda, 0);
        source = new Stream(context.Network.Copy());
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.UsesTarget)
            source!.Classifier.LoadState(context.Network.NamedState().ToDictionary());
    }

    /// <summary>Fine-tuning keeps the same stages of both streams.</summary>
    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        source!.Classifier.FreezeLike(context.Network);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.UsesTarget ? [new Update(Loss)] : base.Updates(stage);
    }

    /// <summary>What both streams descend.</summary>
    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Activations ofSource = step.Activate(source!.Classifier, step.SourceInputs!);
        return
        [
            new LossTerm("task", Functional.CrossEntropy(ofSource.Logits, step.Labels)),
            .. KnownTask(step),
            new LossTerm("related", Relate(source.Classifier, step.Network, Relation), Related),
            new LossTerm("mmd", Discrepancy(ofSource.Features, step.Target.Features), Lambda * Ramp.At(step.Progress)),
        ];
    }

    /// <summary>Σ_l r(θ_s^l, θ_t^l), a layer being a module with its weight and its bias.</summary>
    internal static Tensor Relate(ClassifierNetwork source, ClassifierNetwork target, StreamRelation relation)
    {
        Tensor? sum = null;
        foreach (IGrouping<string, (Tensor Source, Tensor Target)> layer in source.NamedParameters().Zip(target.NamedParameters())
            .GroupBy(static pair => LayerOf(pair.First.Key), static pair => (pair.First.Value, pair.Second.Value)))
        {
            Tensor related = Relate(Whole(layer.Select(static p => p.Source)), Whole(layer.Select(static p => p.Target)), relation);
            sum = sum is null ? related : sum + related;
        }

        return sum!;
    }

    /// <summary>r(θ_s, θ_t) of one layer's parameters as vectors.</summary>
    internal static Tensor Relate(Tensor source, Tensor target, StreamRelation relation)
    {
        if (relation == StreamRelation.L2)
            return (source - target).Square().Sum();
        (Tensor a, Tensor b) = Line(source.Detach(), target.Detach());
        Tensor distance = ((source * a) + b - target).Square().Sum();
        Tensor bounded = distance.Clamp(high: Steepest);
        return (bounded.Exp() * (distance - bounded + 1)) - 1;
    }

    /// <summary>The a and b of the least ‖a x + b − y‖².</summary>
    private static (Tensor Scale, Tensor Shift) Line(Tensor x, Tensor y)
    {
        Tensor meanX = x.Mean(), meanY = y.Mean();
        Tensor spread = (x - meanX).Square().Mean();

        // A layer whose parameters are all equal has no scale: any will do.
        Tensor scale = ((x - meanX) * (y - meanY)).Mean() / spread.Clamp(low: 1e-30);
        return (scale, meanY - (scale * meanX));
    }

    private static Tensor Discrepancy(Tensor source, Tensor target) => new MultiKernelMmd
    {
        Estimator = Math.Min(source.Size(0), target.Size(0)) < LeastForUnbiased ? MmdEstimator.QuadraticBiased : MmdEstimator.QuadraticUnbiased,
        Weighting = KernelWeighting.Equal,
    }.Estimate(source, target);

    private static string LayerOf(string parameter) => parameter[..Math.Max(0, parameter.LastIndexOf('.'))];

    private static Tensor Whole(IEnumerable<Tensor> parts) => Tensor.Concatenate([.. parts.Select(static part => part.Flatten())]);

    /// <summary>The source's network.</summary>
    private sealed class Stream : Module
    {
        public Stream(ClassifierNetwork classifier) => Classifier = Add("source", classifier);

        public ClassifierNetwork Classifier { get; }

        public override Tensor Forward(Tensor input) => Classifier.Forward(input);
    }
}
