using Acclimate.Torch;

namespace Acclimate.Deep;

/// <summary>What a network computed for one batch, layer by layer, the classifier last. Half types come out as float32.</summary>
public sealed class Activations
{
    private readonly IReadOnlyList<(string Layer, Tensor Value)> layers;

    /// <summary>Holds the layers' outputs.</summary>
    /// <param name="layers">Names and outputs, in the network's order.</param>
    public Activations(IReadOnlyList<(string Layer, Tensor Value)> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = layers;
    }

    /// <summary>The names of the layers, in the network's order.</summary>
    public IEnumerable<string> Names => layers.Select(static l => l.Layer);

    /// <summary>The class scores before softmax: batch × classes.</summary>
    public Tensor Logits => this["logits"];

    /// <summary>What the classifier sees: batch × features.</summary>
    public Tensor Features => this["features"];

    /// <summary>The logits after softmax: batch × classes.</summary>
    public Tensor Probabilities => this["probabilities"];

    /// <summary>A layer's output, batch first.</summary>
    /// <param name="layer">Its name.</param>
    /// <exception cref="ArgumentException">The network has no such layer; the message names those it has.</exception>
    public Tensor this[string layer]
    {
        get
        {
            foreach ((string name, Tensor value) in layers)
            {
                if (name == layer)
                    return value.Type is ScalarType.BFloat16 or ScalarType.Float16 ? value.To(ScalarType.Float32) : value;
            }

            throw new ArgumentException($"the network has no layer '{layer}'; it has: {string.Join(", ", Names)}");
        }
    }

    /// <summary>A layer's output with one row a sample.</summary>
    /// <param name="layer">Its name.</param>
    /// <exception cref="ArgumentException">The network has no such layer.</exception>
    public Tensor Rows(string layer)
    {
        Tensor value = this[layer];
        return value.Rank == 2 ? value : value.Flatten(1);
    }

    /// <summary>Samples of the batch that follow one another.</summary>
    /// <param name="start">The first.</param>
    /// <param name="end">One behind the last.</param>
    public Activations Slice(long start, long end) => new([.. layers.Select(l => (l.Layer, l.Value.Slice(0, start, end)))]);
}
