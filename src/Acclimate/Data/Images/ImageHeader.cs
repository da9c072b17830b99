using System.Buffers.Binary;

namespace Acclimate.Data.Images;

/// <summary>What an image file says before its pixels: so that no memory is taken for a size that can't be.</summary>
/// <param name="Format">The format, by the file's first bytes and not by its name.</param>
/// <param name="Height">The height in pixels once the image is upright.</param>
/// <param name="Width">The width in pixels once the image is upright.</param>
/// <param name="Orientation">How the camera was held, as EXIF codes it: 1 (upright) to 8.</param>
internal sealed record ImageHeader(ImageFormat Format, int Height, int Width, int Orientation)
{
    private const long MostPixels = 1L << 28;

    /// <summary>More pixels than this a byte of the file, in an image of more than a million, are no picture but a trap.</summary>
    private const long MostPixelsPerByte = 8192;

    /// <summary>Reads the header; null where the file is no image of a kind that is known.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <exception cref="DataException">It begins like an image and is damaged, or too large.</exception>
    public static ImageHeader? Read(ReadOnlySpan<byte> file, string name)
    {
        try
        {
            return KindOf(file) switch
            {
                ImageFormat.Png => Png(file, name),
                ImageFormat.Jpeg => Jpeg(file, name),
                ImageFormat.Bmp => Bmp(file, name),
                ImageFormat.WebP => WebP(file, name),
                _ => null,
            };
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new DataException($"{name}: truncated: it ends inside its header", e);
        }
    }

    /// <summary>The format that the first bytes show; null for any other.</summary>
    public static ImageFormat? KindOf(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? ImageFormat.Png
        : file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? ImageFormat.Jpeg
        : file.StartsWith("BM"u8) && file.Length >= 26 ? ImageFormat.Bmp
        : file.StartsWith("RIFF"u8) && file.Length >= 16 && file[8..12].SequenceEqual("WEBP"u8) ? ImageFormat.WebP
        : null;

    /// <summary>Refuses a file that ends before its image does: decoders fill the rest with grey and say nothing.</summary>
    public void RequireWhole(ReadOnlySpan<byte> file, string name)
    {
        bool whole = Format switch
        {
            ImageFormat.Jpeg => JpegSegments.HasEnd(file),
            ImageFormat.Png => file.LastIndexOf("IEND"u8) >= 0,
            ImageFormat.WebP => BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) + 8L <= file.Length,
            _ => BmpLength(file) <= file.Length,
        };
        if (!whole)
            throw new DataException($"{name}: truncated: the image is not complete");
    }

    private static ImageHeader Png(ReadOnlySpan<byte> file, string name)
    {
        int orientation = 1;
        int pixels = file.IndexOf("IDAT"u8);
        int exif = (pixels < 0 ? file : file[..pixels]).IndexOf("eXIf"u8);
        if (exif >= 4)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file[(exif - 4)..]);
            orientation = length > 0 && length <= file.Length - exif - 4 ? Exif.Orientation(file.Slice(exif + 4, length)) : 1;
        }

        return Make(
            ImageFormat.Png,
            BinaryPrimitives.ReadUInt32BigEndian(file.Slice(20, 4)),
            BinaryPrimitives.ReadUInt32BigEndian(file.Slice(16, 4)),
            orientation,
            name,
            file.Length);
    }

    private static ImageHeader Jpeg(ReadOnlySpan<byte> file, string name)
    {
        JpegSegments.Facts facts = JpegSegments.Read(file, name);
        return Make(ImageFormat.Jpeg, facts.Height, facts.Width, facts.Orientation, name, file.Length);
    }

    private static ImageHeader Bmp(ReadOnlySpan<byte> file, string name)
    {
        bool old = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(14, 4)) == 12;
        long width = old ? BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(18, 2)) : BinaryPrimitives.ReadInt32LittleEndian(file.Slice(18, 4));
        long height = old ? BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(20, 2)) : BinaryPrimitives.ReadInt32LittleEndian(file.Slice(22, 4));
        return Make(ImageFormat.Bmp, Math.Abs(height), width, 1, name, file.Length);
    }

    /// <summary>Where the pixels of an uncompressed BMP end; 0 for other ones.</summary>
    private static long BmpLength(ReadOnlySpan<byte> file)
    {
        if (file.Length < 34 || BinaryPrimitives.ReadUInt32LittleEndian(file[14..]) == 12 || BinaryPrimitives.ReadUInt32LittleEndian(file[30..]) is not (0 or 3))
            return 0;
        long width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        long height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(file[22..]));
        long bits = BinaryPrimitives.ReadUInt16LittleEndian(file[28..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(file[10..]) + (((width * bits) + 31) / 32 * 4 * height);
    }

    private static ImageHeader WebP(ReadOnlySpan<byte> file, string name)
    {
        ReadOnlySpan<byte> chunk = file[12..];
        if (chunk.StartsWith("VP8X"u8))
        {
            int exif = file.IndexOf("EXIF"u8);
            int orientation = exif > 0 && exif + 8 < file.Length ? Exif.Orientation(file[(exif + 8)..]) : 1;
            return Make(ImageFormat.WebP, 1 + Int24(file.Slice(27, 3)), 1 + Int24(file.Slice(24, 3)), orientation, name, file.Length);
        }

        if (chunk.StartsWith("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(file.Slice(21, 4));
            return Make(ImageFormat.WebP, 1 + ((bits >> 14) & 0x3FFF), 1 + (bits & 0x3FFF), 1, name, file.Length);
        }

        return Make(
            ImageFormat.WebP,
            BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(28, 2)) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(file.Slice(26, 2)) & 0x3FFF,
            1,
            name,
            file.Length);
    }

    private static long Int24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    private static ImageHeader Make(ImageFormat format, long height, long width, int orientation, string name, int fileLength)
    {
        if (height < 1 || width < 1 || height > int.MaxValue || width > int.MaxValue || height * width > MostPixels)
            throw new DataException($"{name}: damaged: an image of {width}×{height} pixels; expected 1 to {MostPixels} pixels");
        if (height * width > Math.Max(1 << 20, MostPixelsPerByte * fileLength))
            throw new DataException($"{name}: damaged: an image of {width}×{height} pixels in {fileLength} bytes");

        // Orientations from 5 on lie on their side.
        return orientation >= 5 ? new ImageHeader(format, (int)width, (int)height, orientation) : new ImageHeader(format, (int)height, (int)width, orientation);
    }
}
