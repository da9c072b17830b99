namespace Acclimate.Generated;

/// <summary>Drawn digits: colour images of 28 × 28 pixels and the digit that each shows.</summary>
/// <param name="Pixels">Bytes in the order image, channel (red, green, blue), row, column: count × 3 × 28 × 28.</param>
/// <param name="Labels">The digit on each image, 0 to 9.</param>
public sealed record DigitImages(byte[] Pixels, int[] Labels)
{
    /// <summary>Channels of an image: red, green, blue.</summary>
    public const int Channels = 3;

    /// <summary>Height and width of an image, in pixels.</summary>
    public const int Side = 28;

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;
}
