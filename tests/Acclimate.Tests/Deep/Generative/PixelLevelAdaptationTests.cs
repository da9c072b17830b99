using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Generative;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Generative;

public class PixelLevelAdaptationTests
{
    private static PixelLevelAdaptation Quiet => new() { Dropout = 0, Jitter = 0, Maps = 2, DiscriminatorMaps = 2, Content = 0.3 };

    // Every number here is of size 1 and made of a few thousand float64 operations: 1e-12 leaves room for their roundings.
    [Fact]
    public void Updates_Values_EqualTheFormulas()
    {
        using TensorScope scope = TensorScope.Begin();
        using PixelLevelAdaptation pixel = Quiet;
        using Game game = new(pixel, [4], sources: 6, targets: 5);
        using Generator forStep = Game.Noise(), forFake = Game.Noise();
        TrainingStep step = game.Step(forStep);
        IReadOnlyList<Update> updates = pixel.Updates(Stage.Adapt);

        Dictionary<string, LossTerm> players = updates[0].Terms(step).ToDictionary(static t => t.Name);
        Dictionary<string, LossTerm> generator = updates[1].Terms(step).ToDictionary(static t => t.Name);

        game.Own("generator").UseGenerator(forFake);
        Tensor fake = game.Own("generator").Forward(game.Source);
        double[] real = game.Own("discriminator").Forward(game.Target).ToArray<double>();
        double[] generated = game.Own("discriminator").Forward(fake).ToArray<double>();
        Assert.Equal(real.Average(static s => Math.Log(1 + Math.Exp(-s))) + generated.Average(static s => Math.Log(1 + Math.Exp(s))), players["discriminator"].Value.ToDouble(), 1e-12);
        Assert.Equal(generated.Average(static s => Math.Log(1 + Math.Exp(-s))), generator["generator"].Value.ToDouble(), 1e-12);
        Tensor logits = game.Network.Activate(Tensor.Concatenate([game.Source, fake])).Logits;
        Assert.Equal(CrossEntropy(logits.Slice(0, 0, 6)), players["task"].Value.ToDouble(), 1e-12);
        Assert.Equal(CrossEntropy(logits.Slice(0, 6, 12)), players["task.generated"].Value.ToDouble(), 1e-12);
        Assert.Equal(CrossEntropy(logits.Slice(0, 6, 12)), generator["generator.task"].Value.ToDouble(), 1e-12);
        Assert.Equal(1.1 * Ramp.Sigmoid.At(0.5), generator["generator"].Weight);
        Assert.Equal(1, generator["generator.task"].Weight);
        Assert.Equal(0.3, generator["generator.content"].Weight);

        double CrossEntropy(Tensor scores) => Enumerable.Range(0, 6).Average(i =>
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
        using PixelLevelAdaptation pixel = Quiet;
        using Game game = new(pixel, [4], sources: 6, targets: 5);

        game.CheckGradients(pixel.Updates(Stage.Adapt)[update]);
    }

    [Fact]
    public void Updates_GradientsOfPictures_AgreeWithDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using PixelLevelAdaptation pixel = Quiet;
        using Game game = new(pixel, [1, 16, 16], sources: 3, targets: 2);

        game.CheckGradients(pixel.Updates(Stage.Adapt)[1]);
    }

    // Equation 5's other form: half the mean over all pairs of numbers of a sample of the squared difference of their changes.
    [Fact]
    public void PairwiseMeanSquaredError_EqualsTheDoubleLoop()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor one = Tensor.Normal([3, 2, 2, 2], generator, ScalarType.Float64), other = Tensor.Normal([3, 2, 2, 2], generator, ScalarType.Float64);

        double found = PixelLevelAdaptation.PairwiseMeanSquaredError(one, other).ToDouble();

        double expected = 0;
        for (int i = 0; i < 3; i++)
        {
            double[] d = (one[i] - other[i]).Flatten().ToArray<double>();
            expected += d.Sum(a => d.Sum(b => (a - b) * (a - b))) / (2 * 8 * 8) / 3;
        }

