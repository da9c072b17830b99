using Acclimate.Deep;
using Acclimate.Deep.Statistics;
using Acclimate.Discrepancies;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep.Statistics;

public sealed class DeepSubdomainAdaptationNetworkTests
{
    private static readonly long[] Labels = [0, 1, 1, 3, 0, 1];

    // The source lacks class 2; nothing of the target is most likely of class 3. Class 0 and 1 count.
    private static readonly double[] Logits = [2, 0.5, 1, 0.1, 0.3, 2, 1.5, 1, 0, 0.1, 3, 0.2, 1, 0.9, -1, 0.8];

    [Fact]
    public void Loss_IsTheLoopOverClassesThatBothDomainsHave()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 6, 4), y = Loops.Sample(2, 4, 4, 0.7);
        using DeepSubdomainAdaptationNetwork dsan = new();

        LossTerm term = Assert.Single(dsan.Loss(Step(x, y, Tensor.From(Logits, 4, 4))));

        double[][] ofSource = [.. Labels.Select(static label => Enumerable.Range(0, 4).Select(c => c == label ? 1.0 : 0).ToArray())];
        double[][] ofTarget = [.. Steps.Softmax([.. Logits.Chunk(4)]).Select(static row => (double[])[row[0], row[1], row[2], 0])];
        double[][] a = Loops.Rows(x), b = Loops.Rows(y);

        // A few hundred float64 operations on numbers of size 5.
        Assert.Equal(LocalMmdTests.Reference(a, b, ofSource, ofTarget, Steps.Around(a, b, 5)), term.Value.ToDouble(), 1e-12);
        Assert.Equal(0.5 * Steps.HalfRamp, term.Weight, 1e-15);
    }

    // The slope of LMMD with the weights and bandwidths held still, by finite differences; none goes to the logits.
    [Fact]
    public void Loss_Gradients_HoldTheWeightsStill()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 6, 4).WithGrad(), y = Loops.Sample(4, 4, 4, 0.7).WithGrad(), logits = Tensor.From(Logits, 4, 4).WithGrad();
        using DeepSubdomainAdaptationNetwork dsan = new();

        dsan.Loss(Step(x, y, logits))[0].Value.Backward();

        GaussianKernels still = GaussianKernels.WithVariances(Steps.Around(Loops.Rows(x), Loops.Rows(y), 5));
        Tensor ofSource = Tensor.From(Labels).OneHot(4).To(ScalarType.Float64);
        Tensor ofTarget = Functional.Softmax(logits.Detach(), 1) * Tensor.From([1.0, 1, 1, 0]);
        Loops.Near(Loops.FiniteDifferences(x, moved => Loops.ValueOf(LocalMmd.Distance(moved, y.Detach(), ofSource, ofTarget, still))), x.Grad!.ToArray<double>(), 1e-8);
        Loops.Near(Loops.FiniteDifferences(y, moved => Loops.ValueOf(LocalMmd.Distance(x.Detach(), moved, ofSource, ofTarget, still))), y.Grad!.ToArray<double>(), 1e-8);
        Assert.True(x.Grad!.Norm().ToDouble() > 1e-3);
        Assert.Null(logits.Grad);
    }

    // Two classes that have changed places between the domains: the domains' means agree, the classes' don't.
    [Fact]
    public void Loss_ClassesThatChangedPlaces_AreSeen()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From([0.0, 0.1, 1, 1.1], 4, 1), labels = Steps.Labels(0, 0, 1, 1);
        Tensor right = Tensor.From([9.0, 0, 9, 0, 0, 9, 0, 9], 4, 2), wrong = Tensor.From([0.0, 9, 0, 9, 9, 0, 9, 0], 4, 2);
        using DeepSubdomainAdaptationNetwork dsan = new();
        double Of(Tensor logits) => dsan.Loss(new TrainingStep(Steps.Half, Steps.Layers(x, right), labels, Steps.Layers(x, logits)))[0].Value.ToDouble();

        Assert.Equal(0, Of(right), 1e-3);
        Assert.True(Of(wrong) > 1);
    }

    private static TrainingStep Step(Tensor x, Tensor y, Tensor logits) => new(Steps.Half, Steps.Layers(x, x), Tensor.From(Labels), Steps.Layers(y, logits));
}
