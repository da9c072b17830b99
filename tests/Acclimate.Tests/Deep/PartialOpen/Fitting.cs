using Acclimate.Backbones;
using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;
using Acclimate.Training;

namespace Acclimate.Tests.Deep.PartialOpen;

/// <summary>Trains a small network on made-up rows of features.</summary>
internal static class Fitting
{
    public static NetworkModel Fit(
        Objective objective, Domain source, Domain target, TrainerOptions options, string? checkpoint = null, long? stopAt = null)
    {
        using Generator generator = new(options.Seed);
        string[] classes = [.. source.Labels!.Classes, .. objective.ExtraClasses];
        NetworkModel model = new(
            new ClassifierNetwork(new NetworkSpec("mlp", source.SampleShape, classes.Length), generator), classes, Preprocessing.None,
            new Provenance(MethodCatalog.NameOf(objective), MethodCatalog.OptionsOf(objective), "s", "t", options.Seed, options.Steps, "0", "0"));
        using CancellationTokenSource stop = new();
        try
        {
            new Trainer(model.Network, objective, options).Fit(
                source, target, Preprocessing.None, checkpoint, report => { if (report.Step == stopAt) stop.Cancel(); }, cancellation: stop.Token);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A float64 network in use, whose batch norm thus makes no sample depend on another.</summary>
    public static ClassifierNetwork Network(int features, int classes, Generator generator)
    {
        ClassifierNetwork network = new(new NetworkSpec("mlp", [features], classes), generator);
        network.To(ScalarType.Float64);
        network.Eval();
        return network;
    }

    /// <summary>Only the samples of some classes; the labels keep all classes' names.</summary>
    public static Domain Only(Domain domain, params int[] classes) =>
        domain.Take([.. Enumerable.Range(0, domain.Count).Where(i => classes.Contains(domain.Labels!.Indices[i]))]);

    public static double[][] Rows(Tensor matrix) => [.. matrix.ToArray<double>().Chunk((int)matrix.Size(1))];
}
