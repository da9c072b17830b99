namespace Acclimate.Torch;

/// <summary>A height and a width: of a kernel, a stride, a border. One number stands for both.</summary>
/// <param name="Height">Along the rows' direction, first.</param>
/// <param name="Width">Along the columns' direction, second.</param>
public readonly record struct Size2(long Height, long Width)
{
    /// <summary>As high as wide.</summary>
    public static implicit operator Size2(int both) => new(both, both);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2((int Height, int Width) size) => new(size.Height, size.Width);

    internal long[] ToArray() => [Height, Width];

    internal void CheckAtLeast(long least, string name)
    {
        if (Height < least || Width < least)
            throw new ArgumentOutOfRangeException(name, $"{Height} by {Width}", $"both must be at least {least}");
    }
}
