using System.Buffers.Binary;

namespace Acclimate.Data.Images;

/// <summary>The one fact of EXIF data that matters here: how the camera was held.</summary>
internal static class Exif
{
    private const ushort OrientationTag = 0x0112;

    /// <summary>The orientation, 1 to 8; 1 (upright) where it is missing or makes no sense.</summary>
    /// <param name="tiff">The data from their byte-order mark on.</param>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.StartsWith("Exif\0\0"u8))
            tiff = tiff[6..];
        bool little = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM"u8)))
            return 1;
        uint directory = Int32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return 1;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = Int16(entries, little);
        for (int i = 0; i < count && 2 + (12 * (i + 1)) <= entries.Length; i++)
        {
            ReadOnlySpan<byte> entry = entries.Slice(2 + (12 * i), 12);
            if (Int16(entry, little) == OrientationTag)
                return Int16(entry[8..], little) is >= 1 and <= 8 and int found ? found : 1;
        }

        return 1;
    }

    private static int Int16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Int32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
