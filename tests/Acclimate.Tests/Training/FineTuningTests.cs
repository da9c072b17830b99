using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Data.Transforms;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Training;

public sealed class FineTuningTests
{
    private static readonly Preprocessing Pictures = new([new ToFloat(), new Normalise([0.5], [0.5])]);

    public static TheoryData<string, FineTuning, string[]> Plans => new()
    {
        { "whole", FineTuning.Whole, ["conv1", "conv2", "fc1"] },
        { "none", new FineTuning { Freeze = "0" }, ["conv1", "conv2", "fc1"] },
        { "two", new FineTuning { Freeze = "2" }, ["fc1"] },
        { "by name", new FineTuning { Freeze = "conv1" }, ["conv2", "fc1"] },
        { "probe", new FineTuning { Freeze = "all" }, [] },
        { "back", new FineTuning { FreezeFrom = "conv2" }, ["conv1"] },
        { "middle", new FineTuning { Freeze = "conv1", FreezeFrom = "fc1" }, ["conv2"] },
        { "gradual", new FineTuning { Gradual = true }, ["conv1", "conv2", "fc1"] },
        { "gradual behind a front", new FineTuning { Gradual = true, Freeze = "1" }, ["conv2", "fc1"] },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void Fit_APlan_MovesTheStagesThatLearnAndNoOther(string name, FineTuning plan, string[] moving)
    {
        using ClassifierNetwork network = Network(), before = network.Copy();
        Fit(network, new TrainerOptions { Steps = 8, BatchSize = 8, FineTuning = plan });

        // Batch norm's running statistics among them: a frozen stage keeps them too.
        Dictionary<string, Tensor> first = before.NamedState().ToDictionary();
        HashSet<string> moved = [.. network.NamedState().Where(pair => !pair.Value.SameAs(first[pair.Key])).Select(static pair => pair.Key)];
        foreach (string stage in network.Backbone.Stages)
        {
            bool learns = moving.Contains(stage);
            string[] own = [.. first.Keys.Where(key => key.StartsWith($"backbone.{stage}.", StringComparison.Ordinal))];
            Assert.NotEmpty(own);
            Assert.True(own.All(key => moved.Contains(key) == learns), $"{name}: {stage} {(learns ? "stays" : "moves")}: {string.Join(", ", own.Where(key => moved.Contains(key) != learns))}");
        }

        Assert.Contains("head.weight", moved);
        Assert.Equal(network.ParameterCount, network.TrainableParameterCount);
    }

    [Fact]
    public void Fit_Gradual_LetsStagesJoinFromTheLast()
    {
        using ClassifierNetwork network = Network();
        List<long> learning = [];
        Fit(network, new TrainerOptions { Steps = 8, BatchSize = 8, FineTuning = new FineTuning { Gradual = true } }, () => learning.Add(network.TrainableParameterCount));

        // Three stages: two steps each of the head alone, then with one, two and three of them.
        long[] sizes = [.. Enumerable.Range(0, 3).Select(stage => network.Backbone.StageModules(stage).Sum(static part => part.Module.ParameterCount))];
        long head = network.Head.ParameterCount;
        long[] expected = [head, head + sizes[2], head + sizes[2] + sizes[1], head + sizes.Sum()];
        Assert.Equal(expected.SelectMany(static count => (long[])[count, count]), learning);
    }

    [Fact]
    public void Fit_RatesByStage_ScaleTheFirstMove()
    {
        // One step of plain descent from the same place: the moves are the gradients times the rates, whose ratio is the plan's.
        Dictionary<string, Tensor> whole = FirstMove(FineTuning.Whole), scaled = FirstMove(new FineTuning { BackboneRate = 0.5, LayerDecay = 0.5 });
        using TensorScope scope = TensorScope.Begin();
        foreach ((string name, double factor) in ((string, double)[])[("head.weight", 1), ("backbone.fc1.", 0.5), ("backbone.conv2.", 0.25), ("backbone.conv1.", 0.125)])
        {
            foreach ((string key, Tensor move) in whole.Where(pair => pair.Key.StartsWith(name, StringComparison.Ordinal)))
            {
                // Parameters of order 1 hold a move to 1e-7 in float32; both differences are off by as much.
                double largest = ((move * factor) - scaled[key]).Abs().Max().ToDouble();
                Assert.True(largest <= 5e-7, $"{key}: {largest}");
            }

            Assert.Contains(whole, pair => pair.Key.StartsWith(name, StringComparison.Ordinal) && pair.Value.Abs().Max().ToDouble() > 1e-4);
        }

        foreach (Tensor move in whole.Values.Concat(scaled.Values))
            move.Dispose();
    }

    [Theory]
    [InlineData("block9", "no layer 'block9'")]
    [InlineData("7", "7 stages to freeze; the backbone has 3")]
    public void Fit_NoSuchStage_IsRefusedWithThoseThereAre(string freeze, string words)
    {
        using ClassifierNetwork network = Network();
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Fit(network, new TrainerOptions { Steps = 2, FineTuning = new FineTuning { Freeze = freeze } }));
        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("conv1", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OptionsOutOfRange_AreAllNamed()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(new TrainerOptions { FineTuning = new FineTuning { Freeze = "all", Gradual = true, BackboneRate = 2, LayerDecay = 0 } }.Validate);
        Assert.Contains("backbone rate is 2", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("layer decay is 0", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("only one of the two", thrown.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> FirstMove(FineTuning plan)
    {
        using ClassifierNetwork network = Network(), before = network.Copy();
        Fit(network, new TrainerOptions { Steps = 1, BatchSize = 8, Momentum = 0, WeightDecay = 0, FineTuning = plan });
        using NoGrad noGrad = NoGrad.Begin();
        return network.NamedParameters().Zip(before.NamedParameters()).ToDictionary(static pair => pair.First.Key, static pair => pair.First.Value - pair.Second.Value);
    }

    private static ClassifierNetwork Network()
    {
        using Generator generator = new(1);
        return new ClassifierNetwork(new NetworkSpec("lenet", [1, 28, 28], 3), generator);
    }

    private static void Fit(ClassifierNetwork network, TrainerOptions options, Action? each = null)
    {
        using Domain source = Toy.Bands("source", 24, 1);
        using SourceOnly objective = new();
        new Trainer(network, objective, options).Fit(source, source, Pictures, progress: _ => each?.Invoke());
    }
}
