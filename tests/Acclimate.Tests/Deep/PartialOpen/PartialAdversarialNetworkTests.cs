using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.PartialOpen;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.PartialOpen;

public sealed class PartialAdversarialNetworkTests
{
    private static readonly double[] Gamma = [1, 0.25, 0.6];

    [Fact]
    public void BeforeStep_AtTheInterval_GammaIsTheMeanPredictionByItsLargest()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [6], 3), generator);
        using Domain target = Toy.Blobs("target", 50, 2);
        using PartialAdversarialNetwork pada = new() { Interval = 4 };
        pada.Attach(new FitContext(network, generator, network.Activate(Tensor.Normal([4, 6], generator))));
        FitContext context = new(network) { TargetBatches = () => BatchLoader.InOrder(target, Preprocessing.None, 7) };
        Tensor gamma = pada.Network!.NamedBuffers().Single().Value;

        foreach (long early in (long[])[0, 1, 3, 5])
            pada.BeforeStep(Stage.Adapt, new StepInfo(early, 20), context);
        Assert.Equal([1f, 1f, 1f], gamma.ToArray<float>());
        network.Train();
        pada.BeforeStep(Stage.Adapt, new StepInfo(8, 20), context);

        Assert.True(network.Training);
        network.Eval();
        double[][] all = Fitting.Rows(network.Activate(target.Read([.. Enumerable.Range(0, 50)])).Probabilities.To(ScalarType.Float64));
        double[] mean = [.. Enumerable.Range(0, 3).Select(k => all.Average(row => row[k]))];
        // Sums of 50 float32 numbers below 1.
        Assert.All(Enumerable.Range(0, 3), k => Assert.Equal(mean[k] / mean.Max(), gamma.ToArray<float>()[k], 1e-5));
    }

    [Fact]
    public void TaskAndLoss_WithGamma_EqualTheFormulasInValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor features = Tensor.Normal([8, 4], generator, ScalarType.Float64).WithGrad(), logits = Tensor.Normal([8, 3], generator, ScalarType.Float64).WithGrad();
        Tensor other = Tensor.Normal([5, 4], generator, ScalarType.Float64).WithGrad();
        long[] labels = [0, 1, 2, 1, 1, 0, 2, 1];
        using PartialAdversarialNetwork pada = new() { Hidden = 6, Lambda = 0.8 };
        pada.Attach(new FitContext(Layers(features, logits), generator));
        pada.Network!.To(ScalarType.Float64);
        pada.Network.NamedBuffers().Single().Value.CopyInPlace(Tensor.From(Gamma));
        TrainingStep Step() => new(new StepInfo(40, 100), Layers(features, logits), Tensor.From(labels), Layers(other, other));

        LossTerm task = Assert.Single(pada.Task(Step())), domain = Assert.Single(pada.Loss(Step()));
        (task.Value + domain.Value).Backward();

        double[][] rows = Fitting.Rows(logits);
        double expected = Enumerable.Range(0, 8).Average(i => Gamma[labels[i]] * (Math.Log(rows[i].Sum(Math.Exp)) - rows[i][labels[i]]));
        // A few hundred float64 operations of size 1.
        Assert.Equal(expected, task.Value.ToDouble(), 1e-12);
        double[] ofSource = pada.Network.Forward(features).ToArray<double>(), ofTarget = pada.Network.Forward(other).ToArray<double>();
        double adversary = (Enumerable.Range(0, 8).Average(i => Gamma[labels[i]] * Math.Log(1 + Math.Exp(-ofSource[i])))
            + ofTarget.Average(static s => Math.Log(1 + Math.Exp(s))));
        Assert.Equal(adversary, domain.Value.ToDouble(), 1e-12);

        double reversed = -0.8 * Ramp.Sigmoid.At(0.4);
        Slopes.AssertEqual(logits, 1, () => Quiet(() => pada.Task(Step())));
        Slopes.AssertEqual(features, reversed, () => Quiet(() => pada.Loss(Step())));
        Slopes.AssertEqual(other, reversed, () => Quiet(() => pada.Loss(Step())));
        Slopes.AssertEqual(pada.Network.NamedParameters().First().Value, 1, () => Quiet(() => pada.Loss(Step())));
    }

    // What the paper promises: the class that the target lacks comes to weigh little, the others don't.
    [Fact]
    public void Fit_TargetWithoutAClass_ForgetsIt()
    {
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain all = Toy.Blobs("target", 150, 2, shift: 0.5);
        using Domain target = Fitting.Only(all, 0, 1);
        using PartialAdversarialNetwork pada = new() { Interval = 30 };
        using NetworkModel model = Fitting.Fit(pada, source, target, new TrainerOptions { Steps = 150, BatchSize = 32, Seed = 1 });

        float[] gamma = pada.Network!.NamedBuffers().Single().Value.ToArray<float>();

        Assert.Equal(1, gamma.Max());
        Assert.True(gamma[0] > 0.7 && gamma[1] > 0.7, $"{gamma[0]} {gamma[1]}");
        Assert.True(gamma[2] < 0.2, $"{gamma[2]}");
    }

    // γ is in the checkpoint: a run that stops between two looks at the target goes on to the same bits.
    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void Fit_StoppedBetweenTwoLooks_SameBits(long stopAt)
    {
        string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;
        try
        {
            string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
            using Domain source = Toy.Blobs("source", 60, 1);
            using Domain target = Toy.Blobs("target", 60, 2, shift: 1);
            TrainerOptions options = new() { Steps = 12, BatchSize = 16, Seed = 3, CheckpointSteps = 5 };
            using PartialAdversarialNetwork one = new() { Interval = 3 }, two = new() { Interval = 3 }, three = new() { Interval = 3 };
            using NetworkModel whole = Fitting.Fit(one, source, target, options);
            Assert.Throws<OperationCanceledException>(() => Fitting.Fit(two, source, target, options, checkpoint, stopAt));
            using NetworkModel resumed = Fitting.Fit(three, source, target, options, checkpoint);

            Assert.All(whole.Network.NamedState().Zip(resumed.Network.NamedState()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Key));
            Assert.All(one.Network!.NamedState().Zip(three.Network!.NamedState()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Key));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("interval", "0")]
    [InlineData("hidden", "0")]
    [InlineData("lambda", "-1")]
    public void Attach_OutOfRange_IsRefusedByName(string option, string value)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Objective pada = (Objective)MethodCatalog.Find("pada").Create(new Dictionary<string, string> { [option] = value });

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => pada.Attach(new FitContext(Layers(Tensor.Ones([2, 2]), Tensor.Ones([2, 3])), generator)));

        Assert.StartsWith($"pada: {option} is ", thrown.Message, StringComparison.Ordinal);
    }

    private static double Quiet(Func<IReadOnlyList<LossTerm>> terms)
    {
        using TensorScope scope = TensorScope.Begin();
        return terms().Single().Value.ToDouble();
    }

    private static Activations Layers(Tensor features, Tensor logits) => new([("features", features), ("logits", logits)]);
}
