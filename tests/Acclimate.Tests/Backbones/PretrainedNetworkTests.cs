using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Backbones;

public sealed class PretrainedNetworkTests
{
    [Fact]
    public void Look_OfASavedNetwork_GivesItsFeaturesAndItsOwnClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        using Generator generator = new(3);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet20", [3, 32, 32], 4), generator);
        Safetensors.Write(folder["cifar_resnet20.safetensors"], network.NamedState());
        using Domain pictures = Domain.Open("generated:digits-wild?count=40");
        network.Eval();
        Tensor expected, logits;
        using (NoGrad.Begin())
        {
            using Tensor prepared = InputRecipe.Cifar.Preprocessing.Apply(pictures.Read([0, 39]), null);
            (expected, logits) = (network.Activate(prepared).Features, network.Activate(prepared).Logits);
        }

        using PretrainedNetwork opened = PretrainedNetwork.Open(folder["cifar_resnet20.safetensors"]);
        (Tensor features, Tensor? probabilities) = opened.Look(pictures);

        Assert.Equal((64, 4), (opened.FeatureSize, opened.Classes));
        Assert.Equal([40, 64], features.Shape);
        Assert.Equal([40, 4], probabilities!.Shape);

        // Batches of other sizes sum in other orders: float32's ε times the 20 layers of some hundred terms.
        AssertClose(expected, features);
        AssertClose(Functional.Softmax(logits), probabilities);

        static void AssertClose(Tensor expected, Tensor all) => Assert.All(
            expected.Flatten().ToArray<float>().Zip(Tensor.Concatenate([all.Slice(0, 0, 1), all.Slice(0, 39, 40)]).Flatten().ToArray<float>()),
            static pair => Assert.Equal(pair.First, pair.Second, 1e-4f * (1 + Math.Abs(pair.First))));
    }

    /// <summary>A layer of the backbone is the mean of its maps over all places, by loops; the last features are those that <see cref="PretrainedNetwork.Look"/> gives.</summary>
    [Fact]
    public void Rows_OfALayer_AreItsMapsMeans()
    {
        using TensorScope scope = TensorScope.Begin();
        using TemporaryFolder folder = new();
        using Generator generator = new(3);
        using ClassifierNetwork network = new(new NetworkSpec("cifar_resnet20", [3, 32, 32], 4), generator);
        Safetensors.Write(folder["cifar_resnet20.safetensors"], network.NamedState());
        using Domain pictures = Domain.Open("generated:digits-wild?count=6");
        network.Eval();
        using PretrainedNetwork opened = PretrainedNetwork.Open(folder["cifar_resnet20.safetensors"]);

        Tensor maps = network.Backbone.Outputs(InputRecipe.Cifar.Preprocessing.Apply(pictures.Read([.. Enumerable.Range(0, 6)]), null), ["layer2"])[0];
        float[] all = maps.ToArray<float>(), rows = opened.Rows(pictures, "layer2").ToArray<float>();
        int places = (int)(maps.Size(2) * maps.Size(3));

        Assert.Equal(6 * 32, rows.Length);

        // The mean of 256 float32 numbers of size 1, summed in another order.
        Assert.All(rows.Select((value, i) => (value, all.AsSpan(i * places, places).ToArray().Average(static x => (double)x))), static pair => Assert.Equal(pair.Item2, pair.value, 1e-5));
        Assert.Equal(opened.Look(pictures).Features.ToArray<float>(), opened.Rows(pictures, "features").ToArray<float>());
        Assert.Contains("did you mean 'layer2'", Assert.Throws<ArgumentException>(() => opened.Rows(pictures, "layr2")).Message, StringComparison.Ordinal);
    }

    /// <summary>What PyTorch gets right of the 1,000 test pictures; one may lie on the border between two classes.</summary>
    [Theory]
    [InlineData("resnet20-12fca82f.th", 915)]
    [InlineData("resnet32-d509ac18.th", 928)]
    [InlineData("resnet44-014dd654.th", 933)]
    [InlineData("resnet56-4bfd9763.th", 926)]
    public void Look_PublishedCifarNetworks_HaveTheirKnownAccuracy(string file, int right)
    {
        using TensorScope scope = TensorScope.Begin();
        using PretrainedNetwork network = PretrainedNetwork.Open(RealData.Path("weights_cifar10_resnet/" + file));
        using Domain test = Domain.Open(RealData.Path("cifar10?part=test"));
        long[] found = network.Look(test).Probabilities!.ArgMax(1).ToArray<long>();

        Assert.InRange(found.Zip(test.Labels!.Indices, static (one, other) => one == other ? 1 : 0).Sum(), right - 1, right + 1);
    }

    [Fact]
    public void Look_MobileNetsTensorFlowFile_GivesItsFeaturesAndImageNetsClasses()
    {
        using TensorScope scope = TensorScope.Begin();
        string file = RealData.Path("weights_mobilenet/mobilenet_v1_025_224.safetensors");
        using PretrainedNetwork network = PretrainedNetwork.Open(file);
        using Backbone alone = MobileNetV1.Load(file);
        using Domain photos = Domain.Open(RealData.Path("pacs/photo")), some = photos.Take([0, 100, 200]);
        (Tensor features, Tensor? probabilities) = network.Look(some);

        Assert.Equal(("mobilenetv1-0.25", 1000), (network.Backbone, network.Classes));
        Assert.Equal([3, 1000], probabilities!.Shape);
        Assert.Equal(MobileNetV1.Features(alone, some).ToArray<float>(), features.ToArray<float>());
    }

    [Fact]
    public void Open_NoNameOrAnotherNetwork_IsRefused()
    {
        using TemporaryFolder folder = new();
        using Tensor one = Tensor.Ones([3]);
        Safetensors.Write(folder["model.safetensors"], [KeyValuePair.Create("conv1.weight", one)]);

        Assert.Contains("the weights of no network that is known", Assert.Throws<ArgumentException>(() => PretrainedNetwork.Open(folder["model.safetensors"])).Message, StringComparison.Ordinal);
        Assert.Contains("does not hold the weights of a cifar_resnet20", Assert.Throws<InvalidDataException>(() => PretrainedNetwork.Open(folder["model.safetensors"], "cifar_resnet20")).Message, StringComparison.Ordinal);
    }
}
