namespace Acclimate.Torch;

/// <summary>min(max(x, 0), 6), as <see cref="Functional.Relu6"/>. No state.</summary>
/// <param name="inPlace">Whether the input's elements are overwritten; on the terms of <see cref="ReLU"/>.</param>
public sealed class ReLU6(bool inPlace = false) : Module
{
    /// <inheritdoc/>
    public override bool OverwritesInput => inPlace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? Functional.Relu6InPlace(input) : Functional.Relu6(input);
}
