using Acclimate.Backbones;
using Acclimate.Classifiers;
using Acclimate.Data;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class MobileNetV1Tests
{
    private const string Weights = "weights_mobilenet/mobilenet_v1_025_224.safetensors";

    [Fact]
    public void Features_OfPhotos_TellTheirClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        using Backbone network = MobileNetV1.Load(RealData.Path(Weights));
        using Domain photos = Domain.Open(RealData.Path("pacs/photo"));
        using Tensor features = MobileNetV1.Features(network, photos);
        Assert.Equal([photos.Count, 256], features.Shape);

        // PyTorch's port of the same weights has 94.0 over five folds of its own; a fold apart by a deviation of a share of
        // 497 (1.1 points) leaves more than 92. A layout, a padding or ε that is wrong costs ten points and more.
        Assert.InRange(FiveFolds(features, photos.Labels!), 92, 97);
    }

    /// <summary>The published network with its classifier, 475,544 numbers in all, by the way any other takes: name, state, head.</summary>
    [Fact]
    public void Translate_TensorFlowsState_FitsTheBackboneAndItsHead()
    {
        using TensorScope scope = TensorScope.Begin();
        using TensorFile file = Safetensors.Read(RealData.Path(Weights));
        using Generator generator = new(0);
        using Backbone network = Networks.Build("mobilenetv1-0.25", [3, 224, 224], generator), loaded = MobileNetV1.Load(RealData.Path(Weights));
        using Linear head = new(network.FeatureSize, 1000, generator);

        IReadOnlyDictionary<string, Tensor> state = Networks.Translate("mobilenetv1-0.25", file.Tensors);
        network.LoadState(state.Where(static s => !s.Key.StartsWith("conv_preds.", StringComparison.Ordinal)).ToDictionary());
        head.LoadState(state.Where(static s => s.Key.StartsWith("conv_preds.", StringComparison.Ordinal)).ToDictionary(static s => s.Key["conv_preds.".Length..], static s => s.Value));

        network.Eval();
        Assert.Equal("conv_preds", network.HeadName);
        Assert.Equal(475_544, state.Sum(static s => s.Value.Count));
        Assert.Equal(state.Keys, Networks.Translate("mobilenetv1-0.25", state).Keys);
        Tensor x = Tensor.Normal([1, 3, 96, 96], generator);
        Assert.True(loaded.Forward(x).SameAs(network.Forward(x)));
    }

    /// <summary>TensorFlow's SAME for a 3×3 kernel of stride 2: one row of zeros below an even side, one on both sides of an odd one.</summary>
    [Fact]
    public void Padding_IsTensorFlows()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(0);
        using Backbone network = Networks.Build("mobilenetv1-0.25", [3, 33, 36], generator);
        Tensor x = Tensor.Ones([1, 3, 33, 36]);

        IReadOnlyList<Tensor> found = network.Outputs(x, ["conv1_pad", "conv1"]);

        Assert.Equal([1, 3, 35, 37], found[0].Shape);
        Assert.True(found[0][TensorIndex.All, TensorIndex.All, 1..34, 0..36].SameAs(x));
        Assert.Equal(3 * 33 * 36, found[0].Sum().ToDouble());
        Assert.Equal([1, 8, 17, 18], found[1].Shape);
    }

    [Fact]
    public void Load_AnotherNetwork_SaysWhatIsMissing()
    {
        Assert.Contains("holds no conv_pw_13/kernel", Refusal("conv1/kernel", 3, 3, 3, 8), StringComparison.Ordinal);
        Assert.Contains("missing: conv1.weight", Refusal("conv_pw_13/kernel", 1, 1, 256, 256), StringComparison.Ordinal);
        Assert.Contains("a width α of 9.765625", Refusal("conv_pw_13/kernel", 1, 1, 1, 10_000), StringComparison.Ordinal);
    }

    private static string Refusal(string name, params long[] shape)
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "other.safetensors");
        using Tensor one = Tensor.Ones(shape);
        Safetensors.Write(path, [KeyValuePair.Create(name, one)]);
        string message = Assert.Throws<InvalidDataException>(() => MobileNetV1.Load(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        return message;
    }

    private static double FiveFolds(Tensor features, Labels labels)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor mean = features.Mean(0, keep: true), rows = ((features - mean) / features.StandardDeviation(0, unbiased: false, keep: true)).To(ScalarType.Float64);
        int right = 0;
        for (int fold = 0; fold < 5; fold++)
        {
            int[] test = [.. Enumerable.Range(0, labels.Count).Where(i => i % 5 == fold)], train = [.. Enumerable.Range(0, labels.Count).Where(i => i % 5 != fold)];
            using FittedClassifier fitted = ClassifierCatalog.Parse("logistic:C=0.1").Fit(Rows(train), labels.Take(train).Indices, labels.Classes.Count);
            right += fitted.Predict(Rows(test)).Zip(test, (found, i) => found == labels.Indices[i] ? 1 : 0).Sum();
        }

        return 100.0 * right / labels.Count;

        Tensor Rows(int[] samples) => rows.IndexSelect(0, Tensor.From<long>([.. samples.Select(static i => (long)i)]));
    }
}
