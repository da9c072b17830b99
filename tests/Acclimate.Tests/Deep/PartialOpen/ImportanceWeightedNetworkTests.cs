using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.PartialOpen;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.PartialOpen;

public sealed class ImportanceWeightedNetworkTests
{
    [Fact]
    public void Importance_RandomScores_IsTheRestOverItsMean()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor scores = Tensor.Normal([9], generator, ScalarType.Float64) * 4;

        double[] found = ImportanceWeightedNetwork.Importance(scores).ToArray<double>();

        double[] rest = [.. scores.ToArray<double>().Select(static s => 1 - (1 / (1 + Math.Exp(-s))))];
        // 1 − D loses to rounding what 1 − σ(12) needs: 1e-16 of 6e-6.
        Assert.All(Enumerable.Range(0, 9), i => Assert.Equal(rest[i] / rest.Average(), found[i], 1e-9));
    }

    [Fact]
    public void Importance_SureDiscriminator_StaysSound()
    {
        using TensorScope scope = TensorScope.Begin();

        Assert.Equal([1f, 1f], ImportanceWeightedNetwork.Importance(Tensor.From<float>([1000, 1000])).ToArray<float>());
        Assert.Equal([0f, 2f], ImportanceWeightedNetwork.Importance(Tensor.From<float>([1000, -1000])).ToArray<float>());
        Assert.Equal([1f], ImportanceWeightedNetwork.Importance(Tensor.From<float>([300])).ToArray<float>());
    }

    // Each part moves by the gradient of its own loss: D by the first alone, D₀ by the second alone, F_t by −λ_p times the
    // paper's L_w and by γ H; F_s by none. All against central differences of the losses themselves.
    [Fact]
    public void Loss_ValuesAndGradients_EqualTheFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        using ClassifierNetwork network = Fitting.Network(5, 3, generator);
        Tensor source = Tensor.Normal([6, 5], generator, ScalarType.Float64), target = Tensor.Normal([9, 5], generator, ScalarType.Float64) + 0.5;
        using ImportanceWeightedNetwork iwan = new() { Hidden = 7, Lambda = 0.4, Gamma = 0.3 };
        iwan.Attach(new FitContext(network, generator, network.Activate(source)));
        iwan.Network!.To(ScalarType.Float64);
        iwan.Begin(iwan.Stages[1], new FitContext(network));
        Dictionary<string, Module> parts = iwan.Network.Children.ToDictionary();
        Tensor fixedFeatures = network.Activate(source).Features.Detach();
        IReadOnlyList<LossTerm> Terms() => iwan.Loss(new TrainingStep(new StepInfo(20, 100), network, generator) { SourceInputs = source, TargetInputs = target });

        IReadOnlyList<LossTerm> terms = Terms();
        Assert.Equal(["domain.first", "domain", "entropy"], terms.Select(static t => t.Name));
        Assert.Equal([1, 1, 0.3], terms.Select(static t => t.Weight));

        double[] Scores(string part, Tensor features) => parts[part].Forward(features).ToArray<double>();
        double First() => Quiet(() => Scores("first", fixedFeatures).Average(Lost) + Scores("first", network.Activate(target).Features).Average(Kept));
        double[] rest = [.. Scores("first", fixedFeatures).Select(static s => 1 / (1 + Math.Exp(s)))];
        double Second() => Quiet(() => Scores("second", fixedFeatures).Select((s, i) => rest[i] / rest.Average() * Lost(s)).Average()
            + Scores("second", network.Activate(target).Features).Average(Kept));
        double Entropy() => Quiet(() => Fitting.Rows(network.Activate(target).Probabilities).Average(static row => -row.Sum(static p => p * Math.Log(p))));

        // A few thousand float64 operations of size 1.
        Assert.Equal(First(), terms[0].Value.ToDouble(), 1e-11);
        Assert.Equal(Second(), terms[1].Value.ToDouble(), 1e-11);
        Assert.Equal(Entropy(), terms[2].Value.ToDouble(), 1e-11);

        Tensor moving = network.NamedParameters().First(static p => p.Key.StartsWith("backbone.", StringComparison.Ordinal)).Value;
        Tensor one = parts["first"].NamedParameters().First().Value, two = parts["second"].NamedParameters().First().Value;
        Terms()[0].Value.Backward();
        Slopes.AssertEqual(one, 1, First);
        Assert.True(moving.Grad is null && two.Grad is null);
        one.SetGrad(null);
        Terms()[1].Value.Backward();
        Slopes.AssertEqual(two, 1, Second);
        Slopes.AssertEqual(moving, -0.4 * Ramp.Sigmoid.At(0.2), Second);
        Assert.Null(one.Grad);
        moving.SetGrad(null);
        Terms()[2].Value.Backward();
        Slopes.AssertEqual(moving, 1, Entropy);
        Assert.All(parts["source"].NamedParameters(), static p => Assert.Null(p.Value.Grad));
    }

    [Fact]
    public void Updates_SecondStage_LeavesTheClassifier()
    {
        using ImportanceWeightedNetwork iwan = new();

        Update adapt = Assert.Single(iwan.Updates(iwan.Stages[1]));

        Assert.True(adapt.Moves("backbone.fc1.0.weight"));
        Assert.True(adapt.Moves("bottleneck.weight"));
        Assert.True(adapt.Moves("objective.first.layers.0.weight"));
        Assert.False(adapt.Moves("head.weight"));
    }

    // What the paper promises: source samples of the class that the target lacks weigh less than the others. The
    // classifier stays what the source's stage made it, while the target's features move.
    [Fact]
    public void Fit_TargetWithoutAClass_WeighsItLow()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain all = Toy.Blobs("target", 150, 2, shift: 0.5);
        using Domain target = Fitting.Only(all, 0, 1);
        using ImportanceWeightedNetwork iwan = new();
        using NetworkModel model = Fitting.Fit(iwan, source, target, new TrainerOptions { Steps = 500, BatchSize = 32, Seed = 1, LearningRate = 0.015 });
        Dictionary<string, Module> parts = iwan.Network!.Children.ToDictionary();
        ClassifierNetwork kept = (ClassifierNetwork)parts["source"];

        float[] weights = ImportanceWeightedNetwork.Importance(parts["first"].Forward(kept.Activate(source.Read([.. Enumerable.Range(0, 150)])).Features)).ToArray<float>();
        double Mean(int c) => Enumerable.Range(0, 150).Where(i => source.Labels!.Indices[i] == c).Average(i => weights[i]);

        Assert.True(Mean(2) < 0.8 * Math.Min(Mean(0), Mean(1)), $"{Mean(0)} {Mean(1)} {Mean(2)}");
        Assert.True(kept.Head.NamedParameters().Zip(model.Network.Head.NamedParameters()).All(static pair => pair.First.Value.SameAs(pair.Second.Value)));
        Assert.False(kept.Backbone.NamedParameters().Zip(model.Network.Backbone.NamedParameters()).All(static pair => pair.First.Value.SameAs(pair.Second.Value)));
    }

    [Theory]
    [InlineData("hidden", "0")]
    [InlineData("lambda", "-1")]
    [InlineData("gamma", "-0.1")]
    public void Attach_OutOfRange_IsRefusedByName(string option, string value)
    {
        using Generator generator = new(1);
        using ClassifierNetwork network = Fitting.Network(4, 3, generator);
        using Objective iwan = (Objective)MethodCatalog.Find("iwan").Create(new Dictionary<string, string> { [option] = value });
        using TensorScope scope = TensorScope.Begin();
        Activations example = network.Activate(Tensor.Ones([2, 4], ScalarType.Float64));

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => iwan.Attach(new FitContext(network, generator, example)));

        Assert.StartsWith($"iwan: {option} is ", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>−log σ(s).</summary>
    private static double Lost(double score) => Math.Log(1 + Math.Exp(-score));

    /// <summary>−log(1 − σ(s)).</summary>
    private static double Kept(double score) => Math.Log(1 + Math.Exp(score));

    private static double Quiet(Func<double> value)
    {
        using TensorScope scope = TensorScope.Begin();
        return value();
    }
}