        // 64 float64 terms of size 1 a sample.
        Assert.Equal(expected, found, 1e-13);
        Assert.Equal(0, PixelLevelAdaptation.PairwiseMeanSquaredError(one, one + 0.7).ToDouble(), 1e-13);
    }

    [Fact]
    public void Updates_EachMovesItsPartOnly()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 32, 1);
        using Domain target = Toy.Bands("target", 32, 2, brightness: 0.6);
        using Domain first = Scaled(source);
        using Domain second = Scaled(target);
        using PixelLevelAdaptation players = new(), generator = new();

        IReadOnlyList<string> moved = Game.Moved(players, 0, first, second);
        IReadOnlyList<string> redrawn = Game.Moved(generator, 1, first, second);

        Assert.All(moved, static name => Assert.True(Parts.Network(name) || name.StartsWith("objective.discriminator.", StringComparison.Ordinal), name));
        Assert.Contains("backbone.conv1.0.weight", moved);
        Assert.Contains("head.weight", moved);
        Assert.Contains("objective.discriminator.layers.0.weight", moved);
        Assert.All(redrawn, static name => Assert.StartsWith("objective.generator.", name, StringComparison.Ordinal));
        Assert.Contains("objective.generator.noise.weight", redrawn);
        Assert.Contains("objective.generator.layers.0.weight", redrawn);
    }

    [Fact]
    public void Fit_MovedTarget_GeneratesSamplesOfTheTargetWithTheSourcesLabels()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 150, 2, shift: 3);
        using PixelLevelAdaptation pixel = new();
        using Generator generator = new(1);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        new Trainer(network, pixel, new TrainerOptions { Steps = 150, BatchSize = 32 }).Fit(source, target, Preprocessing.None);

        using Batch from = BatchLoader.InOrder(source, Preprocessing.None, 150, default).First();
        using Batch to = BatchLoader.InOrder(target, Preprocessing.None, 150, default).First();
        pixel.Network!.UseGenerator(generator);
        using NoGrad noGrad = NoGrad.Begin();
        Tensor redrawn = pixel.Network.Forward(from.Inputs);

        double before = (from.Inputs.Mean(0) - to.Inputs.Mean(0)).Norm().ToDouble();
        double after = (redrawn.Mean(0) - to.Inputs.Mean(0)).Norm().ToDouble();
        Assert.True(after < before / 2, $"the means are {after} apart; before {before}");
        double kept = network.Forward(redrawn).ArgMax(1).Equals(from.Labels!).To(ScalarType.Float64).Mean().ToDouble();
        Assert.True(kept > 0.9, $"{kept} of the labels are kept");
    }

    [Fact]
    public void Attach_OptionOutOfRange_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        using PixelLevelAdaptation pixel = new() { Dropout = 1.5 };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new Game(pixel, [4], 3, 3).Dispose());

        Assert.Equal("pixel-gan: dropout is 1.5; expected 0 to 1", thrown.Message);
    }

    [Fact]
    public void Create_Options_AreInTheCatalogue()
    {
        using PixelLevelAdaptation pixel = (PixelLevelAdaptation)MethodCatalog.Find("pixel-gan").Create(new Dictionary<string, string> { ["content"] = "0.5", ["ramp"] = "constant" });

        Assert.Equal(0.5, pixel.Content);
        Assert.Equal(Ramp.Constant, pixel.Ramp);
    }

    /// <summary>Bytes as numbers around 0.</summary>
    internal static Domain Scaled(Domain pictures)
    {
        using Batch all = BatchLoader.InOrder(pictures, Preprocessing.None, pictures.Count, default).First();
        return Domain.FromTensor(pictures.Name, ((all.Inputs.To(ScalarType.Float32) / 127.5) - 1).LeaveScopes(), pictures.Labels!);
    }
}
