namespace Acclimate.Torch;

/// <summary>Means over windows that bring pictures of any size to a given one. No state.</summary>
/// <param name="size">The size of the result.</param>
public sealed class AdaptiveAvgPool2d(Size2 size) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool2d(input, size);
}
