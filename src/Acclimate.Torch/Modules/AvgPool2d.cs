namespace Acclimate.Torch;

/// <summary>The mean of each window, as <see cref="Functional.AvgPool2d"/>. No state.</summary>
/// <param name="kernel">The window's size.</param>
/// <param name="stride">How far the window moves; the window's size unless given.</param>
/// <param name="padding">Zeros put around the picture; 0 unless given.</param>
public sealed class AvgPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AvgPool2d(input, kernel, stride, padding);
}
