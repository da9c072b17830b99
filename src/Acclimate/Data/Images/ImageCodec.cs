using System.Runtime.InteropServices;
using Acclimate.Data.Native;
using Acclimate.Torch;

namespace Acclimate.Data.Images;

/// <summary>The formats of image files.</summary>
public enum ImageFormat
{
    /// <summary>PNG: exact.</summary>
    Png,

    /// <summary>JPEG: smaller, not exact.</summary>
    Jpeg,

    /// <summary>BMP: exact and uncompressed.</summary>
    Bmp,

    /// <summary>WebP: smaller, not exact.</summary>
    WebP,
}

/// <summary>Image files from and to tensors: uint8, channels × height × width, red first.</summary>
public static unsafe partial class ImageCodec
{
    private const string Library = "acclimate_images";

    /// <summary>Decodes a JPEG, PNG, BMP or WebP file and turns it upright, as its EXIF data ask. Transparency is dropped.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <param name="channels">3 for red, green and blue, 1 for grey.</param>
    /// <returns>uint8, channels × height × width.</returns>
    /// <exception cref="DataException">It is no such file, or it is damaged or truncated.</exception>
    public static Tensor Decode(ReadOnlySpan<byte> file, string name, int channels = 3)
    {
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "an image has 1 channel (grey) or 3 (red, green, blue)");
        ImageHeader header = ImageHeader.Read(file, name) ?? throw new DataException($"{name}: no JPEG, PNG, BMP or WebP image");
        header.RequireWhole(file, name);
        using TensorScope scope = TensorScope.Begin();
        Tensor image = Tensor.Empty([channels, header.Height, header.Width], ScalarType.UInt8);
        byte* error = null;
        int status;
        fixed (byte* bytes = file)
        {
            fixed (byte* planes = image.Bytes)
                status = ai_decode(bytes, file.Length, header.Orientation, channels, header.Height, header.Width, planes, &error);
        }

        if (status != 0)
            throw new DataException($"{name}: {NativeParts.TakeText(error, &ai_memory_free)}");
        return scope.Keep(image);
    }

    /// <summary>Encodes an image.</summary>
    /// <param name="image">uint8, 1 or 3 channels × height × width.</param>
    /// <param name="format">As what.</param>
    /// <param name="quality">From 1 to 100, for JPEG and WebP; default 95.</param>
    /// <returns>The bytes of an image file.</returns>
    /// <exception cref="ArgumentException">The tensor is no such image.</exception>
    public static byte[] Encode(Tensor image, ImageFormat format, int quality = 95)
    {
        ArgumentNullException.ThrowIfNull(image);
        long[] shape = image.Shape;
        if (image.Type != ScalarType.UInt8 || shape is not [1 or 3, > 0 and <= int.MaxValue, > 0 and <= int.MaxValue])
            throw new ArgumentException($"an image is uint8, 1 or 3 channels × height × width, not {image}", nameof(image));
        byte[] extension = format switch
        {
            ImageFormat.Png => ".png\0"u8.ToArray(),
            ImageFormat.Jpeg => ".jpg\0"u8.ToArray(),
            ImageFormat.Bmp => ".bmp\0"u8.ToArray(),
            ImageFormat.WebP => ".webp\0"u8.ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not an image format"),
        };
        using Tensor packed = image.Contiguous();
        byte* encoded = null;
        long length = 0;
        byte* error = null;
        int status;
        fixed (byte* planes = packed.Bytes, kind = extension)
            status = ai_encode(planes, (int)shape[0], (int)shape[1], (int)shape[2], kind, Math.Clamp(quality, 1, 100), &encoded, &length, &error);
        if (status != 0)
            throw new DataException($"an image of {shape[1]}×{shape[2]}: {NativeParts.TakeText(error, &ai_memory_free)}");
        try
        {
            return new ReadOnlySpan<byte>(encoded, checked((int)length)).ToArray();
        }
        finally
        {
            ai_memory_free(encoded);
        }
    }

    [LibraryImport(Library)]
    private static partial int ai_decode(
        byte* bytes, long length, int orientation, int channels, int height, int width, byte* planes, byte** error);

    [LibraryImport(Library)]
    private static partial int ai_encode(
        byte* planes, int channels, int height, int width, byte* extension, int quality, byte** bytes, long* length, byte** error);

    [LibraryImport(Library)]
    private static partial void ai_memory_free(void* memory);
}
