using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Adversarial;

public class LabelEfficientTransferTests
{
    [Fact]
    public void Losses_EqualTheLoops_AndSlopesEqualDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Leaf(6), target = Leaf(4), known = Leaf(2);
        using LabelEfficientTransfer transfer = new() { Layers = ["early", "features"], Hidden = 3, Temperature = 0.5, Ramp = Ramp.Constant };
        transfer.Attach(new FitContext(Layers(source), generator));
        transfer.Network!.To(ScalarType.Float64);

        // No source sample of class 1, no known one of classes 0 and 2.
        long[] labels = [0, 2, 2, 0, 2, 2], few = [1, 1];
        IReadOnlyList<LossTerm> terms = transfer.Loss(Step());
        double[][] x = Fitting.Rows(source.Detach()), y = Fitting.Rows(target.Detach()), k = Fitting.Rows(known.Detach());

        // Two hundred float64 operations of size 1 to 10.
        Assert.Equal(["encoder", "semantic.source", "semantic.target"], terms.Select(static t => t.Name));
        Assert.Equal([1, 0.1, 0.1], terms.Select(static t => t.Weight));
        Assert.Equal(y.Average(row => Math.Log(1 + Math.Exp(-Score(row)))), terms[0].Value.ToDouble(), 1e-12);
        Assert.Equal(y.Average(row => Similarity(row, [Mean(x, labels, 0), Mean(x, labels, 2)])), terms[1].Value.ToDouble(), 1e-12);
        Assert.Equal(0, terms[2].Value.ToDouble(), 1e-12);
        Assert.Equal(
            (x.Average(row => Math.Log(1 + Math.Exp(-Score(row)))) + y.Average(row => Math.Log(1 + Math.Exp(Score(row))))), Adversary().ToDouble(), 1e-12);

        Fitting.AssertSlopes(() => transfer.Loss(Step())[0].Value, target);
        Fitting.AssertSlopes(() => transfer.Loss(Step())[1].Value, target);
        Fitting.AssertSlopes(() => transfer.Loss(Step())[1].Value, source);
        foreach ((string name, Tensor parameter) in transfer.Network.NamedParameters())
            Fitting.AssertSlopes(Adversary, parameter);
        few = [1, 2];
        Assert.Equal(y.Average(row => Similarity(row, [k[0], k[1]])), transfer.Loss(Step())[2].Value.ToDouble(), 1e-12);
        Fitting.AssertSlopes(() => transfer.Loss(Step())[2].Value, known);

        Tensor Leaf(long count) => Tensor.Normal([count, 5], generator, ScalarType.Float64).WithGrad();

        Tensor Adversary() => Assert.Single(transfer.Updates(Stage.Adapt)[0].Terms(Step())).Value;

        TrainingStep Step() => new(new StepInfo(0, 1), Layers(source), Tensor.From(labels), Layers(target), Layers(known))
        {
            KnownLabels = Tensor.From(few),
        };

        double Score(double[] row)
        {
            double[] first = Layer("layer1", row[..2], relu: true);
            double scale = Parameter("scale2").ToDouble();
            return Layer("score", Layer("layer2", [.. row, .. first.Select(v => v * scale)], relu: true), relu: false)[0];
        }

        double[] Layer(string name, double[] row, bool relu)
        {
            double[] bias = Parameter($"{name}.bias").ToArray<double>();
            return [.. Fitting.Rows(Parameter($"{name}.weight").Detach()).Select((w, i) => bias[i] + w.Zip(row, static (a, b) => a * b).Sum()).Select(v => relu ? Math.Max(v, 0) : v)];
        }

        Tensor Parameter(string name) => transfer.Network.NamedParameters().Single(p => p.Key == name).Value;

        static double[] Mean(double[][] rows, long[] labels, long label)
        {
            double[][] own = [.. rows.Where((_, i) => labels[i] == label)];
            return [.. Enumerable.Range(0, rows[0].Length).Select(d => own.Average(row => row[d]))];
        }

        static double Similarity(double[] row, double[][] centroids) =>
            Fitting.Entropy(Fitting.Softmax(centroids.Select(c => row.Zip(c, static (a, b) => a * b).Sum() / (Length(row) * Length(c)) / 0.5)));

        static double Length(double[] row) => Math.Sqrt(row.Sum(static v => v * v) + 1e-6);
    }

    [Theory]
    [InlineData("mlp", new long[] { 7 }, "layer1, layer2")]
    [InlineData("lenet", new long[] { 1, 28, 28 }, "layer1, layer2, layer3")]
    public void Attach_AllLayers_AreSeen(string backbone, long[] shape, string layers)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec(backbone, shape, 3), generator);
        using LabelEfficientTransfer transfer = new();

        transfer.Attach(new FitContext(network, generator, network.Activate(Tensor.Zeros([2, .. shape]))));

        Assert.Equal(layers, string.Join(", ", transfer.Network!.Children.Select(static c => c.Key).Where(static name => name != "score")));
    }

    [Fact]
    public void Attach_Bottleneck_IsSeenToo()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [7], 3) { Bottleneck = new Bottleneck(5, BottleneckActivation.Relu) }, generator);
        using LabelEfficientTransfer transfer = new();

        transfer.Attach(new FitContext(network, generator, network.Activate(Tensor.Zeros([2, 7]))));

        Assert.Equal(4, transfer.Network!.Children.Count);
    }

    [Fact]
    public void Fit_TargetSamplesBecomeClearlySimilarToOneClass()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 120, 1);
        using Domain target = Toy.Blobs("target", 120, 2, shift: 2);
        using Domain known = Toy.Blobs("known", 6, 5, shift: 2);

        double unsure = Entropy(0), surer = Entropy(1);

        Assert.True(surer < 0.8 * unsure, $"entropy {surer}, and {unsure} without the term");

        double Entropy(double beta)
        {
            using LabelEfficientTransfer transfer = new() { Alpha = 0, Beta = beta };
            using ClassifierNetwork network = Fitting.Fit(transfer, source, target, 80, known);
            Activations x = Fitting.Activate(network, source), y = Fitting.Activate(network, target);
            TrainingStep step = new(new StepInfo(0, 1), x, Tensor.From([.. source.Labels!.Indices.Select(static l => (long)l)]), y);
            return transfer.Loss(step).Single(static term => term.Name == "semantic.source").Value.ToDouble();
        }
    }

    /// <summary>Two layers, of which the first is a part of the second, and logits of three classes.</summary>
    private static Activations Layers(Tensor features) => new([("early", features.Slice(1, 0, 2)), ("features", features), ("logits", features.Slice(1, 0, 3))]);
}
