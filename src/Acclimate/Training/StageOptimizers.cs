using Acclimate.Backbones;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Training;

/// <summary>
/// What descends in a stage: the network's parameters and those of the objective's own network, under names that can't
/// meet, by one optimizer or by one each. Freed with its state; the parameters stay their modules'.
/// </summary>
internal sealed class StageOptimizers : IDisposable
{
    private readonly List<(Optimizer Optimizer, OptimizerChoice Choice, Func<string, bool> Holds)> optimizers = [];
    private readonly TrainerOptions options;
    private readonly IReadOnlyDictionary<Tensor, double> rates;

    public StageOptimizers(ClassifierNetwork network, Objective objective, Stage stage, TrainerOptions options)
    {
        this.options = options;
        rates = options.FineTuning.Rates(network.Backbone, stage.FrontRate);
        KeyValuePair<string, Tensor>[] own = [.. (objective.Network?.NamedParameters() ?? []).Select(static p => KeyValuePair.Create(Parts.OwnPrefix + p.Key, p.Value))];
        Parameters = [.. network.NamedParameters(), .. own];
        OptimizerChoice choice = stage.Optimizer ?? new OptimizerChoice(OptimizerKind.Sgd);
        if (objective.OwnOptimizer is not { } apart)
        {
            Add(choice, Parts.All);
        }
        else
        {
            Add(choice, Parts.Network);
            Add(apart, Parts.Own);
        }
    }

    /// <summary>Everything that may move.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Parameters { get; }

    /// <summary>The network's learning rate of the latest step.</summary>
    public double LearningRate => optimizers[0].Optimizer.LearningRate;

    public void ZeroGrad() => optimizers.ForEach(static o => o.Optimizer.ZeroGrad());

    /// <summary>Moves every parameter that has a gradient.</summary>
    public void Step(StepInfo info)
    {
        foreach ((Optimizer optimizer, OptimizerChoice choice, _) in optimizers)
        {
            double first = (choice.LearningRate ?? options.LearningRate) * choice.RateFactor;
            optimizer.LearningRate = options.Search is { } search && choice.LearningRate is null ? search.At(info.Step) * choice.RateFactor
                : choice.Anneals ? LearningRates.Annealed(first, info.Progress)
                : first;
            optimizer.Step();
        }
    }

    /// <summary>The length of the gradient of the named parameters, over all of them.</summary>
    public static double GradientNorm(IEnumerable<KeyValuePair<string, Tensor>> parameters)
    {
        Tensor[] gradients = [.. parameters.Select(static p => p.Value.Grad).OfType<Tensor>()];
        return gradients.Length == 0 ? 0 : Tensor.Norms(gradients).Norm().ToDouble();
    }

    public IEnumerable<KeyValuePair<string, Tensor>> State() => optimizers.SelectMany(static o => o.Optimizer.State());

    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach ((Optimizer optimizer, _, Func<string, bool> holds) in optimizers)
            optimizer.LoadState(state.Where(pair => holds(pair.Key)).ToDictionary());
    }

    public void Dispose() => optimizers.ForEach(static o => o.Optimizer.Dispose());

    private void Add(OptimizerChoice choice, Func<string, bool> holds)
    {
        ParameterGroup[] groups =
        [
            .. Parameters.Where(p => holds(p.Key))
                .GroupBy(p => rates.TryGetValue(p.Value, out double factor) ? factor : 1)
                .Select(static alike => new ParameterGroup(alike) { RateFactor = alike.Key }),
        ];
        double rate = choice.LearningRate ?? options.LearningRate;
        double decay = choice.WeightDecay ?? options.WeightDecay;
        optimizers.Add((choice.Kind == OptimizerKind.Adam
            ? new Adam(groups, rate, choice.Beta1, choice.Beta2, weightDecay: decay)
            : new Sgd(groups, rate, options.Momentum, decay), choice, holds));
    }
}
