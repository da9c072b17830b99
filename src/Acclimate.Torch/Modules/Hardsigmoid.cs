namespace Acclimate.Torch;

/// <summary>min(max(x + 3, 0), 6) / 6, as <see cref="Functional.Hardsigmoid"/>. No state.</summary>
public sealed class Hardsigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardsigmoid(input);
}
