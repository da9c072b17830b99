using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// Bi-tuning: beside the classification loss, two that contrast samples. The classifier's row of a class is to point at the class's
/// own features among those of all samples (contrastive cross entropy, CCE), and a projection of a sample's features at those of its class
/// (categorical contrastive loss, CCL). What is compared with are keys: a queue a class of earlier samples, as a slowly
/// following copy of the network sees them. Zhong, Wang, Kou, Wang, Long, "Bi-tuning of Pre-trained Representations", 2020:
/// section 3.
/// </summary>
/// <remarks>
/// The queues start empty, where the released code fills them with noise, and the loss is over what is there. A key is made from the same
/// view of a sample as the query (<c>--augment</c> changes it from epoch to epoch); the copy's batch norm follows along with its
/// parameters and is used as in use. The gradient of CCE reaches the classifier as well as the features.
/// </remarks>
[Method("bi-tuning", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Bi-tuning",
    Summary = "Fine-tuning with two contrasts, of classifier and of projected features, against queues of earlier samples of every class.",
    Formula = "min E[−log p(y|x)] + λ (L_CCE + L_CCL),  L_CCE = −mean_{h⁺} log exp(w_y·h⁺/τ)/Σ_h exp(w_y·h/τ),  L_CCL = −mean_{z⁺} log exp(z·z⁺/τ)/Σ_k exp(z·z_k/τ)",
    Paper = "Zhong, Wang, Kou, Wang, Long: Bi-tuning of Pre-trained Representations, arXiv 2011.06182, 2020")]
public sealed class BiTuning : ParameterTransfer
{
    private ClassQueues? queues;

    /// <summary>λ, the weight of both contrasts.</summary>
    [Option("lambda", "the weight of the two contrasts, 0 or more", Search = "0.1..10 log", Source = "1 in the authors' library")]
    public double Lambda { get; init; } = 1;

    /// <summary>τ, the temperature.</summary>
    [Option("temperature", "what similarities are divided by, above 0", Search = "0.02..0.5 log", Source = "0.07 in the paper")]
    public double Temperature { get; init; } = 0.07;

    /// <summary>K, how many keys a class has.</summary>
    [Option("queue", "how many earlier samples of each class are kept, 1 or more", Search = "8..128 log", Source = "40 in the authors' library")]
    public int Queue { get; init; } = 40;

    /// <summary>m, how slowly the copy follows.</summary>
    [Option("momentum", "how much of itself the copy that makes the keys keeps at a step, 0 to 1", Search = "0.9|0.99|0.999|0.9999", Source = "0.999 in the paper, as in MoCo")]
    public double Momentum { get; init; } = 0.999;

    /// <summary>L, the size of the projection.</summary>
    [Option("projection", "how many numbers features are projected to, 1 or more", Search = "32..512 log", Source = "128 in the paper")]
    public int Projection { get; init; } = 128;

    /// <inheritdoc/>
    public override Module? Network => queues;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("bi-tuning", "lambda", Lambda, 0);
        Require.Above("bi-tuning", "temperature", Temperature, 0);
        Require.AtLeast("bi-tuning", "queue", Queue, 1);
        Require.Within("bi-tuning", "momentum", Momentum, 0, 1);
        Require.AtLeast("bi-tuning", "projection", Projection, 1);
        queues = new ClassQueues(context.Network.Copy(), Queue, Projection, context.Generator);
    }

    /// <inheritdoc/>
    public override void BeforeStep(Stage stage, StepInfo info, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        queues!.Follow(context.Network, Momentum);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Tensor hidden = WithOne(step.Source.Features), projected = Unit(queues!.Projector.Forward(step.Source.Features));
        Tensor rows = Unit(Tensor.Concatenate([step.Network.Head.Weight, step.Network.Head.Bias!.Unsqueeze(1)], 1)).IndexSelect(0, step.Labels);
        (Tensor ownHidden, Tensor ownProjected) = queues.Keys(step);
        Queued queued = queues.All();
        LossTerm[] terms =
        [
            new LossTerm("cce", Contrast(rows, hidden, queued.Hidden, queued.Classes, step.Labels, Temperature), Lambda),
            new LossTerm("ccl", Contrast(projected, ownProjected, queued.Projected, queued.Classes, step.Labels, Temperature), Lambda),
        ];
        queues.Enqueue(ownHidden, ownProjected, step.Labels);
        return terms;
    }

    /// <summary>
    /// −mean over a sample's own key and the queued keys of its class of log softmax(query · key/τ), the softmax over its own key
    /// and all that are queued; averaged over the samples.
    /// </summary>
    /// <param name="queries">A row a sample.</param>
    /// <param name="own">Each sample's own key.</param>
    /// <param name="keys">The queued keys; none at first.</param>
    /// <param name="classes">Their classes.</param>
    /// <param name="labels">The samples' classes.</param>
    /// <param name="temperature">τ.</param>
    internal static Tensor Contrast(Tensor queries, Tensor own, Tensor keys, Tensor classes, Tensor labels, double temperature)
    {
        Tensor similar = Tensor.Concatenate([(queries * own).Sum(1, keep: true), queries.MatMul(keys.T)], 1) / temperature;
        Tensor alike = Tensor.Concatenate([labels.OnesLike().Unsqueeze(1), labels.Unsqueeze(1).Equals(classes.Unsqueeze(0)).To(ScalarType.Int64)], 1).To(similar.Type);
        Tensor wanted = alike / alike.Sum(1, keep: true);
        return -(wanted * Functional.LogSoftmax(similar, 1)).Sum(1).Mean();
    }

    /// <summary>Features of length 1, with a 1 behind them that meets the classifier's bias.</summary>
    internal static Tensor WithOne(Tensor features) => Unit(Tensor.Concatenate([features, Tensor.Ones([features.Size(0), 1], features.Type)], 1));

    /// <summary>Rows of length 1.</summary>
    internal static Tensor Unit(Tensor rows) => rows / rows.Norm(1, keep: true).Clamp(low: 1e-12);
}
