using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.PartialOpen;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.PartialOpen;

public sealed class OpenSetBackpropagationTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.3)]
    public void Adversary_RandomScores_EqualsTheFormula(double t)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logits = Tensor.Normal([7, 4], generator, ScalarType.Float64) * 3;

        double Expected(double epsilon) => Fitting.Rows(logits).Average(row =>
        {
            double unknown = Math.Exp(row[3]) / row.Sum(Math.Exp);
            return (-t * Math.Log(unknown + epsilon)) - ((1 - t) * Math.Log(1 - unknown + epsilon));
        });

        // A few dozen float64 operations of size up to 10.
        Assert.Equal(Expected(0), OpenSetBackpropagation.Adversary(OpenSetBackpropagation.Odds(logits), t).ToDouble(), 1e-12);
        Assert.Equal(Expected(1e-6), OpenSetBackpropagation.Bounded(OpenSetBackpropagation.Odds(logits), t).ToDouble(), 1e-12);
    }

    // Where p(K+1) is 0 or 1 in float32, the classifier's loss is t, or 1 − t, times the distance of the scores; the features'
    // ends at the logarithm of ε and its gradient at 0, as they have nothing more to gain.
    [Fact]
    public void Adversary_ExtremeScores_IsExactAndBounded()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Tensor.From<float>([0, -1000, 800, 900, 100, -300], 2, 3).WithGrad();
        Tensor odds = OpenSetBackpropagation.Odds(logits);

        double exact = OpenSetBackpropagation.Adversary(odds, 0.25).ToDouble();
        Tensor bounded = OpenSetBackpropagation.Bounded(odds, 0.25);
        bounded.Backward();

        Assert.Equal(((0.75 * 800) + (0.25 * 1200)) / 2, exact, 1e-3);
        // log(1 + ε) of the likely side is 1e-6, or nothing in float32.
        Assert.Equal((0.75 + 0.25) / 2 * Math.Log(1e6), bounded.ToDouble(), 1e-5);
        Assert.All(logits.Grad!.ToArray<float>(), static g => Assert.Equal(0, g));
    }

    // The classifier alone descends L_adv, the features alone ascend it: both against central differences of the losses.
    [Fact]
    public void Loss_Gradients_EachMovesItsPart()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        using ClassifierNetwork network = Fitting.Network(5, 4, generator);
        Tensor source = Tensor.Normal([6, 5], generator, ScalarType.Float64), target = Tensor.Normal([9, 5], generator, ScalarType.Float64);
        using OpenSetBackpropagation osbp = new() { Lambda = 0.7 };
        IReadOnlyList<LossTerm> Terms() => osbp.Loss(new TrainingStep(new StepInfo(30, 100), network, generator) { SourceInputs = source, TargetInputs = target });
        double Value(Func<Tensor, double, Tensor> loss)
        {
            using TensorScope inner = TensorScope.Begin();
            return loss(OpenSetBackpropagation.Odds(network.Activate(target).Logits), 0.5).ToDouble();
        }

        double Exact() => Value(OpenSetBackpropagation.Adversary);
        double Bounded() => Value(OpenSetBackpropagation.Bounded);
        Dictionary<string, Tensor> parameters = network.NamedParameters().ToDictionary();
        Tensor head = parameters["head.weight"], backbone = parameters.First(static p => p.Key.StartsWith("backbone.", StringComparison.Ordinal)).Value;

        IReadOnlyList<LossTerm> terms = Terms();
        Assert.Equal([1, -0.7 * Ramp.Sigmoid.At(0.3)], terms.Select(static t => t.Weight));
        Assert.Equal(Exact(), terms[0].Value.ToDouble(), 1e-12);
        Assert.Equal(Bounded(), terms[1].Value.ToDouble(), 1e-12);
        Terms()[0].Value.Backward();
        Slopes.AssertEqual(head, 1, Exact);
        Assert.Null(backbone.Grad);
        head.SetGrad(null);
        Terms()[1].Value.Backward();
        Slopes.AssertEqual(backbone, 1, Bounded);
        Assert.Null(head.Grad);
    }

    // What the paper promises: target samples of a class that the source lacks are found out, and the known ones are still
    // told apart. A classifier of the source alone can find none.
    [Fact]
    public void Fit_TargetWithAClassMore_FindsTheUnknown()
    {
        using Domain all = Toy.Blobs("source", 180, 1);
        using Domain known = Fitting.Only(all, 0, 1);
        using Domain source = known.WithLabels(known.Labels!.AlignTo(["ant", "bee"]));
        using Domain target = Toy.Blobs("target", 180, 2, shift: 0.3);
        using OpenSetBackpropagation osbp = new() { Lambda = 1 };
        using NetworkModel model = Fitting.Fit(osbp, source, target, new TrainerOptions { Steps = 200, BatchSize = 32, Seed = 1 });

        Acclimate.Training.Predictions found = model.Predict(target);

        Assert.Equal(["ant", "bee", Labels.Unknown], model.Classes);
        for (int c = 0; c < 3; c++)
        {
            double recall = Enumerable.Range(0, 180).Where(i => target.Labels!.Indices[i] == c).Average(i => found.Indices[i] == c ? 1.0 : 0);
            Assert.True(recall > 0.7, $"class {c}: {recall}");
        }
    }

    [Theory]
    [InlineData("t", "0")]
    [InlineData("t", "1")]
    [InlineData("lambda", "-1")]
    public void Attach_OutOfRange_IsRefusedByName(string option, string value)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Objective osbp = (Objective)MethodCatalog.Find("osbp").Create(new Dictionary<string, string> { [option] = value });
        Activations example = new([("features", Tensor.Ones([2, 2])), ("logits", Tensor.Ones([2, 3]))]);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => osbp.Attach(new FitContext(example, generator)));

        Assert.StartsWith($"osbp: {option} is ", thrown.Message, StringComparison.Ordinal);
    }
}
