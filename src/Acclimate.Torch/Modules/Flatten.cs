namespace Acclimate.Torch;

/// <summary>Merges the dimensions from <paramref name="start"/> to <paramref name="end"/> into one. No state.</summary>
/// <param name="start">The first dimension to merge; 1 leaves the samples apart.</param>
/// <param name="end">The last dimension to merge; negative counts from the last.</param>
public sealed class Flatten(int start = 1, int end = -1) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Flatten(start, end);
    }
}
