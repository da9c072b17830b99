using Acclimate.Data;
using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>A network as somebody trained it: its backbone, its own classifier where the file has one, and what pictures it expects.</summary>
public sealed class PretrainedNetwork : IDisposable
{
    private const int BatchSize = 32;

    /// <summary>What public weights mostly tell apart: ImageNet's classes. Another number costs building the network twice.</summary>
    private const int LikelyClasses = 1000;

    private readonly ClassifierNetwork network;

    private readonly Preprocessing preprocessing;

    private PretrainedNetwork(ClassifierNetwork network, LoadedWeights weights)
    {
        preprocessing = InputRecipe.Of(network.Spec.Backbone, weights.Path).Preprocessing;
        this.network = network;
        Weights = weights;
        network.Eval();
        network.Freeze();
    }

    /// <summary>What the file gave.</summary>
    public LoadedWeights Weights { get; }

    /// <summary>The name of the backbone, one that <see cref="Networks"/> knows.</summary>
    public string Backbone => network.Spec.Backbone;

    /// <summary>How many features it gives a picture.</summary>
    public int FeatureSize => network.FeatureSize;

    /// <summary>How many classes its own classifier tells apart; none where the file has no classifier.</summary>
    public int? Classes => Weights.Head ? network.Spec.Classes : null;

    /// <summary>Opens a file of weights.</summary>
    /// <param name="path">The file.</param>
    /// <param name="backbone">The network that was trained; what the tensors' names and shapes tell where it is left out.</param>
    /// <exception cref="ArgumentException">No backbone was given and the file tells none, or the one given is not known.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or holds another network.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static PretrainedNetwork Open(string path, string? backbone = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = backbone ?? PretrainedWeights.BackboneOf(path);
        PretrainedNetwork opened = Build(path, name, LikelyClasses);
        if (opened.Weights.Head || opened.Weights.HeadShape is not [> 0 and <= int.MaxValue and var classes, ..])
            return opened;
        opened.Dispose();
        return Build(path, name, (int)classes);
    }

    /// <summary>What the network makes of every picture of a domain.</summary>
    /// <param name="domain">The pictures, of any size; labels are not looked at.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>
    /// The features, samples × <see cref="FeatureSize"/>, and the probabilities of its own classes, samples × <see cref="Classes"/>, where it has such.
    /// </returns>
    /// <exception cref="DataException">The domain holds no pictures, or one can't be read.</exception>
    public (Tensor Features, Tensor? Probabilities) Look(Domain domain, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        Tensor[] found = Collect(domain, progress, cancellation, inputs =>
        {
            Activations seen = network.Activate(inputs);
            return Weights.Head ? [seen.Features, seen.Probabilities] : [seen.Features];
        });
        return (found[0], Weights.Head ? found[1] : null);
    }

    /// <summary>A layer's outputs for every picture of a domain, a row each; see <see cref="ClassifierNetwork.Rows"/>.</summary>
    /// <param name="domain">The pictures, of any size; labels are not looked at.</param>
    /// <param name="layer">The layer's name.</param>
    /// <param name="progress">Told how many pictures are done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="ArgumentException">There is no such layer.</exception>
    /// <exception cref="DataException">The domain holds no pictures, or one can't be read.</exception>
    public Tensor Rows(Domain domain, string layer, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Collect(domain, progress, cancellation, inputs => [network.Rows(inputs, layer)])[0];
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    /// <summary>What is made of each batch, put together over all of them.</summary>
    private Tensor[] Collect(Domain domain, IProgress<int>? progress, CancellationToken cancellation, Func<Tensor, Tensor[]> make)
    {
        ArgumentNullException.ThrowIfNull(domain);
        if (domain.SampleShape.Count != 3)
            throw new DataException($"{domain.Name} holds rows of features; a {Backbone} with pretrained weights looks at pictures");
        using NoGrad noGrad = NoGrad.Begin();
        List<Tensor[]> made = [];
        int done = 0;
        try
        {
            foreach (Batch batch in BatchLoader.InOrder(domain, preprocessing, BatchSize, cancellation))
            {
                using TensorScope scope = TensorScope.Begin();
                using (batch)
                {
                    made.Add([.. make(batch.Inputs).Select(static part => part.Clone().LeaveScopes())]);
                    progress?.Report(done += batch.Count);
                }
            }

            return [.. Enumerable.Range(0, made[0].Length).Select(i => Tensor.Concatenate([.. made.Select(parts => parts[i])]))];
        }
        finally
        {
            made.ForEach(static parts => Array.ForEach(parts, static part => part.Dispose()));
        }
    }

    private static PretrainedNetwork Build(string path, string backbone, int classes)
    {
        int side = InputRecipe.Of(backbone).Side;
        using Generator overwritten = new(0);
        ClassifierNetwork network = new(new NetworkSpec(backbone, [3, side, side], classes), overwritten);
        try
        {
            return new PretrainedNetwork(network, PretrainedWeights.Load(network, path));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
