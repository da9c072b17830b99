using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class FeatureMapTransferTests
{
    private static readonly Preprocessing Pictures = new([new ToFloat(), new Normalise([0.5], [0.5])]);

    [Fact]
    public void Distance_OfMaps_EqualsTheLoopsInValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor maps = Tensor.Normal([2, 3, 2, 2], generator, ScalarType.Float64).Detach().WithGrad(), before = Tensor.Normal([2, 3, 2, 2], generator, ScalarType.Float64);
        double[] weights = [0.5, 2, 0.5];
        Tensor weighing = Tensor.From(weights);

        double[] a = maps.Detach().ToArray<double>(), b = before.ToArray<double>();
        double expected = 0;
        for (int sample = 0; sample < 2; sample++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                for (int place = 0; place < 4; place++)
                {
                    int at = (((sample * 3) + channel) * 4) + place;
                    expected += 0.5 * weights[channel] * (a[at] - b[at]) * (a[at] - b[at]) / 4 / 2;
                }
            }
        }

        Assert.Equal(expected, FeatureMapTransfer.Distance(maps, before, weighing).ToDouble(), 1e-12);
        Fitting.AssertSlopes(() => FeatureMapTransfer.Distance(maps, before, weighing), maps);
    }

    // The same numbers as pictures with one place, as rows, and as a single token.
    [Fact]
    public void Distance_OfRowsAndTokens_CountsEachFeatureAsAChannel()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor rows = Tensor.Normal([4, 3], generator, ScalarType.Float64), before = Tensor.Normal([4, 3], generator, ScalarType.Float64), weights = Tensor.From([0.5, 2, 0.5]);

        double asPictures = FeatureMapTransfer.Distance(rows.Reshape(4, 3, 1, 1), before.Reshape(4, 3, 1, 1), weights).ToDouble();

        Assert.Equal(asPictures, FeatureMapTransfer.Distance(rows, before, weights).ToDouble(), 1e-14);
        Assert.Equal(asPictures, FeatureMapTransfer.Distance(rows.Unsqueeze(1), before.Unsqueeze(1), weights).ToDouble(), 1e-14);
    }

    [Fact]
    public void Weights_AreASoftmaxOfTheStandardisedGrowth()
    {
        double[] growth = [0.1, 0.4, -0.2, 0.1];
        double mean = growth.Average(), deviation = Math.Sqrt(growth.Average(g => Math.Pow(g - mean, 2)));
        double[] shares = Fitting.Softmax(growth.Select(g => (g - mean) / deviation / 5));

        float[] weights = ChannelImportance.Weights(growth);

        // Rounded to float32 once.
        Assert.All(weights.Zip(shares), static pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.Equal([0.5f, 0.5f], ChannelImportance.Weights([0.3, 0.3]));
    }

    // A channel that is nought is one that the next layer doesn't read: its weights on it are set to nought instead.
    [Theory]
    [InlineData("conv1", "conv2.0.weight")]
    [InlineData("fc1", "")]
    public void ChannelImportance_EqualsTheLossWhereTheNextLayerDoesNotRead(string layer, string next)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 24, 1);
        using ClassifierNetwork network = Tuning.Network("lenet", [1, 28, 28]);
        network.Eval();
        FitContext context = Context(network, source);
        Tensor reading = next.Length == 0 ? network.Head.Weight : network.Backbone.NamedParameters().Single(p => p.Key == next).Value;

        double[] growth = ChannelImportance.Of(context, layer, samples: 1000);

        Assert.Equal(reading.Size(1), growth.Length);
        double whole = Loss();
        foreach (int channel in (int[])[0, 7, 31])
        {
            using NoGrad noGrad = NoGrad.Begin();
            Tensor kept = reading.Slice(1, channel, channel + 1).Clone();
            reading.Slice(1, channel, channel + 1).FillInPlace(0);

            // Losses of order 1 from float32 sums of hundreds of terms.
            Assert.Equal(Loss() - whole, growth[channel], 1e-5);
            reading.Slice(1, channel, channel + 1).CopyInPlace(kept);
        }

        Assert.Contains(growth, static g => Math.Abs(g) > 1e-3);

        double Loss()
        {
            using NoGrad noGrad = NoGrad.Begin();
            using Batch batch = BatchLoader.InOrder(source, Pictures, 24).Single();
            return Functional.CrossEntropy(network.Forward(batch.Inputs), batch.Labels!).ToDouble();
        }
    }

    [Fact]
    public void ChannelImportance_FewSamples_AreSpreadOverTheSource()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Bands("source", 24, 1);
        using Domain spread = source.Take([0, 8, 16]);
        using ClassifierNetwork network = Tuning.Network("lenet", [1, 28, 28]);

        double[] few = ChannelImportance.Of(Context(network, source), "fc1", samples: 3), alone = ChannelImportance.Of(Context(network, spread), "fc1", samples: 100);

        Assert.All(few.Zip(alone), static pair => Assert.Equal(pair.Second, pair.First, 1e-5));
    }

    // The network as it started normalises as the network does, and keeps its own statistics.
    [Theory]
    [InlineData("")]
    [InlineData("conv1")]
    public void Loss_AtTheStart_IsNought(string frozen)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using ClassifierNetwork network = Tuning.Network("lenet", [1, 28, 28]);
        using FeatureMapTransfer method = new();
        Tensor inputs = Tensor.Normal([8, 1, 28, 28], generator);
        Tuning.Attach(method, network, inputs, generator);
        foreach ((_, Module module) in frozen.Length == 0 ? [] : network.Backbone.StageModules(0))
            module.Freeze();
        Tensor[] before = [.. method.Network!.NamedState().Select(static pair => pair.Value.Clone())];

        LossTerm maps = method.Loss(Tuning.Step(network, inputs, [0, 1, 2, 0, 1, 2, 0, 1], generator))[0];

        Assert.Equal(("maps", 1.0), (maps.Name, maps.Weight));
        Assert.Equal(0, maps.Value.ToDouble());
        Assert.All(method.Network!.NamedState().Zip(before), static pair => Assert.True(pair.First.Value.SameAs(pair.Second), pair.First.Key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_ChannelsWeighAsAsked(bool attention)
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using ClassifierNetwork network = Tuning.Network("lenet", [1, 28, 28]);
        using FeatureMapTransfer method = new() { Attention = attention, Layers = ["conv1", "fc1"], Samples = 8 };

        new Trainer(network, method, new TrainerOptions { Steps = 5, BatchSize = 8 }).Fit(source, source, Pictures);

        float[] weights = method.Weights("conv1").ToArray<float>();
        Assert.Equal(32, weights.Length);
        Assert.Equal(1, weights.Sum(), 1e-5);
        Assert.Equal(attention, weights.Distinct().Count() > 1);
        Assert.Equal(256, method.Weights("fc1").Count);
    }

    [Fact]
    public void Fit_MapsStayNearerToThoseOfTheStart()
    {
        using Domain source = Toy.Blobs("source", 60, 1, shift: 1);
        double plain = Apart(new FeatureMapTransfer { Alpha = 0 }, source), held = Apart(new FeatureMapTransfer { Alpha = 300 }, source);

        Assert.True(held < 0.7 * plain, $"{held}, and {plain} without");
    }

    [Fact]
    public void Attach_UnknownStage_NamesThoseThereAre()
    {
        using Domain source = Toy.Blobs("source", 12, 1);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using FeatureMapTransfer method = new() { Layers = ["layer9"] };

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Tuning.Fit(network, method, source, new TrainerOptions { Steps = 1 }));

        Assert.Equal("delta: the backbone has no stage 'layer9'; its stages are fc1, fc2", thrown.Message);
    }

    /// <summary>How far the features of two networks are apart after a run of one of them, both normalised by all samples.</summary>
    private static double Apart(Objective method, Domain source)
    {
        using TensorScope scope = TensorScope.Begin();
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), start = network.Copy();
        using (method)
            Tuning.Fit(network, method, source, new TrainerOptions { Steps = 60, BatchSize = 16, Seed = 3 });
        using NoGrad noGrad = NoGrad.Begin();
        using Batch all = Fitting.All(source);
        network.Train();
        start.Train();
        return (network.Activate(all.Inputs).Features - start.Activate(all.Inputs).Features).Square().Mean().ToDouble();
    }

    private static FitContext Context(ClassifierNetwork network, Domain source) => new(network)
    {
        SourceCount = source.Count,
        SourceBatches = () => BatchLoader.InOrder(source, Pictures, 10),
    };
}
