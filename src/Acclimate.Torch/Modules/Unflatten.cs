namespace Acclimate.Torch;

/// <summary>Gives each sample of a batch a shape: rows of numbers become pictures. No state.</summary>
/// <param name="shape">The shape of one sample; the product of its sizes is the rows' length.</param>
public sealed class Unflatten(params long[] shape) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Reshape([input.Size(0), .. shape]);
    }
}
