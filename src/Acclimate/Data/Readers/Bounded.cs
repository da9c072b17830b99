using System.IO.Compression;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>Reading as much as a header declares and no more, after checking that the file can hold it at all.</summary>
internal static class Bounded
{
    /// <summary>Deflate can't shrink data by more than this.</summary>
    private const long MostCompression = 1032;

    /// <summary>A sparse matrix that takes more than this as a dense one is refused.</summary>
    private const long MostDense = 8L << 30;

    /// <summary>Elements read at a time: below what a span can hold.</summary>
    private const long Chunk = 1 << 27;

    /// <summary>The product of sizes; refused where it can't be the size of anything in this file.</summary>
    public static long Elements(string file, ReadOnlySpan<long> sizes, int elementSize, long fileLength, bool compressed)
    {
        Int128 bytes = elementSize;
        foreach (long size in sizes)
        {
            if (size < 0)
                throw new DataException($"{file}: a dimension of size {size}");
            bytes *= size;
            if (bytes > long.MaxValue)
                break;
        }

        Int128 most = compressed ? (Int128)fileLength * MostCompression : fileLength;
        if (bytes > most)
        {
            throw new DataException(
                $"{file}: damaged: it declares data of size {string.Join(" × ", sizes.ToArray())}, more than a file of {fileLength} bytes can hold");
        }

        return (long)(bytes / elementSize);
    }

    /// <summary>Refuses a sparse matrix that would be too large as a dense one.</summary>
    public static void RequireDense(string file, ReadOnlySpan<long> sizes, int elementSize)
    {
        Int128 bytes = elementSize;
        foreach (long size in sizes)
            bytes = bytes > MostDense ? bytes : bytes * Math.Max(size, 0);
        if (bytes > MostDense)
        {
            throw new DataException(
                $"{file}: a sparse matrix of {string.Join(" × ", sizes.ToArray())} takes more than {MostDense >> 30} GiB as a dense one; choose fewer features");
        }
    }

    /// <summary>Fills a contiguous tensor with the bytes of a stream.</summary>
    public static void Fill(Tensor tensor, Stream stream, string file)
    {
        using Tensor flat = tensor.Reshape(-1);
        long count = flat.Count;
        for (long start = 0; start < count; start += Chunk)
        {
            using Tensor part = flat.Slice(0, start, Math.Min(count, start + Chunk));
            Read(stream, part.Bytes, file);
        }
    }

    /// <summary>Fills a span; a stream that ends before is named as truncated.</summary>
    public static void Read(Stream stream, Span<byte> bytes, string file)
    {
        try
        {
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length)
                throw new DataException($"{file}: truncated: it ends {bytes.Length - read} bytes before the end that its header declares");
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{file}: damaged: the compressed data can't be unpacked ({e.Message})", e);
        }
    }

    /// <summary>Refuses data after the declared end.</summary>
    public static void RequireEnd(Stream stream, string file)
    {
        try
        {
            if (stream.ReadByte() >= 0)
                throw new DataException($"{file}: holds more data than its header declares");
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{file}: damaged: the compressed data can't be unpacked ({e.Message})", e);
        }
    }

    /// <summary>Opens a file, unpacking it where its name ends in .gz.</summary>
    public static Stream Open(string path)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return IsGzip(path) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    public static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
