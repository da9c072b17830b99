using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Adversarial;

public class AdversarialDiscriminativeAdaptationTests
{
    [Fact]
    public void Fit_KeepsTheSourcesEncoderAndClassifier_AndMovesTheTargets()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
        using SourceOnly plain = new();
        using AdversarialDiscriminativeAdaptation adda = new() { Hidden = 16 };
        using ClassifierNetwork before = Fitting.Fit(plain, source, target, 10);
        using ClassifierNetwork after = Fitting.Fit(adda, source, target, 20);

        IEnumerable<KeyValuePair<string, Tensor>> kept = adda.Network!.NamedState().Where(static pair => pair.Key.StartsWith("source.", StringComparison.Ordinal));
        Assert.Empty(Fitting.Changed(before.NamedState(), kept));
        string[] changed = Fitting.Changed(before.NamedParameters(), after.NamedParameters());
        Assert.Equal([.. before.NamedParameters().Select(static p => p.Key).Where(Parts.Backbone)], changed);
    }

    [Fact]
    public void Fit_BatchNormOfTheTargetsEncoder_SeesTheTargetAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 50);
        using Domain known = Toy.Blobs("known", 6, 5, shift: 50);
        using AdversarialDiscriminativeAdaptation adda = new() { Pretraining = 0.1, Rate = 0 };
        using ClassifierNetwork network = Fitting.Fit(adda, source, target, 100, known);

        // 90 steps at a share of a tenth leave 0.9⁹⁰ = 10⁻⁴ of what was before; batches differ by their noise, a value
        // of size 1 before the layer. The source's mean would be off by tens.
        BatchNorm norm = network.Modules().OfType<BatchNorm>().First();
        Linear linear = network.Modules().OfType<Linear>().First();
        using Batch all = Fitting.All(target);
        using NoGrad noGrad = NoGrad.Begin();
        float[] expected = linear.Forward(all.Inputs).Mean(0).ToArray<float>();
        Assert.All(expected.Zip(norm.RunningMean.ToArray<float>()), static pair => Assert.Equal(pair.First, pair.Second, 2f));
        Assert.Contains(expected, static mean => Math.Abs(mean) > 20);
    }

    [Fact]
    public void Updates_EqualTheLoopsOverEquation9_AndSlopesEqualDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Domain source = Toy.Blobs("source", 7, 1);
        using Domain target = Toy.Blobs("target", 5, 2, shift: 1);
        using ClassifierNetwork network = Fitting.Network(source);
        using AdversarialDiscriminativeAdaptation adda = new() { Hidden = 4 };
        adda.Attach(new FitContext(network, generator, Fitting.Activate(network, source)));
        network.To(ScalarType.Float64);
        adda.Network!.To(ScalarType.Float64);
        Stage adapt = adda.Stages[1];
        adda.Begin(adapt, new FitContext(network));
        network.Train();
        adda.Network.Train();
        using Batch sources = Fitting.All(source), targets = Fitting.All(target);
        Tensor x = sources.Inputs.To(ScalarType.Float64), y = targets.Inputs.To(ScalarType.Float64);

        // The source's encoder is a copy: the running statistics that the target moves afterwards are not its own.
        network.Eval();
        double[][] ofSource = Fitting.Rows(network.Activate(x).Features.Detach());
        network.Train();
        double[][] ofTarget = Fitting.Rows(network.Activate(y).Features.Detach());
        double discriminator = ofSource.Average(row => -LogSigmoid(Score(row))) + ofTarget.Average(row => -LogSigmoid(-Score(row)));
        double encoder = ofTarget.Average(row => -LogSigmoid(Score(row)));

        // A few hundred float64 operations of size 1.
        Assert.Equal(discriminator, Term(0).ToDouble(), 1e-12);
        Assert.Equal(encoder, Term(1).ToDouble(), 1e-12);
        Fitting.AssertSlopes(() => Term(0), Parameter("discriminator.layers.2.weight"));
        Fitting.AssertSlopes(() => Term(1), network.NamedParameters().First().Value);
        Assert.Equal(
            ["discriminator.layers.0.weight"],
            adda.Network.NamedParameters().Select(static p => p.Key).Where(name => adda.Updates(adapt)[0].Moves(Parts.OwnPrefix + name)).Take(1));
        Assert.False(adda.Updates(adapt)[0].Moves("objective.source.backbone.fc1.0.weight"));

        Tensor Term(int update) => adda.Updates(adapt)[update].Terms(new TrainingStep(new StepInfo(0, 1), network, generator)
        {
            SourceInputs = x,
            TargetInputs = y,
            ShowsSource = false,
        }).Single().Value;

        Tensor Parameter(string name) => adda.Network.NamedParameters().Single(p => p.Key == name).Value;

        double Score(double[] row) => Layer(Layer(Layer(row, 0, true), 2, true), 4, false)[0];

        double[] Layer(double[] row, int layer, bool relu)
        {
            double[][] weights = Fitting.Rows(Parameter($"discriminator.layers.{layer}.weight").Detach());
            double[] bias = Parameter($"discriminator.layers.{layer}.bias").ToArray<double>();
            return [.. weights.Select((w, i) => bias[i] + w.Zip(row, static (a, b) => a * b).Sum()).Select(v => relu ? Math.Max(v, 0) : v)];
        }

        static double LogSigmoid(double score) => -Math.Log(1 + Math.Exp(-score));
    }
}
