using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class MarginDisparityDiscrepancyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Loss_EqualsTheLoops_AuxiliaryDescends_FeaturesAscendEtaFold(int hidden)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Leaf(generator, 4, 3), sourceLogits = Leaf(generator, 4, 3), target = Leaf(generator, 6, 3, 0.7), targetLogits = Leaf(generator, 6, 3);
        using MarginDisparityDiscrepancy method = new() { Hidden = hidden, Gamma = 3, Eta = 0.4 };
        method.Attach(new FitContext(Layers(source, sourceLogits), generator));
        method.Network!.To(ScalarType.Float64);

        LossTerm term = Assert.Single(method.Loss(new TrainingStep(new StepInfo(30, 100), Layers(source, sourceLogits), source, Layers(target, targetLogits))));
        term.Value.Backward();

        // −D_γ of equation 29, with the classes that f chooses.
        double Reference() =>
            (-3 * Rows(source).Zip(Rows(sourceLogits), (x, f) => Math.Log(Softmax(Forward(method.Network!, x))[Largest(f)])).Average())
            - Rows(target).Zip(Rows(targetLogits), (x, f) => Math.Log(1 - Softmax(Forward(method.Network!, x))[Largest(f)])).Average();
        Assert.Equal(Reference(), term.Value.ToDouble(), ValueTolerance);
        Assert.Equal(("disparity", 1.0), (term.Name, term.Weight));
        double eta = 0.4 * Ramp.Sigmoid.At(0.3);
        CheckGradient(source, -eta, Slopes(source, Reference), "source");
        CheckGradient(target, -eta, Slopes(target, Reference), "target");
        CheckParameters(method.Network!, Reference);
        Assert.Null(sourceLogits.Grad);
        Assert.Null(targetLogits.Grad);
    }

    // f' gives the chosen class 200 more than the two others: σ is 1 in float32, log(1 − σ) is log 2 − 200.
    [Fact]
    public void Loss_AuxiliaryIsSure_StaysExact()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor features = Tensor.Ones([1, 1]).WithGrad(), logits = Tensor.From([1f, 0f, 0f], 1, 3);
        using MarginDisparityDiscrepancy method = new() { Hidden = 0, Ramp = Ramp.Constant };
        method.Attach(new FitContext(Layers(features, logits), generator));
        Set(method.Network!, "weight", [200f, 0f, 0f]);
        Set(method.Network!, "bias", [0f, 0f, 0f]);

        LossTerm term = Assert.Single(method.Loss(new TrainingStep(new StepInfo(0, 10), Layers(features, logits), features, Layers(features, logits))));
        term.Value.Backward();

        Assert.Equal(200 - Math.Log(2), term.Value.ToDouble(), 1e-4);
        Assert.Equal([1f, -0.5f, -0.5f], method.Network!.NamedParameters().Single(static p => p.Key == "bias").Value.Grad!.ToArray<float>());
    }

    // Section 4.2: where the features of both domains are the same, the best f' gives the chosen class γ/(1 + γ), the margin log γ.
    [Theory]
    [InlineData(4, 0.8)]
    [InlineData(2, 2 / 3.0)]
    public void Auxiliary_SameDomains_SettlesAtTheMargin(double gamma, double expected)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor features = Tensor.Ones([1, 2]), logits = Tensor.From([0f, 1f, 0f], 1, 3);
        TrainingStep step = new(new StepInfo(0, 10), Layers(features, logits), features, Layers(features, logits));
        using MarginDisparityDiscrepancy method = new() { Hidden = 0, Gamma = gamma };
        method.Attach(new FitContext(Layers(features, logits), generator));

        Play(method.Network!, 400, () => method.Loss(step));

        Assert.Equal(expected, Functional.Softmax(method.Network!.Forward(features), 1)[0, 1].ToDouble(), 0.01);
    }

    [Fact]
    public void Attach_OneClass_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        using MarginDisparityDiscrepancy method = new();

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => method.Attach(new FitContext(Layers(Tensor.Ones([2, 2]), Tensor.Ones([2, 1])), generator)));

        Assert.Equal("mdd: there is 1 class; classifiers can disagree from 2 classes on", thrown.Message);
    }

    private static int Largest(double[] scores) => Array.IndexOf(scores, scores.Max());

    private static void Set(Module module, string name, float[] values)
    {
        using NoGrad noGrad = NoGrad.Begin();
        Tensor parameter = module.NamedParameters().Single(p => p.Key == name).Value;
        parameter.CopyInPlace(Tensor.From(values, parameter.Shape));
    }
}
