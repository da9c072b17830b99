using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Parameters;

/// <summary>
/// DELTA: fine-tuning that holds on to what the network does instead of to its parameters: its feature maps stay near those
/// of the network as it started, channel by channel as the channel matters for the labels. Li, Xiong, Wang, Rao, Liu, Huan,
/// "DELTA: Deep Learning Transfer Using Feature Map with Attention for Convolutional Networks", ICLR 2019: equations 3 to 6.
/// </summary>
/// <remarks>
/// <para>How much a channel matters is by how much the loss grows when its map is nought, measured on the network as it started under
/// a classifier that was trained on it: the first stage of the run, in which the backbone is frozen. As in the released code
/// a layer's differences are brought to mean 0 and deviation 1 before the softmax. The distance is a mean over samples, places and layers, and as
/// in the paper a layer's weights add up to 1 (the code multiplies them by the number of channels): so α means the same for
/// a wide network as for a narrow one, and for one layer as for fifteen, where a sum makes steps of the usual length diverge. Unlike there,
/// where a filter's weights are set to nought, it is the stage's output that is: that needs no pass through the layers before.</para>
/// <para>The network as it started normalises as the network itself does at that step, by the batch where that is in training, so that the
/// distance starts at nought. The released code lets it normalise by its running statistics: then most of the distance is
/// that between these and a small batch's, and descending it does harm. The run's own weight decay is off.</para>
/// </remarks>
[Method("delta", Family.Parameters, LabelSetting.SourceOnly,
    Title = "Feature maps with attention (DELTA)",
    Summary = "Fine-tuning that keeps feature maps near the pretrained network's, those channels most on which the labels depend.",
    Formula = "min_w E[−log p(y|x)] + α E ½ 1/L Σ_l Σ_j a_lj ‖FM_lj(w,x) − FM_lj(w⁰,x)‖²/(h_l w_l) + β/2 ‖w_C‖²,  a_l = softmax_j(z_lj/5), z_l the standardised growth of the loss without channel j",
    Paper = "Li, Xiong, Wang, Rao, Liu, Huan: DELTA: Deep Learning Transfer Using Feature Map with Attention for Convolutional Networks, ICLR 2019")]
public sealed class FeatureMapTransfer : ParameterTransfer
{
    private StartingMaps? start;

    /// <summary>α, the weight of the maps' distance.</summary>
    [Option("alpha", "the weight of the feature maps' distance, 0 or more", Search = "0.1..10 log", Source = "1: of the size of the cross entropy; the paper's 0.01 is on sums over samples and channels")]
    public double Alpha { get; init; } = 1;

    /// <summary>β, the weight decay of the classifier.</summary>
    [Option("beta", "the weight of the classifier's size, 0 or more", Search = "0.001..0.1 log", Source = "0.01 in the released code")]
    public double Beta { get; init; } = 0.01;

    /// <summary>The stages whose maps are held.</summary>
    [Option("layers", "the backbone's stages whose maps are held, with commas between; none is all of them", Search = "fixed", Source = "the last layer of each stage in the paper")]
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Whether channels weigh as they matter for the labels, or alike.</summary>
    [Option("attention", "whether channels weigh as the loss grows without them; false weighs all alike", Source = "the paper's DELTA; without it its variant DELTA (w/o ATT)")]
    public bool Attention { get; init; } = true;

    /// <summary>How many samples the channels are weighed on.</summary>
    [Option("samples", "how many samples, spread over the source, the channels are weighed on, 1 or more: each channel costs a pass of them through the layers behind it", Search = "fixed", Source = "128 in the released code, on a graphics processor; a quarter of that here")]
    public int Samples { get; init; } = 32;

    /// <summary>The share of the run's steps in which the classifier learns alone.</summary>
    [Option("head-share", "the share of the steps in which the classifier learns alone, before channels are weighed, 0 to 1", Search = "0..0.5", Source = "a classifier is trained first in the released code, for 10 epochs")]
    public double HeadShare { get; init; } = 0.2;

    /// <inheritdoc/>
    public override Module? Network => start;

    /// <inheritdoc/>
    public override IReadOnlyList<Stage> Stages
    {
        get
        {
            OptimizerChoice plain = new(OptimizerKind.Sgd) { WeightDecay = 0 };
            return [Stage.Head(HeadShare) with { Optimizer = plain }, Stage.Source(1 - HeadShare) with { Optimizer = plain }];
        }
    }

