namespace Acclimate.Torch;

/// <summary>The greatest element in each window, as <see cref="Functional.MaxPool2d"/>. No state.</summary>
/// <param name="kernel">The window's size.</param>
/// <param name="stride">How far the window moves; the window's size unless given.</param>
/// <param name="padding">How far windows reach over the border; 0 unless given.</param>
/// <param name="ceiling">Whether a window that is cut off at the border still counts.</param>
public sealed class MaxPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, bool ceiling = false) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.MaxPool2d(input, kernel, stride, padding, ceiling: ceiling);
}
