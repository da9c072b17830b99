using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// L2-SP: weight decay towards where the backbone started instead of towards nought, so that what it learnt elsewhere is
/// given up only for what the labels ask. Li, Grandvalet, Davoine, "Explicit Inductive Bias for Transfer Learning with
/// Convolutional Networks", ICML 2018: equation 2.
/// </summary>
/// <remarks>
/// w⁰ are the values that the run starts from: <c>--weights</c> gives them their meaning. All the backbone's parameters that
/// learn are held, biases and batch norm's scales among them, as in the experiments of Li et al., ICLR 2019. The run's own
/// weight decay is off: it would pull the backbone to nought, and the classifier twice. A classifier that came with the weights is
/// treated as a new one.
/// </remarks>
[Method("l2-sp", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Starting point as the reference (L2-SP)",
    Summary = "Fine-tuning that penalises the backbone's distance from its pretrained parameters, and the classifier's size.",
    Formula = "min_w E[−log p(y|x)] + α/2 ‖w_B − w_B⁰‖² + β/2 ‖w_C‖²,  B the backbone, C the classifier",
    Paper = "Li, Grandvalet, Davoine: Explicit Inductive Bias for Transfer Learning with Convolutional Networks, ICML 2018")]
public sealed class StartingPoint : ParameterTransfer
{
    private ClassifierNetwork? start;

    /// <summary>α, the weight of the distance from the start.</summary>
    [Option("alpha", "the weight of the backbone's distance from its start, 0 or more", Search = "0.001..1 log", Source = "0.01 in the released code of DELTA (Li et al., ICLR 2019), which compares with it; chosen by validation in the paper")]
    public double Alpha { get; init; } = 0.01;

    /// <summary>β, the weight decay of the classifier.</summary>
    [Option("beta", "the weight of the classifier's size, 0 or more", Search = "0.001..0.1 log", Source = "0.01, likewise")]
    public double Beta { get; init; } = 0.01;

    /// <inheritdoc/>
    public override Module? Network => start;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages => [Stage.Source() with { Optimizer = new OptimizerChoice(OptimizerKind.Sgd) { WeightDecay = 0 } }];

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("l2-sp", "alpha", Alpha, 0);
        Require.AtLeast("l2-sp", "beta", Beta, 0);
        start = context.Network.Copy();
        start.Freeze();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return
        [
            new LossTerm("start", HalfSquares(step.Network.Backbone.NamedParameters().Zip(start!.Backbone.NamedParameters())
                .Where(static pair => pair.First.Value.RequiresGrad)
                .Select(static pair => pair.First.Value - pair.Second.Value)), Alpha),
            new LossTerm("head", HalfSquares(step.Network.Head), Beta),
        ];
    }

    /// <summary>½ ‖w‖² of a module's parameters.</summary>
    internal static Tensor HalfSquares(Module module) => HalfSquares(module.NamedParameters().Select(static parameter => parameter.Value));

    /// <summary>½ Σ x²; nought where there is nothing.</summary>
    private static Tensor HalfSquares(IEnumerable<Tensor> tensors)
    {
        Tensor[] sums = [.. tensors.Select(static tensor => tensor.Square().Sum())];
        return sums.Length == 0 ? Tensor.Zeros([]) : Tensor.Stack(sums).Sum() * 0.5;
    }
}
