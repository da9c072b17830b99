using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What is adapters' own.</summary>
public sealed class AdaptersTrainingTests : AdditionTrainingTests
{
    private static readonly string[] Stages = ["conv1", "conv2", "fc1"];

    private protected override Addition Kind => new Adapters(2);

    private protected override string Moving => "adapter.up.weight";

    [Fact]
    public void SaveAdapter_HoldsWhatWasLearntAndNothingElse()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string path = In("adapter.safetensors");
        model.SaveAdapter(path);

        using TensorFile file = Safetensors.Read(path);
        IEnumerable<string> parts = from stage in Stages
                                    from name in (string[])["down.weight", "down.bias", "up.weight", "up.bias"]
                                    select $"backbone.{stage}_adapter.{name}";
        Assert.Equal(parts.Concat(["head.weight", "head.bias"]).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Dictionary<string, Tensor> state = model.Network.NamedState().ToDictionary();
        Assert.All(file.Tensors, pair => Assert.True(pair.Value.SameAs(state[pair.Key]), pair.Key));
    }

    [Fact]
    public void Merged_IsRefusedWithAReason()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);

        Assert.Contains("can't be folded", Assert.Throws<InvalidOperationException>(model.Merged).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsWithAdapters_IsRefusedWithWhatToDo()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.Save(In("model"));
        using Generator generator = new(1);
        using ClassifierNetwork plain = new(model.Network.Spec.With(null), generator);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => PretrainedWeights.Load(plain, In("model/model.safetensors")));
        Assert.Contains("conv1_adapter.down.weight", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("start from the weights that they were trained beside", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAdapter_OfTheOtherKindOrDamaged_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string adapter = In("adapter.safetensors"), weights = Weights(source, seed: 1);
        model.SaveAdapter(adapter);
        using TensorFile file = Safetensors.Read(adapter);

        Write(file.Tensors.Where(static pair => pair.Key != "backbone.conv1_adapter.up.bias"), file.Metadata["card"]);
        Assert.Contains("missing: backbone.conv1_adapter.up.bias", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors, file.Metadata["card"].Replace("\"size\":2", "\"size\":2000000000", StringComparison.Ordinal));
        Assert.Contains("adapters of 2000000000 features; expected 1 to 256", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors, file.Metadata["card"].Replace("\"adapters\":", "\"low_rank\":{\"rank\":1,\"alpha\":1},\"adapters\":", StringComparison.Ordinal));
        Assert.NotEmpty(Refused(adapter, weights));

        void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors, string card) =>
            Safetensors.Write(adapter, tensors, new Dictionary<string, string>(file.Metadata) { ["card"] = card });
    }
}
