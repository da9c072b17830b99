namespace Acclimate.Torch;

/// <summary>max(x, 0). No state.</summary>
/// <param name="inPlace">
/// Whether the input's elements are overwritten. The module before must be one whose gradient doesn't ask for its own
/// output, such as batch norm or pooling, and nobody else may hold that output.
/// </param>
public sealed class ReLU(bool inPlace = false) : Module
{
    /// <inheritdoc/>
    public override bool OverwritesInput => inPlace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? Functional.ReluInPlace(input) : Functional.Relu(input);
}
