using Acclimate.Backbones;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public class BackboneTests
{
    [Fact]
    public void Outputs_ByName_GivesStagesModulesAndAliases()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Small(generator);
        Tensor input = Tensor.Normal([2, 3], generator);

        IReadOnlyList<Tensor> found = backbone.Outputs(input, ["second", "features.0", "first", "features.3", "widest"]);

        Tensor linear = ((Linear)backbone.Modules().First(static m => m is Linear)).Forward(input);
        Assert.True(linear.SameAs(found[1]));
        Assert.True(linear.Relu().SameAs(found[2]));
        Assert.True(found[0].SameAs(found[3]));
        Assert.True(found[2].SameAs(found[4]));
        Assert.True(found[0].SameAs(backbone.Forward(input)));
        Assert.Equal(["features.0", "features.1", "first", "widest", "features.2", "features.3", "features", "second"], backbone.Layers);
        Assert.Equal(["features.0.weight", "features.0.bias", "features.2.weight", "features.2.bias"], backbone.NamedState().Select(static s => s.Key));
    }

    [Fact]
    public void Outputs_BeforeARectifierInPlace_StayAsTheyWere()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone rectifier = new([("aliased", new Dropout()), ("relu", new ReLU(inPlace: true))], 3);
        rectifier.Eval();
        Tensor input = Tensor.From([-1f, 0, 2], 1, 3);

        IReadOnlyList<(string Layer, Tensor Value)> outputs = rectifier.Outputs(input);

        Assert.Equal([-1f, 0, 2], input.ToArray<float>());
        Assert.Equal([-1f, 0, 2], outputs[0].Value.ToArray<float>());
        Assert.Equal([0f, 0, 2], outputs[1].Value.ToArray<float>());
    }

    [Fact]
    public void Forward_FromALaterStage_GoesOnFromWhatTheOneBeforeGave()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("resnet18", [3, 32, 32], generator);
        backbone.Eval();
        Tensor input = Tensor.Normal([2, 3, 32, 32], generator);
        Tensor middle = backbone.Outputs(input, ["layer2"])[0];
        int next = backbone.StageIndex("layer2.1") + 1;

        Assert.Equal(3, next);
        Assert.True(backbone.Forward(input).SameAs(backbone.Forward(middle, next)));
        Assert.Equal(["layer3", "layer4", "avgpool"], backbone.Outputs(middle, next).Select(static o => o.Layer));
        Assert.Contains("before the stage 'layer3'", Assert.Throws<ArgumentException>(() => backbone.Outputs(middle, ["layer4", "layer1"], next)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => backbone.Forward(middle, 6));
    }

    [Fact]
    public void Layer_Unknown_NamesTheNearest()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("resnet18", [3, 32, 32], generator);
        Tensor input = Tensor.Normal([2, 3, 32, 32], generator);

        string message = Assert.Throws<ArgumentException>(() => backbone.Outputs(input, ["laier3"])).Message;
        Assert.Contains("no layer 'laier3'; did you mean 'layer3'?", message, StringComparison.Ordinal);
        Assert.Contains("conv1, layer1, layer2", message, StringComparison.Ordinal);
        Assert.Contains("inside the stage 'layer3'", Assert.Throws<ArgumentException>(() => backbone.StageIndex("layer3.0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_HoldEveryParameterOnce()
    {
        using Generator generator = new(0);
        using Backbone backbone = Networks.Build("resnet18", [3, 32, 32], generator);

        Assert.Equal("fc", backbone.HeadName);
        Assert.Equal(["conv1", "bn1", "relu", "maxpool"], backbone.StageModules(0).Select(static m => m.Name));
        Assert.Equal(["layer2.0", "layer2.1"], backbone.StageModules(2).Select(static m => m.Name));
        Assert.Equal(2, backbone.StageOf("layer2.0.downsample.1.running_mean"));
        Assert.Throws<ArgumentException>(() => backbone.StageOf("layer22.weight"));
        Assert.Equal(
            backbone.NamedState().Select(static s => s.Key),
            Enumerable.Range(0, 6).SelectMany(stage => backbone.StageModules(stage).SelectMany(static m => m.Module.NamedState().Select(s => $"{m.Name}.{s.Key}"))));
    }

    [Fact]
    public void New_StagesThatDontCoverTheChain_AreRefused()
    {
        Assert.Contains("leave out the last 1", Assert.Throws<ArgumentException>(() => Of(("a", "one"))).Message, StringComparison.Ordinal);
        Assert.Contains("'b' doesn't end after", Assert.Throws<ArgumentException>(() => Of(("a", "two"), ("b", "one"))).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'two'", Assert.Throws<ArgumentException>(() => Of(("a", "too"))).Message, StringComparison.Ordinal);

        static Backbone Of(params (string, string)[] stages) => new([("one", new ReLU()), ("two", new ReLU())], 1, stages);
    }

    private static Backbone Small(Generator generator) => new(
        [("features", new Sequential(new Linear(3, 4, generator), new ReLU(inPlace: true), new Linear(4, 2, generator), new ReLU(inPlace: true)))],
        featureSize: 2,
        [("first", "features.1"), ("second", "features.3")],
        aliases: new Dictionary<string, string> { ["widest"] = "features.1" });
}
