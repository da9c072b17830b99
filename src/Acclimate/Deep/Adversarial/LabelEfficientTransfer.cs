using Acclimate.Catalog;
using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// Label-efficient transfer: one adversary that sees all layers, to which the target's should look like the source's;
/// and unlabelled target samples that should be clearly similar to one class, of the source's samples and of the few
/// labelled target samples. Luo, Zou, Hoffman, Fei-Fei, "Label Efficient Learning of Transferable Representations across
/// Domains and Tasks", NIPS 2017: section 3.1 (the sum), 3.2 (multi-layer domain adversarial loss, labels inverted for
/// the encoder) and 3.3 (cross-category similarity: its entropy, across and within domains).
/// </summary>
/// <remarks>
/// The paper has an encoder for each domain and target classes that the source lacks. Here one encoder serves both and
/// the classes are the source's: a target sample of another class is refused when the run is opened. So that the one
/// encoder doesn't simply swap the domains, the adversary moves it by the target's samples, and the source's are held by
/// their labels. Classes are stood for by their mean in the batch, and similarity is the cosine over a temperature.
/// </remarks>
[Method("label-efficient", Family.Deep, LabelSetting.FewTargetLabels,
    Title = "Label-efficient learning of transferable representations",
    Summary = "One adversary over all layers, and target samples that must be clearly similar to one class of the source and of the labelled target.",
    Formula = "min E_s[−log p(y|x)] + E_k[−log p(y|x)] + α L_DT + β (H(s(x_t, c^s)/τ) + H(s(x_t, c^k)/τ)),  L_DT = −E_t[log D(F_1(x) ⊕ … ⊕ F_L(x))]",
    Paper = "Luo, Zou, Hoffman, Fei-Fei: Label Efficient Learning of Transferable Representations across Domains and Tasks, NIPS 2017")]
public sealed class LabelEfficientTransfer : Objective
{
    private const string AllLayers = "all";

    /// <summary>Keeps the direction, and its gradient, of a row of zeros finite.</summary>
    private const double LeastSquare = 1e-6;

    /// <summary>A score so low that a class without samples has a share of exactly 0; finite, so that 0 times it is 0.</summary>
    private const double Absent = -1e9;

    private IReadOnlyList<string> adversarial = [];
    private MultilayerDiscriminator? discriminator;

    /// <summary>The layers that the adversary sees.</summary>
    [Option("layers", "the layers that the adversary sees, with commas between: stages of the network, features; all stands for every one up to the features", Search = "fixed", Source = "section 3.2 of the paper: all of them jointly")]
    public IReadOnlyList<string> Layers { get; init; } = [AllLayers];

    /// <summary>Units of the adversary's hidden layers.</summary>
    [Option("hidden", "units of each of the adversary's hidden layers, 1 or more", Search = "64..1024 log", Source = "chosen here, as in dann")]
    public int Hidden { get; init; } = 256;

    /// <summary>α, the weight of the adversary.</summary>
    [Option("alpha", "the weight of the domain adversarial loss, 0 or more", Search = "0.1..10 log", Source = "chosen here: as in dann, whose adversary plays the same game")]
    public double Alpha { get; init; } = 1;

    /// <summary>β, the weight of the similarities' entropy.</summary>
    [Option("beta", "the weight of the similarities' entropy, 0 or more", Search = "0.01..1 log", Source = "chosen here: a tenth of the classification loss, for an early entropy is that of noise")]
    public double Beta { get; init; } = 0.1;

    /// <summary>τ, what similarities are divided by.</summary>
    [Option("temperature", "what cosines are divided by before the softmax, above 0", Search = "0.03..1 log", Source = "chosen here: cosines lie between -1 and 1, and over 0.1 between -10 and 10")]
    public double Temperature { get; init; } = 0.1;

    /// <summary>How α and β grow over the run.</summary>
    [Option("ramp", "how the weights grow: sigmoid from 0 to their full value, or constant", Source = "Ganin et al., JMLR 2016; the paper starts from a trained source network")]
    public Ramp Ramp { get; init; } = Ramp.Sigmoid;

    /// <inheritdoc/>
    public override Module? Network => discriminator;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("label-efficient", "hidden", Hidden, 1);
        Require.AtLeast("label-efficient", "alpha", Alpha, 0);
        Require.AtLeast("label-efficient", "beta", Beta, 0);
        Require.AtLeast("label-efficient", "temperature", Temperature, 1e-3);
        adversarial = Layers is [AllLayers] ? UpToFeatures(context.Example) : Layers;
        discriminator = new MultilayerDiscriminator([.. adversarial.Select(layer => context.Example[layer])], Hidden, context.Generator);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage) =>
    [
        new Update(Adversary) { Moves = Parts.Own },
        new Update(step => [.. Task(step), .. Loss(step)]) { Moves = Parts.Network },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        double ramp = Ramp.At(step.Progress);
        Tensor score = discriminator!.Forward(Seen(step.Target));
        List<LossTerm> terms =
        [
            new("encoder", Functional.BinaryCrossEntropyWithLogits(score, score.OnesLike()), Alpha * ramp),
            new("semantic.source", Semantic(step.Target, step.Source, step.Labels), Beta * ramp),
        ];
        if (step.KnownLabels is { } known)
            terms.Add(new("semantic.target", Semantic(step.Target, step.Known, known), Beta * ramp));
        return terms;
    }

    /// <summary>What the adversary descends: the source's layers are the source's, the target's are the target's.</summary>
    private IReadOnlyList<LossTerm> Adversary(TrainingStep step)
    {
        Tensor ofSource = discriminator!.Forward(Seen(step.Source).Detach()), ofTarget = discriminator.Forward(Seen(step.Target).Detach());
        return
        [
            new LossTerm("adversary", Functional.BinaryCrossEntropyWithLogits(ofSource, ofSource.OnesLike())
                + Functional.BinaryCrossEntropyWithLogits(ofTarget, ofTarget.ZerosLike())),
        ];
    }

    /// <summary>The mean entropy of the softmax of a sample's similarities to the classes, each stood for by the mean of those of its samples that are there.</summary>
    private Tensor Semantic(Activations unlabelled, Activations labelled, Tensor labels)
    {
        Tensor features = labelled.Features;
        Tensor members = labels.OneHot(labelled.Logits.Size(1)).To(features.Type);
        Tensor counts = members.Sum(0);
        Tensor centroids = members.T.MatMul(features) / counts.Clamp(low: 1).Unsqueeze(1);
        Tensor similarities = Unit(unlabelled.Features).MatMul(Unit(centroids).T) / Temperature;
        return SoftmaxEntropy.OfEach(similarities + (counts.Equals(0).To(features.Type) * Absent).Unsqueeze(0));
    }

    private static Tensor Unit(Tensor rows) => rows * (rows.Square().Sum(1, keep: true) + LeastSquare).Rsqrt();

    private Tensor Seen(Activations activations) => MultilayerDiscriminator.Join(adversarial.Select(layer => activations[layer]));

    /// <summary>The stages, and the features where a bottleneck makes them another layer than the last stage.</summary>
    private static IReadOnlyList<string> UpToFeatures(Activations example)
    {
        string[] stages = [.. example.Names.Where(static name => name is not ("features" or "logits" or "probabilities"))];
        return stages.Length > 0 && ReferenceEquals(example[stages[^1]], example.Features) ? stages : [.. stages, "features"];
    }
}
