using System.IO.Compression;

namespace Acclimate.Torch;

/// <summary>A run of bytes in a file, as they are or compressed.</summary>
/// <param name="Begin">The first byte's place in the file.</param>
/// <param name="Packed">How many bytes it takes there.</param>
/// <param name="Length">How many bytes it is.</param>
/// <param name="Deflated">Whether it is compressed.</param>
internal readonly record struct FilePart(long Begin, long Packed, long Length, bool Deflated)
{
    /// <summary>No compressed part may take more: it is held in memory while it is read, and PyTorch compresses nothing.</summary>
    public const long MostPacked = 1 << 30;

    /// <summary>The bytes from one of them on. What is given back must be disposed unless it is the file itself.</summary>
    public Stream Open(FileStream file, long from = 0)
    {
        if (!Deflated)
        {
            file.Position = Begin + from;
            return file;
        }

        byte[] packed = new byte[Packed];
        file.Position = Begin;
        file.ReadExactly(packed);
        DeflateStream unpacked = new(new MemoryStream(packed), CompressionMode.Decompress);
        byte[] passed = new byte[Math.Min(from, 1 << 16)];
        while (from > 0)
        {
            int step = (int)Math.Min(from, passed.Length);
            unpacked.ReadExactly(passed, 0, step);
            from -= step;
        }

        return unpacked;
    }
}
