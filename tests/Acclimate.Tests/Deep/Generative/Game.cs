using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.Generative;

/// <summary>A small network in float64 with an objective on it, and one step that can be taken again and again with the same random numbers.</summary>
internal sealed class Game : IDisposable
{
    private const long NoiseSeed = 11;
    private readonly Generator noise = new(NoiseSeed);

    public Game(Objective objective, IReadOnlyList<long> shape, int sources, int targets)
    {
        using Generator generator = new(5);
        Objective = objective;
        Network = new ClassifierNetwork(new NetworkSpec(Networks.Suggest(shape), shape, 3), generator);
        Network.To(ScalarType.Float64);
        Source = Tensor.Normal([sources, .. shape], generator, ScalarType.Float64);
        Target = Tensor.Normal([targets, .. shape], generator, ScalarType.Float64) + 0.5;
        Labels = Tensor.From([.. Enumerable.Range(0, sources).Select(static i => (long)(i % 3))]);
        try
        {
            objective.Attach(new FitContext(Network, generator, Network.Activate(Source)));
        }
        catch
        {
            Dispose();
            throw;
        }

        objective.Network!.To(ScalarType.Float64);

        // Away from where they start: a layer of zeros would hide those before it.
        using NoGrad noGrad = NoGrad.Begin();
        foreach ((_, Tensor parameter) in objective.Network.NamedParameters())
            parameter.AddInPlace(Tensor.Normal(parameter.Shape, generator, ScalarType.Float64), 0.05);
    }

    public Objective Objective { get; }

    public ClassifierNetwork Network { get; }

    public Tensor Source { get; }

    public Tensor Target { get; }

    public Tensor Labels { get; }

    public Module Own(string name) => Objective.Network!.Children.Single(child => child.Key == name).Value;

    public void Dispose()
    {
        noise.Dispose();
        Network.Dispose();
    }

    /// <summary>A fresh generator in the state in which a step finds it.</summary>
    public static Generator Noise() => new(NoiseSeed);

    /// <summary>A step halfway through the run.</summary>
    public TrainingStep Step(Generator generator)
    {
        Objective.Network!.UseGenerator(generator);
        return new TrainingStep(new StepInfo(50, 100), Network, generator) { SourceInputs = Source, Labels = Labels, TargetInputs = Target };
    }

    /// <summary>
    /// Compares an update's gradients with central differences, for the three steepest elements of every parameter that
    /// it moves. With h = 10⁻⁶ the difference is off by h²·f‴ and by ε·|f|/h ≈ 10⁻⁹; a unit of a rectifier that changes
    /// sides within h adds at most its share of the slope. 10⁻⁵ of the slope leaves room for these and for nothing else.
    /// </summary>
    public void CheckGradients(Update update)
    {
        const double h = 1e-6;
        KeyValuePair<string, Tensor>[] moving = [.. Parameters().Where(p => update.Moves(p.Key))];
        Assert.NotEmpty(moving);
        Tensor[] gradients = Array.ConvertAll(moving, static p => p.Value);
        Tensor?[] found = Tensor.Gradients(Loss(update), gradients);
        int steep = 0;
        for (int i = 0; i < moving.Length; i++)
        {
            (string name, Tensor parameter) = moving[i];
            double[] slopes = (found[i] ?? throw new InvalidOperationException($"no gradient reached {name}")).ToArray<double>();
            foreach (int at in Enumerable.Range(0, slopes.Length).OrderByDescending(j => Math.Abs(slopes[j])).Take(3))
            {
                double expected = (Shifted(parameter, at, h, update) - Shifted(parameter, at, -h, update)) / (2 * h);
                Assert.True(
                    Math.Abs(slopes[at] - expected) <= 1e-5 * Math.Max(1e-2, Math.Abs(expected)),
                    $"{name}, element {at}: autograd gives {slopes[at]:R}, the difference quotient {expected:R}");
                if (Math.Abs(expected) > 1e-4)
                    steep++;
            }
        }

        Assert.True(steep > moving.Length, $"only {steep} of the slopes compared are any");
    }

    /// <summary>The names of the parameters that one update of a run's first step moves.</summary>
    public static IReadOnlyList<string> Moved(Objective objective, int update, Domain source, Domain target)
    {
        using OneUpdate only = new(objective, update);
        using Generator generator = new(2);
        using ClassifierNetwork network = new(new NetworkSpec(Networks.Suggest(source.SampleShape), source.SampleShape, 3), generator);
        new Trainer(network, only, new TrainerOptions { Steps = 2, BatchSize = 16 }).Fit(source, target, Preprocessing.None);
        return [.. only.Before.Where(p => !p.Then.SameAs(p.Now)).Select(static p => p.Name)];
    }

    private double Shifted(Tensor parameter, int at, double by, Update update)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        double[] shift = new double[parameter.Count];
        shift[at] = by;
        Tensor moved = Tensor.From(shift).Reshape(parameter.Shape);
        parameter.AddInPlace(moved);
        double loss = Loss(update).ToDouble();
        parameter.AddInPlace(moved, -1);
        return loss;
    }

    private Tensor Loss(Update update)
    {
        using Generator generator = Noise();
        return update.Terms(Step(generator)).Select(static term => term.Value * term.Weight).Aggregate(static (a, b) => a + b);
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Parameters() =>
        Network.NamedParameters().Concat(Objective.Network!.NamedParameters().Select(static p => KeyValuePair.Create(Parts.OwnPrefix + p.Key, p.Value)));

    /// <summary>An objective of which a single update is done.</summary>
    private sealed class OneUpdate(Objective inner, int update) : Objective
    {
        public IReadOnlyList<(string Name, Tensor Then, Tensor Now)> Before { get; private set; } = [];

        public override Module? Network => inner.Network;

        public override OptimizerChoice? OwnOptimizer => inner.OwnOptimizer;

        public override void Attach(FitContext context) => inner.Attach(context);

        public override void Begin(Stage stage, FitContext context) =>
            Before = [.. context.Network.NamedParameters().Select(static p => (p.Key, p.Value.Detach().Clone(), p.Value)),
                .. inner.Network!.NamedParameters().Select(static p => (Parts.OwnPrefix + p.Key, p.Value.Detach().Clone(), p.Value))];

        public override IReadOnlyList<Update> Updates(Stage stage) => [inner.Updates(stage)[update]];

        public override IReadOnlyList<LossTerm> Loss(TrainingStep step) => inner.Loss(step);
    }
}
