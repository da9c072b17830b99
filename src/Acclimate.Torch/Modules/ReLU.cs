namespace Acclimate.Torch;

/// <summary>max(x, 0). No state.</summary>
public sealed class ReLU : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Relu(input);
}
