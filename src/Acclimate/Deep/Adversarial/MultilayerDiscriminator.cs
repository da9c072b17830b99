using Acclimate.Torch;

namespace Acclimate.Deep.Adversarial;

/// <summary>
/// Tells the domains apart by several layers at once: at each layer l it sees the network's activations beside what it
/// made of the layers before, d_l = ReLU(W_l [F_l(x) ⊕ γ_l d_{l−1}]) with a learnt scale γ_l; then one score, above 0
/// for the source. Maps are averaged to <see cref="Side"/>×<see cref="Side"/> first, for a wide map has more pixels
/// than there is to learn from them about a domain.
/// </summary>
internal sealed class MultilayerDiscriminator : Module
{
    private const int Side = 4;

    private readonly Linear[] hidden;
    private readonly Tensor[] scales;
    private readonly Linear score;
    private readonly long[] sizes;

    /// <summary>Builds a discriminator with first values drawn from a generator.</summary>
    /// <param name="layers">Examples of the layers' activations.</param>
    /// <param name="units">Units of each d_l.</param>
    /// <param name="generator">The source of first values.</param>
    public MultilayerDiscriminator(IReadOnlyList<Tensor> layers, int units, Generator generator)
    {
        sizes = [.. layers.Select(static layer => Row(layer).Size(1))];
        hidden = [.. sizes.Select((size, l) => Add($"layer{l + 1}", new Linear(l == 0 ? size : size + units, units, generator)))];
        scales = [.. sizes.Skip(1).Select((_, l) => AddParameter($"scale{l + 2}", Tensor.Ones([1])))];
        score = Add("score", new Linear(units, 1, generator));
    }

    /// <summary>What the discriminator sees of a batch: a row a sample, layer after layer.</summary>
    public static Tensor Join(IEnumerable<Tensor> layers) => Tensor.Concatenate([.. layers.Select(Row)], 1);

    /// <summary>log p(source|x) − log p(target|x): one score a sample of <see cref="Join"/>.</summary>
    public override Tensor Forward(Tensor input)
    {
        Tensor[] layers = input.Split(sizes, 1);
        Tensor state = hidden[0].Forward(layers[0]).Relu();
        for (int l = 1; l < layers.Length; l++)
            state = hidden[l].Forward(Tensor.Concatenate([layers[l], state * scales[l - 1]], 1)).Relu();
        return score.Forward(state).Squeeze(1);
    }

    private static Tensor Row(Tensor layer) => layer.Rank switch
    {
        2 => layer,
        4 => Functional.AdaptiveAvgPool2d(layer, new Size2((int)Math.Min(Side, layer.Size(2)), (int)Math.Min(Side, layer.Size(3)))).Flatten(1),
        _ => layer.Flatten(1),
    };
}
