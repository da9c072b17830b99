using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class WassersteinGuidedRepresentationTests
{
    [Fact]
    public void Updates_CriticFirst_ThenTheNetwork()
    {
        using WassersteinGuidedRepresentation method = new() { CriticRate = 2e-3 };

        IReadOnlyList<Update> updates = method.Updates(Stage.Adapt);

        Assert.Equal([5, 1], updates.Select(static u => u.Repeat));
        string[] names = ["backbone.fc1.0.weight", "head.weight", "objective.0.weight"];
        Assert.Equal([false, false, true], names.Select(updates[0].Moves));
        Assert.Equal([true, true, false], names.Select(updates[1].Moves));
        Assert.Equal(new OptimizerChoice(OptimizerKind.Adam) { LearningRate = 2e-3, Anneals = false, WeightDecay = 0 }, method.OwnOptimizer);
    }

    [Fact]
    public void Loss_EqualsTheLoops_AndItsGradientTheQuotients()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor source = Leaf(generator, 4, 3), target = Leaf(generator, 6, 3, 0.7);
        using WassersteinGuidedRepresentation method = Attached(source, generator);

        LossTerm term = Assert.Single(method.Loss(new TrainingStep(new StepInfo(30, 100), Layers(source, source), source, Layers(target, target))));
        Descend([term]);

        double Reference() => Rows(source).Average(x => Forward(method.Network!, x)[0]) - Rows(target).Average(x => Forward(method.Network!, x)[0]);
        double lambda = 0.7 * Ramp.Sigmoid.At(0.3);
        Assert.Equal(Reference(), term.Value.ToDouble(), ValueTolerance);
        Assert.Equal(("wasserstein", lambda), (term.Name, term.Weight));
        CheckGradient(source, lambda, Slopes(source, Reference), "source");
        CheckGradient(target, lambda, Slopes(target, Reference), "target");
    }

    // The critic's slope at a point, worked out by hand: Σ_j v_j [w_j·x + b_j > 0] w_j. The gradient by the parameters
    // goes through that slope once more.
    [Fact]
    public void Penalty_EqualsTheLoops_AndItsGradientTheQuotients()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor points = Leaf(generator, 5, 3);
        using WassersteinGuidedRepresentation method = Attached(points, generator);

        Tensor penalty = method.Penalty(points);
        penalty.Backward();

        double Reference() => Rows(points).Average(x => Math.Pow(Slope(method.Network!, x) - 1, 2));
        Assert.Equal(Reference(), penalty.ToDouble(), ValueTolerance);
        Assert.Null(points.Grad);
        foreach (string name in (string[])["0.weight", "2.weight"])
        {
            Tensor weight = method.Network!.NamedParameters().Single(p => p.Key == name).Value;
            CheckGradient(weight, 1, Slopes(weight, Reference), name);
        }
    }

    [Fact]
    public void Penalty_FlatCritic_IsOneWithAFiniteGradient()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor points = Leaf(generator, 5, 3);
        using WassersteinGuidedRepresentation method = Attached(points, generator);
        using (NoGrad.Begin())
        {
            foreach ((_, Tensor parameter) in method.Network!.NamedParameters())
                parameter.FillInPlace(0);
        }

        Tensor penalty = method.Penalty(points);
        penalty.Backward();

        Assert.Equal(1, penalty.ToDouble());
        Assert.All(method.Network!.NamedParameters(), static p => Assert.True(p.Value.Grad is null || p.Value.Grad.IsFinite().All()));
    }

    // −W + γ · penalty at both domains' features and at source + (1 − α)(target − source); 4 pairs of 4 and 6 samples.
    [Fact]
    public void Critic_EqualsTheLoops_AndLeavesTheFeaturesAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        using Generator noise = new(9);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", [4], 3), generator);
        network.To(ScalarType.Float64);
        Tensor inputs = Tensor.Normal([4, 4], generator, ScalarType.Float64);
        TrainingStep step = new(new StepInfo(30, 100), network, noise)
        {
            SourceInputs = inputs,
            Labels = Tensor.From([0L, 1L, 2L, 0L]),
            TargetInputs = Tensor.Normal([6, 4], generator, ScalarType.Float64) + 0.5,
        };
        using WassersteinGuidedRepresentation method = Attached(step.Source.Features, generator);

        IReadOnlyList<LossTerm> terms = method.Updates(Stage.Adapt)[0].Terms(step);
        Descend(terms);

        using Generator same = new(9);
        double[] alpha = Tensor.Uniform([4, 1], same, type: ScalarType.Float64).ToArray<double>();
        double[][] source = Rows(step.Source.Features), target = Rows(step.Target.Features);
        double[][] between = [.. alpha.Select((a, i) => source[i].Zip(target[i], (s, t) => (a * s) + ((1 - a) * t)).ToArray())];
        double distance = source.Average(x => Forward(method.Network!, x)[0]) - target.Average(x => Forward(method.Network!, x)[0]);
        double penalty = ((double[][])[.. source, .. target, .. between]).Average(x => Math.Pow(Slope(method.Network!, x) - 1, 2));
        Assert.Equal([("critic", -1.0), ("penalty", 10.0)], terms.Select(static t => (t.Name, t.Weight)));
        Assert.Equal(distance, terms[0].Value.ToDouble(), ValueTolerance);
        Assert.Equal(penalty, terms[1].Value.ToDouble(), ValueTolerance);
        Assert.All(network.NamedParameters(), static p => Assert.Null(p.Value.Grad));

        Descend(method.Updates(Stage.Adapt)[1].Terms(step));
        Assert.All(network.NamedParameters(), static p => Assert.NotNull(p.Value.Grad));
    }

    // Two points at distance 2: the best critic between them has slope s, of which 2 s − γ (s − 1)² is the largest:
    // s = 1 + 1/γ, 1.1 with γ = 10, and W = 2.2. A tenth leaves room for a critic that isn't quite straight.
    [Fact]
    public void Critic_TwoPoints_FindsTheirDistance()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        Tensor source = Tensor.Full([1, 1], 1), target = Tensor.Full([1, 1], -1);
        TrainingStep step = new(new StepInfo(0, 10), Layers(source, source), source, Layers(target, target));
        using WassersteinGuidedRepresentation method = new();
        method.Attach(new FitContext(step.Source, generator));

        Play(method.Network!, 600, () =>
        [
            new LossTerm("critic", method.Loss(step)[0].Value, -1),
            new LossTerm("penalty", method.Penalty(Tensor.Uniform([32, 1], generator, -1, 1)), 10),
        ]);

        Assert.Equal(2.2, method.Loss(step)[0].Value.ToDouble(), 0.2);
    }

    private static WassersteinGuidedRepresentation Attached(Tensor features, Generator generator)
    {
        WassersteinGuidedRepresentation method = new() { Hidden = 6, Lambda = 0.7 };
        method.Attach(new FitContext(Layers(features, features), generator));
        method.Network!.To(ScalarType.Float64);
        return method;
    }

    /// <summary>‖∇f‖ of a critic with one hidden layer.</summary>
    private static double Slope(Module critic, double[] x)
    {
        Tensor[] parameters = [.. critic.NamedParameters().Select(static p => p.Value)];
        double[][] w = Rows(parameters[0]);
        double[] b = parameters[1].ToArray<double>(), v = parameters[2].ToArray<double>(), slope = new double[x.Length];
        for (int j = 0; j < w.Length; j++)
        {
            if (w[j].Zip(x, static (p, q) => p * q).Sum() + b[j] <= 0)
                continue;
            for (int i = 0; i < slope.Length; i++)
                slope[i] += v[j] * w[j][i];
        }

        return Math.Sqrt(slope.Sum(static s => s * s));
    }
}
