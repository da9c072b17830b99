using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

/// <summary>What is low-rank adaptation's own.</summary>
public sealed class LowRankTrainingTests : AdditionTrainingTests
{
    private protected override Addition Kind => new LowRank(2, 4);

    private protected override string Moving => "lora_B";

    [Fact]
    public void SaveAdapter_HoldsWhatWasLearntAndNothingElse()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string path = In("adapter.safetensors");
        model.SaveAdapter(path);

        using TensorFile file = Safetensors.Read(path);
        Assert.Equal(
            ((string[])["conv1.0", "conv2.0", "fc1.1"]).SelectMany(static layer => (string[])[$"backbone.{layer}.lora_A", $"backbone.{layer}.lora_B"]).Concat(["head.bias", "head.weight"]),
            file.Tensors.Keys.Order(StringComparer.Ordinal));
        Dictionary<string, Tensor> state = model.Network.NamedState().ToDictionary();
        Assert.All(file.Tensors, pair => Assert.True(pair.Value.SameAs(state[pair.Key]), pair.Key));
    }

    [Fact]
    public void LoadAdapter_TensorsThatDoNotFit_AreNamedWithTheirShapes()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        string adapter = In("adapter.safetensors"), weights = Weights(source, seed: 1);
        model.SaveAdapter(adapter);
        using TensorFile file = Safetensors.Read(adapter);

        Write(file.Tensors.Where(static pair => pair.Key != "backbone.conv1.0.lora_B"));
        Assert.Contains("missing: backbone.conv1.0.lora_B", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors.Select(static pair => pair.Key == "backbone.fc1.1.lora_A" ? KeyValuePair.Create(pair.Key, Tensor.Zeros([7, 7])) : pair));
        Assert.Contains("backbone.fc1.1.lora_A (found [7, 7], expected [2, 768])", Refused(adapter, weights), StringComparison.Ordinal);
        Write(file.Tensors.Append(KeyValuePair.Create("backbone.conv1.0.weight", Tensor.Zeros([1]))));
        Assert.Contains("backbone.conv1.0.weight, which is the weights' own", Refused(adapter, weights), StringComparison.Ordinal);

        void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors) => Safetensors.Write(adapter, tensors, file.Metadata);
    }

    [Fact]
    public void Load_WeightsWithLowRankMatrices_IsRefusedWithWhatToDo()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source);
        model.Save(In("model"));
        using Generator generator = new(1);
        using ClassifierNetwork plain = new(model.Network.Spec.With(null), generator);

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => PretrainedWeights.Load(plain, In("model/model.safetensors")));
        Assert.Contains("lora_A", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("acclimate merge", thrown.Message, StringComparison.Ordinal);
    }

    // Three layers, float32: each sums at most 800 products in another order, √800 · 6·10⁻⁸ · 3 ≈ 5·10⁻⁶ of a probability.
    [Fact]
    public void Merged_IsAPlainModelThatSaysTheSame()
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using NetworkModel model = Trained(source), merged = model.Merged();
        merged.Save(In("merged"));
        using NetworkModel loaded = (NetworkModel)TransferModel.Load(In("merged"));

        Assert.False(File.Exists(In($"merged/{NetworkModel.AdapterFile}")));
        Assert.Null(loaded.Network.Spec.LowRank);
        Assert.Equal(model.Predict(source).Probabilities.SelectMany(static p => p), loaded.Predict(source).Probabilities.SelectMany(static p => p), static (a, b) => Math.Abs(a - b) <= 1e-5);
        Assert.Throws<InvalidOperationException>(loaded.Merged);
        Assert.Throws<InvalidOperationException>(() => loaded.SaveAdapter(In("none")));
    }
}
