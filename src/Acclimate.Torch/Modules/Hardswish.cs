namespace Acclimate.Torch;

/// <summary>x · min(max(x + 3, 0), 6) / 6, as <see cref="Functional.Hardswish"/>. No state.</summary>
public sealed class Hardswish : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardswish(input);
}
