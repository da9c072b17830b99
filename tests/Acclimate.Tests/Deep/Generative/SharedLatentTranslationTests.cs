using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Generative;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Generative;

public class SharedLatentTranslationTests
{
    private static SharedLatentTranslation Small => new() { Maps = 2, DiscriminatorMaps = 2 };

    // Every number here is of size 1 and made of some ten thousand float64 operations: 1e-11 leaves room for their roundings.
    [Fact]
    public void Updates_Values_EqualTheFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        using SharedLatentTranslation shared = Small;
        using Game game = new(shared, [4], sources: 6, targets: 5);
        using Generator forStep = Game.Noise(), again = Game.Noise();
        TrainingStep step = game.Step(forStep);
        IReadOnlyList<Update> updates = shared.Updates(Stage.Adapt);

        Dictionary<string, LossTerm> discriminators = updates[0].Terms(step).ToDictionary(static t => t.Name);
        Dictionary<string, LossTerm> rest = updates[1].Terms(step).ToDictionary(static t => t.Name);

        Activations real = game.Network.Activate(Tensor.Concatenate([game.Source, game.Target]));
        Tensor common = game.Own("shared").Forward(real.Features + Tensor.Normal([11, 256], again, ScalarType.Float64));
        Tensor inSource = game.Own("to_source").Forward(common), inTarget = game.Own("to_target").Forward(common);
        Tensor asTarget = inTarget.Slice(0, 0, 6), asSource = inSource.Slice(0, 6, 11);

        Assert.Equal(Softplus("of_source", game.Source, -1) + Softplus("of_source", asSource, 1), discriminators["discriminator.source"].Value.ToDouble(), 1e-11);
        Assert.Equal(Softplus("of_target", game.Target, -1) + Softplus("of_target", asTarget, 1), discriminators["discriminator.target"].Value.ToDouble(), 1e-11);
        Assert.Equal(Softplus("of_source", asSource, -1) + Softplus("of_target", asTarget, -1), rest["adversarial"].Value.ToDouble(), 1e-11);
        Assert.Equal(Absolute(game.Source, inSource.Slice(0, 0, 6)) + Absolute(game.Target, inTarget.Slice(0, 6, 11)), rest["reconstruction"].Value.ToDouble(), 1e-11);
        Assert.Equal(CrossEntropy(real.Logits), rest["task"].Value.ToDouble(), 1e-11);

        // There and back: the translated target batch comes first, for it is of the source.
        Activations translated = game.Network.Activate(Tensor.Concatenate([asSource, asTarget]));
        Tensor back = game.Own("shared").Forward(translated.Features + Tensor.Normal([11, 256], again, ScalarType.Float64));
        Assert.Equal(
            Absolute(game.Target, game.Own("to_target").Forward(back.Slice(0, 0, 5))) + Absolute(game.Source, game.Own("to_source").Forward(back.Slice(0, 5, 11))),
            rest["cycle"].Value.ToDouble(), 1e-11);
        Assert.Equal(CrossEntropy(translated.Logits.Slice(0, 5, 11)), rest["task.translated"].Value.ToDouble(), 1e-11);
        Assert.Equal(
            HalfSquare(real.Features, 0, 6) + HalfSquare(real.Features, 6, 11) + HalfSquare(translated.Features, 0, 5) + HalfSquare(translated.Features, 5, 11),
            rest["divergence"].Value.ToDouble(), 1e-11);
        Assert.Equal(1, rest["reconstruction"].Weight, 1e-15);
        Assert.Equal(0.001, rest["divergence"].Weight, 1e-15);
        Assert.Equal(0.1 * Ramp.Sigmoid.At(0.5), rest["adversarial"].Weight, 1e-15);
        Assert.Equal(Ramp.Sigmoid.At(0.5), rest["task.translated"].Weight, 1e-15);

