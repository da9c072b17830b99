using Acclimate.Torch;

namespace Acclimate.Features.Maps;

/// <summary>x ↦ (x, tanh(x_l W + b)), x_l the last d numbers of x: a layer of a stacked autoencoder that keeps all the layers before it.</summary>
/// <param name="Weight">W over b: [d + 1, d].</param>
public sealed record DenoisingMap(Tensor Weight) : FeatureMap
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => [Weight];

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        long d = Weight.Size(1), width = samples.Rank == 2 ? samples.Size(1) : 0;
        if (width < d || width % d != 0)
            throw new ArgumentException($"the layer takes {d} features, or as many times them as there are layers before it; the samples have shape [{string.Join(", ", samples.Shape)}]", nameof(samples));
        using TensorScope scope = TensorScope.Begin();
        Tensor hidden = (samples.Slice(1, width - d, width).MatMul(Weight.Slice(0, 0, d)) + Weight.Slice(0, d, d + 1)).Tanh();
        return scope.Keep(Tensor.Concatenate([samples, hidden], 1));
    }
}
