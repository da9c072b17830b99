using System.Buffers.Binary;

namespace Acclimate.Data.Images;

/// <summary>The segments of a JPEG file before its pixels, and whether the pixels come to their end.</summary>
internal static class JpegSegments
{
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;

    /// <summary>The size as it is stored, and the orientation.</summary>
    internal readonly record struct Facts(int Height, int Width, int Orientation);

    public static Facts Read(ReadOnlySpan<byte> file, string name)
    {
        int orientation = 1;
        int at = 2;
        while (Next(file, ref at, out byte marker, out ReadOnlySpan<byte> segment))
        {
            if (marker == App1 && segment.StartsWith("Exif\0\0"u8))
                orientation = Exif.Orientation(segment[6..]);
            if (IsFrame(marker))
            {
                return new Facts(
                    BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(1, 2)), BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(3, 2)), orientation);
            }

            if (marker == StartOfScan)
                break;
        }

        throw new DataException($"{name}: truncated or damaged: a JPEG file without the size of its image");
    }

    /// <summary>Whether the end marker follows the first scan.</summary>
    public static bool HasEnd(ReadOnlySpan<byte> file)
    {
        int at = 2;
        while (Next(file, ref at, out byte marker, out _))
        {
            // Inside a scan FF is always followed by 00 or a restart marker, so that FF D9 is the end of the image.
            if (marker == StartOfScan)
                return file[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) >= 0;
        }

        return false;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    /// <summary>The segment that begins at a place, and the place after it.</summary>
    private static bool Next(ReadOnlySpan<byte> file, ref int at, out byte marker, out ReadOnlySpan<byte> segment)
    {
        marker = 0;
        segment = default;
        while (at < file.Length && file[at] == 0xFF)
            at++;
        if (at < 3 || at + 3 > file.Length || file[at - 1] != 0xFF)
            return false;
        marker = file[at];
        int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 1)..]);
        if (length < 2 || at + 1 + length > file.Length)
            return false;
        segment = file.Slice(at + 3, length - 2);
        at += 1 + length;
        return true;
    }
}
