using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Statistics;

/// <summary>What every method of the family promises, and what it refuses.</summary>
public sealed class AlignmentTests
{
    public static TheoryData<string> Methods => ["dan", "ddc", "deep-coral", "cmd", "jan", "jan-a", "rtn", "dsan"];

    // Against the same run with a weight of 0, a method brings the domains closer by its own measure; jan-a by jan's, as
    // its own is the one that its adversary makes large.
    [Theory]
    [MemberData(nameof(Methods))]
    public void Fit_BringsTheDomainsTogether(string method)
    {
        double with = DiscrepancyAfter(method, []);
        double without = DiscrepancyAfter(method, new() { ["lambda"] = "0" });

        Assert.True(with < 0.75 * without, $"{with} with, {without} without");
    }

    [Theory]
    [InlineData("ddc", "width", "0")]
    [InlineData("ddc", "lambda", "-1")]
    [InlineData("deep-coral", "lambda", "-1")]
    [InlineData("cmd", "width", "0")]
    [InlineData("cmd", "moments", "0")]
    [InlineData("cmd", "lambda", "-1")]
    [InlineData("jan", "kernels", "0")]
    [InlineData("jan", "gamma", "0")]
    [InlineData("jan", "lambda", "-1")]
    [InlineData("jan-a", "gamma", "0")]
    [InlineData("rtn", "kernels", "0")]
    [InlineData("rtn", "gamma", "-1")]
    [InlineData("rtn", "lambda", "-1")]
    [InlineData("dsan", "kernels", "0")]
    [InlineData("dsan", "lambda", "-1")]
    public void Attach_OptionOutOfRange_IsRefusedByName(string method, string option, string value)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create(new Dictionary<string, string> { [option] = value });

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => objective.Attach(Context(generator)));

        Assert.StartsWith($"{method}: {option} is {value}; expected", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deep-coral")]
    [InlineData("jan")]
    [InlineData("jan-a")]
    [InlineData("rtn")]
    [InlineData("dsan")]
    public void Attach_UnknownLayer_NamesThoseThereAre(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create(new Dictionary<string, string> { ["layers"] = "features,fc9" });

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => objective.Attach(Context(generator)));

        Assert.Equal("the network has no layer 'fc9'; it has: features, logits, probabilities", thrown.Message);
    }

    private static FitContext Context(Generator generator) => new(Steps.Layers(Tensor.Ones([2, 4]), Tensor.Ones([2, 3])), generator);

    private static double DiscrepancyAfter(string method, Dictionary<string, string> options)
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 120, 1);
        using Domain target = Toy.Blobs("target", 120, 2, shift: 1.5);
        using Generator generator = new(3);
        using Objective objective = (Objective)MethodCatalog.Find(method).Create(options);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, Toy.Classes) { Bottleneck = objective.Bottleneck }, generator);
        new Trainer(network, objective, new TrainerOptions { Steps = 60, BatchSize = 32, Seed = 4 }).Fit(source, target, Preprocessing.None);

        using NoGrad noGrad = NoGrad.Begin();
        using JointAdaptationNetwork jan = new();
        Objective measure = method == "jan-a" ? jan : objective;
        using Batch of = BatchLoader.InOrder(source, Preprocessing.None, 120).Single(), at = BatchLoader.InOrder(target, Preprocessing.None, 120).Single();
        return measure.Loss(new TrainingStep(Steps.Half, network.Activate(of.Inputs), of.Labels!, network.Activate(at.Inputs)))[0].Value.ToDouble();
    }
}
