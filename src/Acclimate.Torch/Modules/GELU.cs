namespace Acclimate.Torch;

/// <summary>x · Φ(x), as <see cref="Functional.Gelu"/>. No state.</summary>
public sealed class GELU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Gelu(input);
}