    /// <summary>How much each channel of a layer weighs; 1 all together.</summary>
    /// <param name="layer">The layer.</param>
    internal Tensor Weights(string layer) => start!.Weights.First(weights => weights.Key == layer).Value;

    /// <inheritdoc/>
    public override void Attach(FitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Require.AtLeast("delta", "alpha", Alpha, 0);
        Require.AtLeast("delta", "beta", Beta, 0);
        Require.AtLeast("delta", "samples", Samples, 1);
        Require.Within("delta", "head-share", HeadShare, 0, 1);
        Backbone backbone = context.Network.Backbone;
        string[] layers = Layers.Count == 0 ? [.. backbone.Stages] : [.. Layers];
        foreach (string layer in layers.Where(layer => !backbone.Stages.Contains(layer)))
            throw new ArgumentException($"delta: the backbone has no stage '{layer}'; its stages are {string.Join(", ", backbone.Stages)}");

        // A frozen front that is computed once for each sample is not there, and would not move.
        string[] there = [.. layers.Distinct().Intersect(context.Example.Names)];
        start = new StartingMaps(context.Network.Copy(), [.. there.Select(layer => (layer, Channels.First(context.Example[layer]).Size(1)))]);
    }

    /// <inheritdoc/>
    public override void Begin(Stage stage, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(context);
        if (stage.FreezesBackbone || !Attention)
            return;
        foreach ((string layer, Tensor weights) in start!.Weights)
        {
            using TensorScope scope = TensorScope.Begin();
            double[] growth = ChannelImportance.Of(context, layer, Samples);
            weights.CopyInPlace(Tensor.From(ChannelImportance.Weights(growth)));
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(Stage stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.FreezesBackbone ? [new Update(step => [.. Task(step), Head(step)])] : base.Updates(stage);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LossTerm> Loss(TrainingStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Activations before = start!.Activate(step);
        Tensor distance = start.Weights.Select(layer => Distance(step.Source[layer.Key], before[layer.Key], layer.Value)).Aggregate(Tensor.Zeros([]), static (sum, next) => sum + next);
        return [new LossTerm("maps", distance / Math.Max(1, start.Weights.Count), Alpha), Head(step)];
    }

    /// <summary>½ Σ_j a_j ‖FM_j − FM_j⁰‖²/(h·w), averaged over the samples.</summary>
    internal static Tensor Distance(Tensor maps, Tensor before, Tensor weights) =>
        ((Channels.First(maps) - Channels.First(before)).Square().Mean(2) * weights).Sum(1).Mean() * 0.5;

    private LossTerm Head(TrainingStep step) => new("head", StartingPoint.HalfSquares(step.Network.Head), Beta);

    /// <summary>The network as it started, and what its channels weigh.</summary>
    private sealed class StartingMaps : Module
    {
        private readonly ClassifierNetwork network;
        private readonly BatchNorm[] norms;

        public StartingMaps(ClassifierNetwork network, IEnumerable<(string Layer, long Channels)> layers)
        {
            this.network = Add("network", network);
            network.Freeze();
            norms = [.. network.Modules().OfType<BatchNorm>()];
            foreach (BatchNorm norm in norms)
            {
                norm.Unfreeze();
                norm.Tracks = false;
            }

            Weights = [.. layers.Select(layer => KeyValuePair.Create(layer.Layer, AddBuffer($"channels_{layer.Layer.Replace('.', '_')}", Tensor.Full([layer.Channels], 1.0 / layer.Channels))))];
        }

        /// <summary>What the channels of each layer weigh.</summary>
        public IReadOnlyList<KeyValuePair<string, Tensor>> Weights { get; }

        public override Tensor Forward(Tensor input) => network.Forward(input);

        public Activations Activate(TrainingStep step)
        {
            foreach ((BatchNorm mine, BatchNorm theirs) in norms.Zip(step.Network.Modules().OfType<BatchNorm>()))
            {
                if (theirs.Training)
                    mine.Train();
                else
                    mine.Eval();
            }

            using NoGrad noGrad = NoGrad.Begin();
            return step.Activate(network, step.SourceInputs!);
        }
    }
}
