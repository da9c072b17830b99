using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class PrecisionTests : IDisposable
{
    private static readonly Preprocessing Steps = new([new ToFloat(), new Normalise([0.5], [0.5])]);

    private readonly string folder = Directory.CreateTempSubdirectory("acclimate-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>
    /// A bfloat16 has 8 significant bits: each number that goes into a product is off by up to 2⁻⁹ of itself. Over LeNet's
    /// four layers, with two factors a product, that is about √8·2⁻⁹ = 0.6 % of logits of a few units, so about 0.02 in a
    /// loss that starts at 1.3: 2 % of the curve. Later steps start from weights that differ by what the earlier ones
    /// gathered; 15 % of the area below the curve leaves them seven times that, and is far less than a curve that
    /// doesn't fall, or falls half as fast, would differ by.
    /// </summary>
    [Theory]
    [InlineData("source-only")]
    [InlineData("dan")]
    [InlineData("dann")]
    public void Fit_InBfloat16_FollowsFloat32sLossCurve(string method)
    {
        double[] single = Losses(method, ScalarType.Float32), half = Losses(method, ScalarType.BFloat16);

        Assert.NotEqual(single, half);
        double apart = single.Zip(half, static (a, b) => Math.Abs(a - b)).Sum() / single.Sum();
        Assert.True(apart < 0.15, $"the curves are {apart} of the area below them apart");
        Assert.All((double[][])[single, half], static losses => Assert.True(losses[0] > 1 && losses.TakeLast(5).Average() < 0.1, $"from {losses[0]} to {losses[^1]}"));
    }

    [Fact]
    public void Save_AfterTrainingInBfloat16_KeepsFloat32()
    {
        using Generator generator = new(0);
        using NetworkModel model = new(
            new ClassifierNetwork(new NetworkSpec("lenet", [1, 28, 28], 3), generator), ["ant", "bee", "cat"], Steps,
            new Provenance("dann", new Dictionary<string, string>(), "s", "t", 0, 3, "0", "0"));
        string checkpoint = Path.Combine(folder, "checkpoint.safetensors");
        Fit(model.Network, "dann", new TrainerOptions { Steps = 3, BatchSize = 8, Precision = ScalarType.BFloat16 }, checkpoint, null);
        model.Save(folder);

        Assert.All(Directory.GetFiles(folder, "*.safetensors"), static file =>
        {
            using TensorFile saved = Safetensors.Read(file);
            Assert.Contains(saved.Tensors, static t => t.Value.Type == ScalarType.Float32);
            Assert.All(saved.Tensors, static t => Assert.True(t.Value.Type is ScalarType.Float32 or ScalarType.Int64, $"{t.Key} is {t.Value.Type}"));
        });
        Assert.True(Directory.GetFiles(folder, "*.safetensors").Length >= 2);
    }

    private static double[] Losses(string method, ScalarType precision)
    {
        List<double> losses = [];
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("lenet", [1, 28, 28], 3), generator);
        Fit(network, method, new TrainerOptions { Steps = 40, BatchSize = 16, Precision = precision }, null, report => losses.Add(report.Terms["task"]));
        return [.. losses];
    }

    private static void Fit(ClassifierNetwork network, string method, TrainerOptions options, string? checkpoint, Action<StepReport>? progress)
    {
        using Domain source = Toy.Bands("source", 48, 1);
        using Domain target = Toy.Bands("target", 40, 2, brightness: 0.6);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create();
        new Trainer(network, objective, options).Fit(source, target, Steps, checkpoint, progress);
    }
}
