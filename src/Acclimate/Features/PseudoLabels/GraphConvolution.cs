using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Features.PseudoLabels;

/// <summary>
/// GCN: a network of two layers on the graph of both domains' samples, each joined to its nearest neighbours; a layer mixes what a sample's neighbours
/// have before it maps it. Labelled are the source's samples and the target's whose class is known. Kipf, Welling, "Semi-Supervised Classification with
/// Graph Convolutional Networks", ICLR 2017: equations 2 (the propagation), 9 (the network) and 10 (the loss), section 5.2 (how it is trained).
/// </summary>
/// <remarks>
/// It decides on the target's samples together, as nodes. Further samples get the class that most of their neighbours among the target's samples got.
/// The paper stops when the loss on held-out labels rises; here all epochs are run, as there are none to hold out.
/// </remarks>
[Method("gcn", Family.Features, LabelSetting.UnsupervisedTarget,
    Title = "Graph convolutional network",
    Summary = "A small network on the graph of all samples' nearest neighbours learns from the labelled ones and labels the others; a few target labels help it across.",
    Formula = "P = softmax(Â ReLU(Â X W₀) W₁),  Â = D̃^−½ (A + I) D̃^−½,  min −mean over labelled i of log P_{i y_i} + ½ε‖W₀‖²",
    Paper = "Kipf, Welling: Semi-Supervised Classification with Graph Convolutional Networks, ICLR 2017")]
public sealed class GraphConvolution : FeatureMethod
{
    private const long DrawWeights = 1, DrawDropout = 2;
    private const int Told = 10;

    /// <summary>How many nearest neighbours a sample is joined to.</summary>
    [Option("neighbours", "how many nearest neighbours a sample is joined to, 1 or more", Search = "3..30 log", Source = "the paper's graphs are given; 10 as in label-propagation")]
    public int Neighbours { get; init; } = 10;

    /// <summary>Units of the hidden layer.</summary>
    [Option("hidden", "units of the hidden layer, 1 or more", Search = "8..128 log", Source = "16 in section 5.2 of the paper, 64 on its largest graph")]
    public int Hidden { get; init; } = 32;

    /// <summary>How often all samples are gone through.</summary>
    [Option("epochs", "how often all samples are gone through, 1 or more", Search = "50..400 log", Source = "200 at most in section 5.2 of the paper")]
    public int Epochs { get; init; } = 200;

    /// <summary>Adam's learning rate.</summary>
    [Option("rate", "Adam's learning rate, above 0", Search = "0.001..0.1 log", Source = "0.01 in section 5.2 of the paper")]
    public double Rate { get; init; } = 0.01;

    /// <summary>How likely a feature, and a hidden unit, is dropped.</summary>
    [Option("dropout", "how likely a feature and a hidden unit are dropped while learning, 0 to below 1 (0.95 at most)", Search = "0..0.8", Source = "0.5 in section 5.2 of the paper")]
    public double Dropout { get; init; } = 0.5;

    /// <summary>ε, the L2 penalty on the first layer.</summary>
    [Option("decay", "the L2 penalty on the first layer, 0 or more", Search = "1e-5..0.01 log", Source = "0.0005 in section 5.2 of the paper")]
    public double Decay { get; init; } = 5e-4;

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Neighbours >= 1, $"neighbours is {Neighbours}; expected 1 or more");
        Require(Hidden >= 1, $"hidden is {Hidden}; expected 1 or more");
        Require(Epochs >= 1, $"epochs is {Epochs}; expected 1 or more");
        Require(Rate > 0 && double.IsFinite(Rate), $"rate is {Rate}; expected a number above 0");
        Require(Dropout is >= 0 and <= 0.95, $"dropout is {Dropout}; expected 0 to 0.95");
        Require(Decay >= 0 && double.IsFinite(Decay), $"decay is {Decay}; expected 0 or more");
    }

    /// <inheritdoc/>
    protected override FittedFeatures Learn(FeatureData data, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(context);
        int[] classOf = [.. data.SourceLabels, .. data.TargetLabels ?? [.. Enumerable.Repeat(FeatureData.Unknown, data.TargetCount)]];
        int[] labelled = [.. Enumerable.Range(0, classOf.Length).Where(i => classOf[i] != FeatureData.Unknown)];
        int[] present = [.. labelled.Select(i => classOf[i]).Distinct().Order()];
        Tensor x = data.Pooled();
        Tensor y = Tensor.From<long>([.. labelled.Select(i => (long)Array.IndexOf(present, classOf[i]))]).OneHot(present.Length).To(ScalarType.Float64);
        SampleConvolution network = new(
            new GraphLaplacian(x, Neighbours, EdgeWeight.Binary, normalised: true, loops: true), x,
            Tensor.From<long>([.. labelled.Select(static i => (long)i)]), y);
        List<double> losses = [];
        Tensor chances = Train(network, present.Length, losses, context);

        int[] labels = Array.ConvertAll(chances.Slice(0, data.SourceCount, classOf.Length).ArgMax(1).ToArray<long>(), at => present[at]);
        FittedNearestNeighbours neighbours = new(data.Target.Clone(), data.Corrected(labels), data.Classes, Neighbours);
        return new FittedFeatures(new IdentityMap(), new Certificate { Objective = losses }, neighbours) { TargetLabels = labels };
    }

    private Tensor Train(SampleConvolution network, int classes, List<double> losses, FitContext context)
    {
        using TensorScope all = TensorScope.Begin();
        using Generator values = context.Draw(DrawWeights);
        Tensor w0 = Initialization.XavierUniform([network.Features, Hidden], values, ScalarType.Float64), w1 = Initialization.XavierUniform([Hidden, classes], values, ScalarType.Float64);
        using Adam adam = new([new ParameterGroup([new("w0", w0)]) { WeightDecay = Decay }, new ParameterGroup([new("w1", w1)])], Rate);
        for (int epoch = 1; epoch <= Epochs; epoch++)
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator dropped = context.Draw(Generator.Derive(DrawDropout, epoch));
            (double loss, Tensor d0, Tensor d1, _) = network.Slope(w0, w1, Dropout, dropped);
            w0.SetGrad(d0);
            w1.SetGrad(d1);
            adam.Step();
            w0.SetGrad(null);
            w1.SetGrad(null);
            if (epoch == 1 || epoch * Told / Epochs != (epoch - 1) * Told / Epochs)
                losses.Add(loss);
            context.Report(epoch, Epochs);
        }

        return all.Keep(network.Slope(w0, w1).Chances);
    }
}
