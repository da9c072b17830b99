using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

public sealed class StartingPointTests
{
    private static readonly TrainerOptions Short = new() { Steps = 60, BatchSize = 16, Seed = 3, LearningRate = 0.05 };

    // ½ Σ (w − w⁰)² and ½ Σ w² by loops; their gradients are w − w⁰ and w.
    [Fact]
    public void Loss_AwayFromTheStart_EqualsTheLoopsInValueAndGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using StartingPoint method = new() { Alpha = 0.3, Beta = 0.7 };
        Tensor inputs = Tensor.Normal([4, 6], generator);
        Tuning.Attach(method, network, inputs, generator);
        network.To(ScalarType.Float64);
        method.Network!.To(ScalarType.Float64);
        Dictionary<string, double[]> start = network.NamedParameters().ToDictionary(static p => p.Key, static p => p.Value.ToArray<double>());
        using (NoGrad.Begin())
        {
            foreach ((_, Tensor parameter) in network.NamedParameters())
                parameter.AddInPlace(Tensor.Normal(parameter.Shape, generator, ScalarType.Float64));
        }

        IReadOnlyList<LossTerm> terms = method.Loss(Tuning.Step(network, inputs, [0, 1, 2, 0], generator));
        network.ZeroGrad();
        terms.Select(static t => t.Value * t.Weight).Aggregate(static (a, b) => a + b).Backward();

        Dictionary<string, double[]> now = network.NamedParameters().ToDictionary(static p => p.Key, static p => p.Value.ToArray<double>());
        double backbone = now.Where(static p => Parts.Backbone(p.Key)).Sum(p => p.Value.Zip(start[p.Key], static (w, w0) => (w - w0) * (w - w0)).Sum()) / 2;
        double head = now.Where(static p => Parts.Head(p.Key)).Sum(static p => p.Value.Sum(static w => w * w)) / 2;
        Assert.Equal(["start", "head"], terms.Select(static t => t.Name));
        Assert.Equal([0.3, 0.7], terms.Select(static t => t.Weight));

        // 70,000 float64 terms of order 1: sums of 1e5 to a relative 1e-16 a term, in whatever order.
        Assert.Equal(1, terms[0].Value.ToDouble() / backbone, 1e-11);
        Assert.Equal(1, terms[1].Value.ToDouble() / head, 1e-11);
        foreach ((string name, Tensor parameter) in network.NamedParameters())
        {
            double[] gradient = parameter.Grad!.ToArray<double>();
            for (int i = 0; i < gradient.Length; i++)
                Assert.Equal(Parts.Head(name) ? 0.7 * now[name][i] : 0.3 * (now[name][i] - start[name][i]), gradient[i], 1e-12);
        }
    }

    [Fact]
    public void Loss_FrozenStages_AreLeftOut()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        using ClassifierNetwork network = Tuning.Network("mlp", [6]);
        using StartingPoint method = new();
        Tensor inputs = Tensor.Normal([4, 6], generator);
        Tuning.Attach(method, network, inputs, generator);
        network.Backbone.Freeze();

        LossTerm start = method.Loss(Tuning.Step(network, inputs, [0, 1, 2, 0], generator))[0];

        Assert.False(start.Value.RequiresGrad);
        Assert.Equal(0, start.Value.ToDouble());
    }

    [Fact]
    public void Fit_TheRunsWeightDecay_DoesNotActBesideIt()
    {
        using Domain source = Toy.Blobs("source", 48, 1);
        using ClassifierNetwork with = Tuning.Network("mlp", [6]), without = Tuning.Network("mlp", [6]);
        foreach ((ClassifierNetwork network, double decay) in ((ClassifierNetwork, double)[])[(with, 0.5), (without, 0)])
        {
            using StartingPoint method = new();
            Tuning.Fit(network, method, source, Short with { Steps = 5, WeightDecay = decay });
        }

        Assert.Equal(0, Tuning.Apart(with, without));
    }

    [Fact]
    public void Fit_StaysNearerToTheStartTheMoreItWeighs()
    {
        using Domain source = Toy.Blobs("source", 60, 1, shift: 1);
        double plain = Moved(new SourceOnly(), source), light = Moved(new StartingPoint { Alpha = 0.1 }, source), heavy = Moved(new StartingPoint { Alpha = 1 }, source);

        Assert.True(light < 0.9 * plain, $"{light}, and {plain} without");
        Assert.True(heavy < 0.5 * light, $"{heavy}, and {light} with a tenth of the weight");
    }

    private static double Moved(Objective method, Domain source)
    {
        using ClassifierNetwork network = Tuning.Network("mlp", [6]), start = network.Copy();
        using (method)
            Tuning.Fit(network, method, source, Short);
        return Tuning.Apart(network.Backbone, start.Backbone);
    }
}
