using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.SourceFree;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.SourceFree;

public class AdaptiveBatchNormTests
{
    // The target comes sorted by class and in several batches: statistics batch by batch would be far off.
    [Fact]
    public void Fit_StatisticsAreThoseOfTheWholeTarget_LayerByLayer()
    {
        using TensorScope scope = TensorScope.Begin();
        using Domain source = Toy.Blobs("source", 120, 1);
        using Domain mixed = Toy.Blobs("target", 600, 2, shift: 2);
        using Domain target = mixed.Take([.. Enumerable.Range(0, 600).OrderBy(static i => i % Toy.Classes)]);
        using AdaptiveBatchNorm adabn = new();
        using ClassifierNetwork network = Fitting.Fit(adabn, source, target, 20);

        BatchNorm[] norms = [.. network.Modules().OfType<BatchNorm>()];
        Linear[] linear = [.. network.Modules().OfType<Linear>()];
        using Batch all = Fitting.All(target);
        using NoGrad noGrad = NoGrad.Begin();
        Tensor input = all.Inputs.To(ScalarType.Float64);
        for (int l = 0; l < 2; l++)
        {
            Tensor sums = input.MatMul(Double(linear[l].Weight).T) + Double(linear[l].Bias!);
            Tensor mean = sums.Mean(0), variance = sums.Variance(0);
            AssertClose(mean, norms[l].RunningMean);
            AssertClose(variance, norms[l].RunningVariance);
            input = (((sums - mean) / (variance + 1e-5).Sqrt() * Double(norms[l].Weight)) + Double(norms[l].Bias)).Relu();
        }

        static Tensor Double(Tensor tensor) => tensor.Detach().To(ScalarType.Float64);

        // Float32 layers over values of size 1 to 10: relative roundings of 1e-7 pile up to a few 1e-6.
        static void AssertClose(Tensor expected, Tensor found) =>
            Assert.All(expected.ToArray<double>().Zip(found.ToArray<float>()), static pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, Math.Abs(pair.First))));
    }

    // Blocks with a shortcut's own batch norm, layers that overwrite their input, two batches.
    [Fact]
    public void Replace_LayerByLayer_GivesTheBitsOfPassesThroughTheWholeNetwork()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        using ClassifierNetwork one = new(new NetworkSpec("resnet18", [3, 32, 32], 4), generator), two = one.Copy();
        using Domain target = Domain.FromTensor("target", Tensor.Normal([20, 3, 32, 32], generator).LeaveScopes());

        TargetStatistics.Replace(TargetStatistics.Norms("adabn", one), Context(one), passes: null);
        IReadOnlyList<BatchNorm> norms = TargetStatistics.Norms("adabn", two);
        TargetStatistics.Replace(norms, Context(two), passes: norms.Count);

        Assert.Equal(20, norms.Count);
        Assert.Empty(Fitting.Changed(one.NamedBuffers(), two.NamedBuffers()));

        FitContext Context(ClassifierNetwork network) => new(network) { TargetCount = target.Count, TargetBatches = () => BatchLoader.InOrder(target, Preprocessing.None, 12) };
    }

    [Fact]
    public void Fit_ParametersAreTheSourcesOwn_AndAMovedTargetIsRecognised()
    {
        using Domain source = Toy.Blobs("source", 150, 1);
        using Domain target = Toy.Blobs("target", 150, 2, shift: 6);
        using SourceOnly plain = new();
        using AdaptiveBatchNorm adabn = new();
        using ClassifierNetwork before = Fitting.Fit(plain, source, target, 60);
        using ClassifierNetwork after = Fitting.Fit(adabn, source, target, 60);

        Assert.Empty(Fitting.Changed(before.NamedParameters(), after.NamedParameters()));
        double gain = Fitting.Accuracy(after, target) - Fitting.Accuracy(before, target);
        Assert.True(gain > 0.2, $"{gain} gained");
    }

    [Fact]
    public void Fit_OnePassOfTwo_LeavesTheSecondLayerInexact()
    {
        using Domain source = Toy.Blobs("source", 60, 1);
        using Domain target = Toy.Blobs("target", 60, 2, shift: 3);
        using AdaptiveBatchNorm exact = new(), once = new() { Passes = 1 };
        using ClassifierNetwork one = Fitting.Fit(exact, source, target, 10);
        using ClassifierNetwork two = Fitting.Fit(once, source, target, 10);

        Assert.Equal(["backbone.fc2.1.running_mean", "backbone.fc2.1.running_var"], Fitting.Changed(one.NamedBuffers(), two.NamedBuffers()));
    }

    [Theory]
    [InlineData("adabn")]
    [InlineData("tent")]
    public void Attach_NetworkWithoutBatchNorm_IsRefused(string method)
    {
        using Generator generator = new(1);
        using Sequential network = new(new Linear(3, 2, generator), new ReLU());

        string message = Assert.Throws<ArgumentException>(() => TargetStatistics.Norms(method, network)).Message;

        Assert.StartsWith($"{method}: the network has no batch norm", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NoPass_IsRefused()
    {
        using Domain source = Toy.Blobs("source", 30, 1);
        using AdaptiveBatchNorm adabn = new() { Passes = 0 };

        Assert.Equal("adabn: passes is 0; expected 1 or more", Assert.Throws<ArgumentException>(() => Fitting.Fit(adabn, source, source, 2)).Message);
    }
}
