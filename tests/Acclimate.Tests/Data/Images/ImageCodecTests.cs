using Acclimate.Data;
using Acclimate.Data.Images;
using Acclimate.Torch;

namespace Acclimate.Tests.Data.Images;

public class ImageCodecTests
{
    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Bmp)]
    public void Decode_ExactFormats_GiveTheSamePixelsRedFirst(ImageFormat format)
    {
        using Tensor image = Pattern(5, 7);

        using Tensor decoded = ImageCodec.Decode(ImageCodec.Encode(image, format), "x");

        Assert.True(image.SameAs(decoded));
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.WebP)]
    public void Decode_LossyFormats_KeepColourAndSize(ImageFormat format)
    {
        using Tensor image = Plain(16, 24, 200, 100, 50);

        using Tensor decoded = ImageCodec.Decode(ImageCodec.Encode(image, format), "x");

        // One plain colour: only the rounding of the colour space is lost, some levels of 255.
        Assert.Equal([3, 16, 24], decoded.Shape);
        byte[] pixels = decoded.ToArray<byte>();
        Assert.All(pixels.Take(16 * 24), value => Assert.InRange(value, 194, 206));
        Assert.All(pixels.Skip(2 * 16 * 24), value => Assert.InRange(value, 44, 56));
    }

    [Fact]
    public void Decode_OneChannel_IsGrey()
    {
        using Tensor image = Plain(4, 4, 90, 90, 90);

        using Tensor decoded = ImageCodec.Decode(ImageCodec.Encode(image, ImageFormat.Png), "x", channels: 1);

        Assert.Equal([1, 4, 4], decoded.Shape);
        Assert.All(decoded.ToArray<byte>(), value => Assert.Equal(90, value));
    }

    [Theory]
    [InlineData(1, 16, 32, 0, 0)]
    [InlineData(2, 16, 32, 0, 1)]
    [InlineData(3, 16, 32, 1, 1)]
    [InlineData(4, 16, 32, 1, 0)]
    [InlineData(5, 32, 16, 0, 0)]
    [InlineData(6, 32, 16, 0, 1)]
    [InlineData(7, 32, 16, 1, 1)]
    [InlineData(8, 32, 16, 1, 0)]
    public void Decode_JpegWithOrientation_IsTurnedUpright(byte orientation, int height, int width, int bottom, int right)
    {
        // White in the top left quarter of what the camera stored, black elsewhere.
        byte[] stored = new byte[3 * 16 * 32];
        for (int i = 0; i < stored.Length; i++)
            stored[i] = i / 32 % 16 < 8 && i % 32 < 16 ? (byte)255 : (byte)0;
        using Tensor image = Tensor.From(stored, 3, 16, 32);
        byte[] file = WithOrientation(ImageCodec.Encode(image, ImageFormat.Jpeg), orientation);

        using Tensor upright = ImageCodec.Decode(file, "x");

        Assert.Equal([3, height, width], upright.Shape);
        byte[] pixels = upright.ToArray<byte>();
        for (int down = 0; down < 2; down++)
        {
            for (int across = 0; across < 2; across++)
            {
                byte middle = pixels[(((down * height / 2) + (height / 4)) * width) + (across * width / 2) + (width / 4)];
                Assert.InRange(middle, down == bottom && across == right ? 240 : 0, down == bottom && across == right ? 255 : 15);
            }
        }
    }

    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Bmp)]
    [InlineData(ImageFormat.WebP)]
    public void Decode_Truncated_IsNamed(ImageFormat format)
    {
        using Tensor image = Pattern(40, 40);
        byte[] file = ImageCodec.Encode(image, format);

        DataException e = Assert.Throws<DataException>(() => ImageCodec.Decode(file.AsSpan(0, file.Length / 2), "photo"));

        Assert.StartsWith("photo: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_PngThatClaimsAHugeSize_IsRefusedBeforeMemoryIsTaken()
    {
        using Tensor image = Pattern(4, 4);
        byte[] file = ImageCodec.Encode(image, ImageFormat.Png);
        file[16] = file[20] = 0x7F;

        DataException e = Assert.Throws<DataException>(() => ImageCodec.Decode(file, "bomb"));

        Assert.Contains("bomb: damaged: an image of 2130706436×2130706436 pixels", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AnythingCutOrChanged_NeverFailsInAnotherWay()
    {
        using Tensor image = Pattern(12, 9);
        foreach (ImageFormat format in Enum.GetValues<ImageFormat>())
        {
            byte[] file = WithOrientation(ImageCodec.Encode(image, format), 6);
            for (int at = 0; at < file.Length; at += 7)
            {
                byte[] changed = [.. file];
                changed[at] ^= 0xA5;
                TryDecode(changed);
                TryDecode(file[..at]);
            }
        }
    }

    [Fact]
    public void Encode_Floats_AreRefused()
    {
        using Tensor image = Tensor.Zeros([3, 4, 4]);

        Assert.Throws<ArgumentException>(() => ImageCodec.Encode(image, ImageFormat.Png));
    }

    internal static Tensor Plain(int height, int width, byte red, byte green, byte blue)
    {
        byte[] pixels = new byte[3 * height * width];
        pixels.AsSpan(0, height * width).Fill(red);
        pixels.AsSpan(height * width, height * width).Fill(green);
        pixels.AsSpan(2 * height * width).Fill(blue);
        return Tensor.From(pixels, 3, height, width);
    }

    /// <summary>A JPEG with an APP1 segment of EXIF data in front; other formats as they are.</summary>
    private static byte[] WithOrientation(byte[] file, byte orientation)
    {
        if (file[0] != 0xFF)
            return file;
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. file[..2], .. exif, .. file[2..]];
    }

    private static Tensor Pattern(int height, int width) =>
        Tensor.From([.. Enumerable.Range(0, 3 * height * width).Select(i => (byte)((i * 73) ^ (i >> 3)))], 3, height, width);

    private static void TryDecode(byte[] file)
    {
        try
        {
            ImageCodec.Decode(file, "x").Dispose();
        }
        catch (DataException)
        {
            // Damage is either not seen or named.
        }
    }
}