        double Softplus(string discriminator, Tensor samples, int sign) =>
            game.Own(discriminator).Forward(samples).ToArray<double>().Average(s => Math.Log(1 + Math.Exp(sign * s)));
        static double Absolute(Tensor one, Tensor other) =>
            one.Flatten().ToArray<double>().Zip(other.Flatten().ToArray<double>()).Average(static pair => Math.Abs(pair.First - pair.Second));
        static double HalfSquare(Tensor codes, long from, long to) => codes.Slice(0, from, to).Flatten().ToArray<double>().Average(static x => x * x / 2);
        static double CrossEntropy(Tensor scores) => Enumerable.Range(0, 6).Average(i =>
        {
            double[] row = scores[i].ToArray<double>();
            return Math.Log(row.Sum(Math.Exp)) - row[i % 3];
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Updates_Gradients_AgreeWithDifferences(int update)
    {
        using TensorScope scope = TensorScope.Begin();
        using SharedLatentTranslation shared = Small;
        using Game game = new(shared, [4], sources: 6, targets: 5);

        game.CheckGradients(shared.Updates(Stage.Adapt)[update]);
    }

    // The divergence against its definition: ∫ q log(q/p) for q = N(1.3, 1) and p = N(0, 1) by the trapezoidal rule, which
    // for such functions is exact to far more than 1e-9 with steps of 0.01.
    [Fact]
    public void DivergenceOf_OneCode_EqualsTheIntegral()
    {
        using TensorScope scope = TensorScope.Begin();
        const double mean = 1.3;
        double expected = Enumerable.Range(-1000, 2001).Sum(static i =>
        {
            double x = mean + (i * 0.01);
            double q = Math.Exp(-(x - mean) * (x - mean) / 2) / Math.Sqrt(2 * Math.PI);
            return q * (((x * x) - ((x - mean) * (x - mean))) / 2) * 0.01;
        });

        double found = SharedLatentTranslation.DivergenceOf(Tensor.Full([1, 1], mean, ScalarType.Float64), Tensor.Zeros([1, 1], ScalarType.Float64)).ToDouble();

        Assert.Equal(expected, found, 1e-9);
    }

    [Fact]
    public void Updates_EachMovesItsPartsOnly()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 32, 1);
        using Domain target = Toy.Blobs("target", 32, 2, shift: 1);
        using SharedLatentTranslation discriminators = new(), rest = new();

        IReadOnlyList<string> first = Game.Moved(discriminators, 0, source, target);
        IReadOnlyList<string> second = Game.Moved(rest, 1, source, target);

        Assert.All(first, static name => Assert.StartsWith("objective.of_", name, StringComparison.Ordinal));
        Assert.Contains("objective.of_source.layers.0.weight", first);
        Assert.Contains("objective.of_target.layers.0.weight", first);
        Assert.All(second, static name => Assert.False(name.StartsWith("objective.of_", StringComparison.Ordinal), name));
        Assert.Contains("backbone.fc1.0.weight", second);
        Assert.Contains("head.weight", second);
        Assert.Contains("objective.shared.0.weight", second);
        Assert.Contains("objective.to_source.0.weight", second);
        Assert.Contains("objective.to_target.0.weight", second);
    }

    [Fact]
    public void Fit_MovedTarget_TranslatesIntoTheOtherDomainWithTheSourcesLabels()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 150, 2, shift: 2);
        using SharedLatentTranslation shared = new();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        List<double> rebuilt = [];
        new Trainer(network, shared, new TrainerOptions { Steps = 100, BatchSize = 32 })
            .Fit(source, target, Preprocessing.None, progress: report => rebuilt.Add(report.Terms["reconstruction"]));

        using Batch from = BatchLoader.InOrder(source, Preprocessing.None, 150, default).First();
        using Batch to = BatchLoader.InOrder(target, Preprocessing.None, 150, default).First();
        using NoGrad noGrad = NoGrad.Begin();
        SharedLatentNetworks own = (SharedLatentNetworks)shared.Network!;
        own.Eval();
        Tensor translated = own.ToTarget.Forward(own.Forward(network.Activate(from.Inputs).Features));

        Assert.True(rebuilt.TakeLast(10).Average() < rebuilt.Take(3).Average() / 2, $"from {rebuilt[0]} to {rebuilt[^1]}");
        double before = (from.Inputs.Mean(0) - to.Inputs.Mean(0)).Norm().ToDouble();
        double after = (translated.Mean(0) - to.Inputs.Mean(0)).Norm().ToDouble();
        Assert.True(after < before / 2, $"the means are {after} apart; before {before}");
        double kept = network.Forward(translated).ArgMax(1).Equals(from.Labels!).To(ScalarType.Float64).Mean().ToDouble();
        Assert.True(kept > 0.9, $"{kept} of the labels are kept");
    }

    [Fact]
    public void Attach_OptionOutOfRange_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        using SharedLatentTranslation shared = new() { Noise = -1 };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new Game(shared, [4], 3, 3).Dispose());

        Assert.Equal("shared-latent: noise is -1; expected 0 or more", thrown.Message);
    }
}
