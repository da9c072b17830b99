using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Deep.Adversarial;
using Acclimate.Torch;
using Acclimate.Training;
using static Acclimate.Tests.Deep.Adversarial.AdversarialReference;

namespace Acclimate.Tests.Deep.Adversarial;

public class MaximumClassifierDiscrepancyTests
{
    [Fact]
    public void Updates_AreThePapersThreeSteps()
    {
        using MaximumClassifierDiscrepancy method = new() { Repeats = 3 };

        IReadOnlyList<Update> updates = method.Updates(Stage.Adapt);

        Assert.Equal([1, 1, 3], updates.Select(static u => u.Repeat));
        string[] names = ["backbone.fc1.0.weight", "bottleneck.weight", "head.weight", "objective.weight"];
        Assert.Equal([true, true, true, true], names.Select(updates[0].Moves));
        Assert.Equal([false, false, true, true], names.Select(updates[1].Moves));
        Assert.Equal([true, true, false, false], names.Select(updates[2].Moves));
    }

    // Step A: cross entropies of both classifiers, of the source and the known target samples.
    [Fact]
    public void StepA_EqualsTheLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();

        IReadOnlyList<LossTerm> terms = game.Method.Updates(Stage.Adapt)[0].Terms(game.Step);

        double[][] source = Rows(game.Step.Source.Features), known = Rows(game.Step.Known.Features);
        Assert.Equal(["task", "task.target", "task.second", "task.second.target"], terms.Select(static t => t.Name));
        Assert.All(terms, static t => Assert.Equal(1, t.Weight));
        Assert.Equal(CrossEntropy(game.Network.Head, source, game.Step.Labels), terms[0].Value.ToDouble(), ValueTolerance);
        Assert.Equal(CrossEntropy(game.Network.Head, known, game.Step.KnownLabels!), terms[1].Value.ToDouble(), ValueTolerance);
        Assert.Equal(CrossEntropy(game.Method.Network!, source, game.Step.Labels), terms[2].Value.ToDouble(), ValueTolerance);
        Assert.Equal(CrossEntropy(game.Method.Network!, known, game.Step.KnownLabels!), terms[3].Value.ToDouble(), ValueTolerance);
    }

    [Fact]
    public void StepB_EqualsTheLoops_AndReachesTheClassifiersAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();

        IReadOnlyList<LossTerm> terms = game.Method.Updates(Stage.Adapt)[1].Terms(game.Step);
        Descend(terms);

        double[][] source = Rows(game.Step.Source.Features), target = Rows(game.Step.Target.Features), known = Rows(game.Step.Known.Features);
        double Reference() =>
            CrossEntropy(game.Network.Head, source, game.Step.Labels) + CrossEntropy(game.Method.Network!, source, game.Step.Labels)
            + CrossEntropy(game.Network.Head, known, game.Step.KnownLabels!) + CrossEntropy(game.Method.Network!, known, game.Step.KnownLabels!)
            - (0.7 * Discrepancy(game, target));
        Assert.Equal(Reference(), Total(terms), ValueTolerance);
        Assert.All(game.Network.Backbone.NamedParameters(), static p => Assert.Null(p.Value.Grad));
        foreach (Module classifier in (Module[])[game.Network.Head, game.Method.Network!])
        {
            foreach ((string name, Tensor parameter) in classifier.NamedParameters())
            {
                double[] gradient = parameter.Grad!.ToArray<double>();
                foreach (int at in Some(gradient))
                    Assert.True(Math.Abs(gradient[at] - SlopeAt(parameter, at, Reference)) <= GradientTolerance, $"{name}[{at}]");
            }
        }
    }

    [Fact]
    public void StepC_EqualsTheLoops_AndItsGradientTheQuotients()
    {
        using TensorScope scope = TensorScope.Begin();
        using Game game = new();
        Update update = game.Method.Updates(Stage.Adapt)[2];

        LossTerm term = Assert.Single(update.Terms(game.Step));
        Descend([term]);

        double Reference()
        {
            using TensorScope inner = TensorScope.Begin();
            return Discrepancy(game, Rows(game.Network.Activate(game.Step.TargetInputs!).Features));
        }

        Assert.Equal(("discrepancy", 0.7), (term.Name, term.Weight));
        Assert.Equal(Reference(), term.Value.ToDouble(), ValueTolerance);
        foreach ((string name, Tensor parameter) in game.Network.Backbone.NamedParameters())
        {
            double[] gradient = parameter.Grad!.ToArray<double>();
            foreach (int at in Some(gradient))
                Assert.True(Math.Abs(gradient[at] - (0.7 * SlopeAt(parameter, at, Reference))) <= GradientTolerance, $"{name}[{at}]");
        }

        Assert.Contains(game.Network.Backbone.NamedParameters(), static p => p.Value.Grad!.Abs().Max().ToDouble() > 1e-4);
    }

    // The classifiers find room to differ on a target far from the source, and the features take it from them: after
    // three descents the discrepancy is below what it was before.
    [Fact]
    public void Fit_FeaturesTakeBackWhatTheClassifiersFound()
    {
        using Domain source = Toy.Blobs("source", 90, 1);
        using Domain target = Toy.Blobs("target", 90, 2, shift: 2);
        using Generator generator = new(0);
        using ClassifierNetwork network = new(new NetworkSpec("mlp", source.SampleShape, 3), generator);
        using MaximumClassifierDiscrepancy method = new();
        List<(double Found, double Left)> steps = [];

        new Trainer(network, method, new TrainerOptions { Steps = 40, BatchSize = 32 }).Fit(source, target, Preprocessing.None,
            progress: report => steps.Add((report.Terms["discrepancy.ascended"], report.Terms["discrepancy"])));

        Assert.True(steps.Average(static s => s.Left) < 0.9 * steps.Average(static s => s.Found), $"found {steps.Average(static s => s.Found)}, left {steps.Average(static s => s.Left)}");
    }

    private static double CrossEntropy(Module classifier, double[][] features, Tensor labels) =>
        -features.Zip(labels.ToArray<long>(), (x, y) => Math.Log(Softmax(Forward(classifier, x))[y])).Average();

    private static double Discrepancy(Game game, double[][] features) => features.Average(x =>
        Softmax(Forward(game.Network.Head, x)).Zip(Softmax(Forward(game.Method.Network!, x)), static (p, q) => Math.Abs(p - q)).Average());

    /// <summary>The steepest elements and the first.</summary>
    private static IEnumerable<int> Some(double[] gradient) =>
        Enumerable.Range(0, gradient.Length).OrderByDescending(i => Math.Abs(gradient[i])).Take(3).Append(0);

    private sealed class Game : IDisposable
    {
        private readonly Generator generator = new(1);

        public Game()
        {
            Network = new ClassifierNetwork(new NetworkSpec("mlp", [4], 3), generator);
            Network.To(ScalarType.Float64);
            Tensor source = Tensor.Normal([5, 4], generator, ScalarType.Float64), target = Tensor.Normal([7, 4], generator, ScalarType.Float64) + 0.5;
            Method = new MaximumClassifierDiscrepancy { Lambda = 0.7 };
            Method.Attach(new FitContext(Network.Activate(source), generator));
            Method.Network!.To(ScalarType.Float64);
            Step = new TrainingStep(new StepInfo(30, 100), Network, generator)
            {
                SourceInputs = source,
                Labels = Tensor.From([0L, 1L, 2L, 0L, 1L]),
                TargetInputs = target,
                KnownInputs = Tensor.Normal([2, 4], generator, ScalarType.Float64),
                KnownLabels = Tensor.From([2L, 1L]),
            };
        }

        public ClassifierNetwork Network { get; }

        public MaximumClassifierDiscrepancy Method { get; }

        public TrainingStep Step { get; }

        public void Dispose()
        {
            Method.Dispose();
            Network.Dispose();
            generator.Dispose();
        }
    }
}
