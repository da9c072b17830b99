using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class BackboneRecognitionTests
{
    public static TheoryData<string> Known => [.. Networks.Names.Except(["lenet", "mlp", "small-cnn"])];

    /// <summary>Built anew with other classes, behind parallel training's prefix, and as a model saved here.</summary>
    [Theory]
    [MemberData(nameof(Known))]
    public void Find_OfABackbonesOwnState_NamesIt(string name)
    {
        using Generator shapes = Generator.OfShapes();
        int side = InputRecipe.Of(name).Side;
        using Backbone backbone = Networks.Build(name, [3, side, side], shapes);
        TensorOutline[] state = [.. backbone.NamedState().Select(static pair => new TensorOutline(pair.Key, ScalarType.Float32, pair.Value.Shape))];
        TensorOutline[] head = [new($"{backbone.HeadName}.weight", ScalarType.Float32, [7, backbone.FeatureSize]), new($"{backbone.HeadName}.bias", ScalarType.Float32, [7])];

        Assert.Equal(new RecognisedBackbone(name, 7), Find([.. state, .. head]));
        Assert.Equal(new RecognisedBackbone(name, 7), Find(state.Concat(head).Select(static t => t with { Name = "module." + t.Name })));
        Assert.Equal(new RecognisedBackbone(name, null), Find(state.Where(static t => !t.Name.EndsWith("num_batches_tracked", StringComparison.Ordinal))));
        Assert.Equal(
            new RecognisedBackbone(name, 7),
            Find(state.Select(static t => t with { Name = "backbone." + t.Name }).Append(new TensorOutline("head.weight", ScalarType.Float32, [7, backbone.FeatureSize])).Append(new TensorOutline("head.bias", ScalarType.Float32, [7]))));
        Assert.Null(Find(state.Skip(1)));
        Assert.Null(Find(state.Append(new TensorOutline("more.weight", ScalarType.Float32, [1]))));
        Assert.Null(Find(state.Skip(1).Prepend(state[0] with { Shape = [.. state[0].Shape, 1] })));
    }

    [Fact]
    public void Find_OfPublishedWeights_NamesTheirNetwork()
    {
        string? data = Environment.GetEnvironmentVariable("ACCLIMATE_DATA");
        Assert.SkipUnless(data is not null, "ACCLIMATE_DATA is not set: the folder with the published weights");
        Assert.Equal(new RecognisedBackbone("cifar_resnet20", 10), BackboneRecognition.Find(StateFile.Inspect(Path.Combine(data!, "weights_cifar10_resnet", "resnet20-12fca82f.th"))));
        Assert.Equal(new RecognisedBackbone("mobilenetv1-0.25", 1000), BackboneRecognition.Find(StateFile.Inspect(Path.Combine(data!, "weights_mobilenet", "mobilenet_v1_025_224.safetensors"))));
    }

    [Fact]
    public void Find_OfNothingOrScalars_FindsNone()
    {
        Assert.Null(Find([]));
        Assert.Null(Find([new TensorOutline("fc.weight", ScalarType.Float32, []), new TensorOutline("x/kernel", ScalarType.Float32, [1])]));
    }

    private static RecognisedBackbone? Find(IEnumerable<TensorOutline> tensors) =>
        BackboneRecognition.Find(new StateOutline(StateFormat.Safetensors, [.. tensors], new Dictionary<string, string>(), new Dictionary<string, string>()));
}
