using Acclimate.Catalog;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class ConditionalDomainAdversarialNetworkTests
{
    private static readonly double Lambda = 0.7 * Ramp.Sigmoid.At(0.3);

    [Theory]
    [InlineData("cdan")]
    [InlineData("cdan-e")]
    public void Loss_EqualsTheLoops(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new(name);

        LossTerm term = Assert.Single(game.Method.Loss(game.Step));

        Assert.Equal(game.Reference(), term.Value.ToDouble(), ValueTolerance);
        Assert.Equal(("domain", 1.0), (term.Name, term.Weight));
    }

    [Theory]
    [InlineData("cdan")]
    [InlineData("cdan-e")]
    public void Loss_FeaturesAscendLambdaFold_DiscriminatorDescends(string name)
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new(name);

        Descend(game.Method.Loss(game.Step));

        CheckGradient(game.SourceFeatures, -Lambda, Slopes(game.SourceFeatures, game.Reference), "source");
        CheckGradient(game.TargetFeatures, -Lambda, Slopes(game.TargetFeatures, game.Reference), "target");
        CheckParameters(game.Method.Network!, game.Reference);
    }

    [Fact]
    public void Loss_Cdan_NoGradientThroughThePredictions()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new("cdan");

        Descend(game.Method.Loss(game.Step));

        Assert.Null(game.SourceLogits.Grad);
        Assert.Null(game.TargetLogits.Grad);
    }

    // The map's g and the weights' mean stand still; what is left is w(H) itself, reversed as the features are.
    [Fact]
    public void Loss_CdanE_GradientThroughTheWeightsIsReversed()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new("cdan-e");

        Descend(game.Method.Loss(game.Step));

        game.Hold();
        CheckGradient(game.SourceLogits, -Lambda, Slopes(game.SourceLogits, game.Reference), "source logits");
        CheckGradient(game.TargetLogits, -Lambda, Slopes(game.TargetLogits, game.Reference), "target logits");
    }

    // w = 1 + e^(−H): 2 for a sure prediction, 1 + 1/K for none; here K = 3.
    [Fact]
    public void Loss_CdanE_SureSamplesWeighMore_AndHugeLogitsStayFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor features = Tensor.Zeros([2, 2]).WithGrad(), logits = Tensor.From([1e4f, 0, -1e4f, 5, 5, 5], 2, 3).WithGrad();
        using EntropyConditionedAdversarialNetwork method = new() { Ramp = Ramp.Constant };
        method.Attach(new FitContext(Layers(features, logits), generator));

        Descend(method.Loss(new TrainingStep(new StepInfo(0, 10), Layers(features, logits), features, Layers(features, logits))));

        Assert.True(logits.Grad!.IsFinite().All());
        Tensor weights = EntropyConditionedAdversarialNetwork.Weigh(logits);
        Assert.Equal(2 / (1 + (1 / 3.0)), weights[0].ToDouble() / weights[1].ToDouble(), 1e-6);
        Assert.Equal(1, weights.Mean().ToDouble(), 1e-6);
    }

    [Fact]
    public void Map_Large_IsTheSketchByKeptMatrices()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using ConditionalDiscriminator discriminator = new(100, 50, 3, 7, generator);
        discriminator.To(ScalarType.Float64);
        Tensor f = Leaf(generator, 2, 100), g = Leaf(generator, 2, 50);

        double[][] map = Rows(discriminator.Map(f, g));

        Dictionary<string, Tensor> buffers = discriminator.NamedBuffers().ToDictionary();
        double[][] ofFeatures = Rows(buffers["of_features"]), ofClasses = Rows(buffers["of_classes"]), fs = Rows(f), gs = Rows(g);
        for (int i = 0; i < 2; i++)
        {
            for (int k = 0; k < 7; k++)
            {
                double left = Enumerable.Range(0, 100).Sum(j => fs[i][j] * ofFeatures[j][k]), right = Enumerable.Range(0, 50).Sum(j => gs[i][j] * ofClasses[j][k]);
                Assert.Equal(left * right / Math.Sqrt(7), map[i][k], 1e-11);
            }
        }
    }

    // Section 3.2: products of sketches are those of the maps in expectation. The d entries' squares are a²b²/d with Gaussian
    // a and b, so their sum is off by √(3 · 3 − 1)/√d, 2 % with d = 20000; 10 % are five of that.
    [Fact]
    public void Map_Large_KeepsInnerProducts()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(6);
        using ConditionalDiscriminator discriminator = new(100, 50, 1, 20000, generator);
        Tensor f = Tensor.Normal([1, 100], generator), g = Tensor.Normal([1, 50], generator);

        double sketched = discriminator.Map(f, g).Square().Sum().ToDouble();

        double exact = f.Square().Sum().ToDouble() * g.Square().Sum().ToDouble();
        Assert.InRange(sketched / exact, 0.9, 1.1);
    }

    [Theory]
    [InlineData(4096, 1, 4096)]
    [InlineData(4097, 1, 9)]
    public void Discriminator_SketchesAbove4096Entries(long features, long classes, long inputs)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        using ConditionalDiscriminator discriminator = new(features, classes, 2, 9, generator);

        Assert.Equal(inputs, discriminator.NamedParameters().First().Value.Size(1));
        Assert.Equal(inputs == 9 ? 2 : 0, discriminator.NamedBuffers().Count());
    }

    // The domains have the same features, −1 and 1, but of opposite classes: the marginals tell nothing (log 2 is the
    // best that DANN's discriminator can do), feature and class together tell everything.
    [Fact]
    public void Discriminator_SeesClassesThatAreSwapped_AndDannDoesNot()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(8);
        Tensor features = Tensor.From([-1f, 1f], 2, 1), logits = Tensor.From([5f, -5f, -5f, 5f], 2, 2);
        TrainingStep step = new(new StepInfo(0, 10), Layers(features, logits), features, Layers(features, -logits));
        using ConditionalDomainAdversarialNetwork cdan = new() { Hidden = 16 };
        using DomainAdversarialNetwork dann = new() { Hidden = 16 };
        cdan.Attach(new FitContext(step.Source, generator));
        dann.Attach(new FitContext(step.Source, generator));

        double conditional = Play(cdan.Network!, 200, () => cdan.Loss(step));
        double marginal = Play(dann.Network!, 200, () => dann.Loss(step));

        Assert.True(conditional < 0.1, $"conditional {conditional}");
        Assert.True(marginal > 0.69, $"marginal {marginal}");
    }

    [Theory]
    [InlineData("cdan")]
    [InlineData("cdan-e")]
    public void Attach_BadOption_IsNamedWithTheMethod(string name)
    {
        using Objective method = (Objective)MethodCatalog.Find(name).Create(new Dictionary<string, string> { ["sketch"] = "0" });

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => method.Attach(new FitContext(new Activations([]), null!)));

        Assert.Equal($"{name}: sketch is 0; expected 1 or more", thrown.Message);
    }

    /// <summary>Both domains in float64, and the loss once more in loops.</summary>
    private sealed class Game : IDisposable
    {
        private readonly Generator generator = new(1);
        private readonly bool weighs;
        private (double[][] SourceG, double[][] TargetG, double SourceMean, double TargetMean)? held;

        public Game(string name)
        {
            weighs = name == "cdan-e";
            SourceFeatures = Leaf(generator, 4, 3);
            SourceLogits = Leaf(generator, 4, 2);
            TargetFeatures = Leaf(generator, 6, 3, 0.7);
            TargetLogits = Leaf(generator, 6, 2);
            Method = (Objective)MethodCatalog.Find(name).Create(new Dictionary<string, string> { ["hidden"] = "5", ["lambda"] = "0.7" });
            Activations source = Layers(SourceFeatures, SourceLogits);
            Method.Attach(new FitContext(source, generator));
            Method.Network!.To(ScalarType.Float64);
            Step = new TrainingStep(new StepInfo(30, 100), source, SourceFeatures, Layers(TargetFeatures, TargetLogits));
        }

        public Objective Method { get; }

        public Tensor SourceFeatures { get; }

        public Tensor SourceLogits { get; }

        public Tensor TargetFeatures { get; }

        public Tensor TargetLogits { get; }

        public TrainingStep Step { get; }

        /// <summary>From now on the logits move the weights alone.</summary>
        public void Hold() => held = (Predictions(SourceLogits), Predictions(TargetLogits), Weights(SourceLogits).Average(), Weights(TargetLogits).Average());

        public double Reference() => Domain(SourceFeatures, SourceLogits, true) + Domain(TargetFeatures, TargetLogits, false);

        public void Dispose()
        {
            Method.Dispose();
            generator.Dispose();
        }

        private double Domain(Tensor features, Tensor logits, bool source)
        {
            double[][] f = Rows(features);
            double[][] g = held is null ? Predictions(logits) : source ? held.Value.SourceG : held.Value.TargetG;
            double[] w = Weights(logits);
            double mean = held is null ? w.Average() : source ? held.Value.SourceMean : held.Value.TargetMean;
            double sum = 0;
            for (int i = 0; i < f.Length; i++)
            {
                List<double> map = [];
                foreach (double a in f[i])
                {
                    foreach (double b in g[i])
                        map.Add(a * b);
                }

                sum += w[i] / mean * DomainLoss(Forward(Method.Network!, [.. map])[0], source);
            }

            return sum / f.Length;
        }

        private double[] Weights(Tensor logits) =>
            [.. Predictions(logits).Select(p => weighs ? 1 + Math.Exp(p.Sum(static q => q * Math.Log(q))) : 1)];

        private static double[][] Predictions(Tensor logits) => [.. Rows(logits).Select(Softmax)];
    }
}
