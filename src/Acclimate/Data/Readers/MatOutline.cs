using System.Buffers.Binary;
using System.IO.Compression;

namespace Acclimate.Data.Readers;

/// <summary>
/// Walks through a MAT file before libmatio does, which takes as much memory as any size that it reads asks for: each element
/// of a v5 file must lie inside the one around it, and these inside the file.
/// </summary>
internal sealed class MatOutline
{
    private const int HeaderLength = 128;
    private const uint Matrix = 14;
    private const uint Compressed = 15;
    private const uint LastType = 18;
    private const uint Sparse = 5;
    private const int DeepestNesting = 32;
    private const int MostDimensions = 32;

    /// <summary>Deflate can't shrink data by more than this.</summary>
    private const long MostCompression = 1032;

    private readonly string path;
    private readonly bool bigEndian;
    private readonly byte[] scratch = new byte[1 << 14];

    private MatOutline(string path, bool bigEndian)
    {
        this.path = path;
        this.bigEndian = bigEndian;
    }

    /// <exception cref="DataException">The file is no MAT file, or an element of it reaches beyond its end.</exception>
    public static void Require(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] header = new byte[HeaderLength];
        int read = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (header.AsSpan().StartsWith("MATLAB 7.3 MAT-file"u8))
            return;
        if (read < HeaderLength || !header.AsSpan().StartsWith("MATLAB 5.0 MAT-file"u8))
            throw new DataException($"{path}: not a MAT file of version 5 or 7.3: it begins with {Convert.ToHexString(header.AsSpan(0, Math.Min(read, 8)))}, expected \"MATLAB\"");
        bool bigEndian = header.AsSpan(126).SequenceEqual("MI"u8);
        if (!bigEndian && !header.AsSpan(126).SequenceEqual("IM"u8))
            throw new DataException($"{path}: damaged: byte 126 of a MAT file is IM or MI, not {Convert.ToHexString(header.AsSpan(126))}");
        new MatOutline(path, bigEndian).WalkFile(stream);
    }

    private void WalkFile(FileStream stream)
    {
        while (stream.Position < stream.Length)
        {
            long start = stream.Position;
            (uint type, uint size, _) = Tag(stream);
            if (type is not (Compressed or Matrix))
                throw new DataException($"{path}: damaged: an element of type {type} at byte {start}; expected a matrix (14) or compressed data (15)");
            if (size > stream.Length - stream.Position)
                throw new DataException($"{path}: truncated: the element at byte {start} needs {size} bytes, but {stream.Length - stream.Position} are left");
            long end = stream.Position + size;
            if (type == Matrix)
                Walk(stream, size, 0);
            else
                WalkCompressed(stream, size);
            stream.Position = end;
        }
    }

    private void WalkCompressed(FileStream stream, uint packedSize)
    {
        using ZLibStream unpacked = new(stream, CompressionMode.Decompress, leaveOpen: true);
        (uint type, uint size, _) = Tag(unpacked);
        if (type != Matrix || size > packedSize * MostCompression)
            throw new DataException($"{path}: damaged: compressed data that unpack to an element of type {type} and {size} bytes");
        Walk(unpacked, size, 0);
    }

    /// <summary>Goes through the elements of a variable, which take the next <paramref name="length"/> bytes: its flags, its dimensions, its name …</summary>
    private void Walk(Stream stream, long length, int depth)
    {
        if (depth > DeepestNesting)
            throw new DataException($"{path}: damaged: variables inside each other {depth} deep");
        long left = length;
        uint kind = 0;
        for (int position = 0; left >= 8; position++)
        {
            (uint type, uint size, bool isSmall) = Tag(stream);
            left -= 8;
            if (isSmall)
                continue;
            if (type is 0 or > LastType || size > left)
                throw new DataException($"{path}: damaged: an element of type {type} and {size} bytes, where {left} are left");

            // Elements are padded to a multiple of 8 bytes; the last one of a variable may not be.
            long padded = Math.Min(left, (size + 7L) / 8 * 8);
            if (type == Matrix)
            {
                Walk(stream, size, depth + 1);
                Skip(stream, padded - size);
            }
            else if (position < 2 && size is > 0 and <= MostDimensions * sizeof(int))
            {
                Bounded.Read(stream, scratch.AsSpan(0, (int)padded), path);
                if (position == 0)
                    kind = Integer(scratch) & 0xFF;
                else
                    RequireRoom(kind, scratch.AsSpan(0, (int)size), length);
            }
            else
            {
                Skip(stream, padded);
            }

            left -= padded;
        }

        Skip(stream, left);
    }

    /// <summary>Refuses dimensions whose elements would not fit into the variable: an element takes a byte at least, but zeros of a sparse matrix none.</summary>
    private void RequireRoom(uint kind, ReadOnlySpan<byte> dimensions, long length)
    {
        if (kind == Sparse)
            return;
        Int128 elements = 1;
        for (int i = 0; i + 4 <= dimensions.Length; i += 4)
            elements = Int128.Min(elements * Integer(dimensions[i..]), long.MaxValue);
        if (elements > length)
            throw new DataException($"{path}: damaged: a variable of {elements} elements in {length} bytes");
    }

    private uint Integer(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>Type and size of the next element; a small one holds its data in the same 8 bytes.</summary>
    private (uint Type, uint Size, bool IsSmall) Tag(Stream stream)
    {
        Span<byte> tag = stackalloc byte[8];
        Bounded.Read(stream, tag, path);
        uint type = Integer(tag);
        uint size = Integer(tag[4..]);
        uint smallSize = type >> 16;
        if (smallSize == 0)
            return (type, size, false);
        return smallSize <= 4 ? (type & 0xFFFF, smallSize, true) : throw new DataException($"{path}: damaged: a small element of {smallSize} bytes; expected 4 at most");
    }

    private void Skip(Stream stream, long count)
    {
        while (count > 0)
        {
            int part = (int)Math.Min(count, scratch.Length);
            Bounded.Read(stream, scratch.AsSpan(0, part), path);
            count -= part;
        }
    }
}
