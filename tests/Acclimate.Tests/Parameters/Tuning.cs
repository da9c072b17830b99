using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Parameters;

/// <summary>Small networks and steps of methods that have no target.</summary>
internal static class Tuning
{
    public static ClassifierNetwork Network(string backbone, long[] shape, long seed = 1)
    {
        using Generator generator = new(seed);
        return new ClassifierNetwork(new NetworkSpec(backbone, shape, Toy.Classes), generator);
    }

    /// <summary>Attaches an objective to a network that is in use meanwhile, as the trainer does.</summary>
    public static void Attach(Objective objective, ClassifierNetwork network, Tensor inputs, Generator generator, params string[] classes)
    {
        using NoGrad noGrad = NoGrad.Begin();
        network.Eval();
        objective.Attach(new FitContext(network, generator, network.Activate(inputs)) { Classes = classes });
        network.Train();
        objective.Network?.Train();
    }

    public static TrainingStep Step(ClassifierNetwork network, Tensor inputs, long[] labels, Generator generator) =>
        new(new StepInfo(0, 10), network, generator) { SourceInputs = inputs, Labels = Tensor.From(labels) };

    /// <summary>A run of a perceptron on a source alone.</summary>
    public static void Fit(ClassifierNetwork network, Objective objective, Domain source, TrainerOptions options) =>
        new Trainer(network, objective, options).Fit(source, source, Preprocessing.None);

    /// <summary>Σ (a − b)² over the parameters of two modules.</summary>
    public static double Apart(Module one, Module other)
    {
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        return one.NamedParameters().Zip(other.NamedParameters()).Sum(static pair => (pair.First.Value - pair.Second.Value).Square().Sum().ToDouble());
    }
}
