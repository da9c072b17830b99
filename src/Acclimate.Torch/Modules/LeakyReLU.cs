namespace Acclimate.Torch;

/// <summary>max(x, 0) + slope · min(x, 0). No state.</summary>
/// <param name="slope">What negative numbers are multiplied by.</param>
public sealed class LeakyReLU(double slope = 0.01) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LeakyRelu(input, slope);
}
