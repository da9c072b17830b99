using System.Buffers.Binary;

namespace Acclimate.Data.Readers;

/// <summary>
/// Looks at a MAT file's outline before libmatio does, which trusts the sizes that it reads: each element of a v5 file must
/// lie inside the file.
/// </summary>
internal static class MatSignature
{
    private const int HeaderLength = 128;
    private const uint Compressed = 15;
    private const uint Matrix = 14;

    /// <exception cref="DataException">The file is no MAT file, or ends inside an element.</exception>
    public static void Require(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] header = new byte[HeaderLength];
        int read = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        bool hdf5 = stream.Length > 512 + 8 && header.AsSpan().StartsWith("MATLAB 7.3 MAT-file"u8);
        if (hdf5)
            return;
        if (read < HeaderLength || !header.AsSpan().StartsWith("MATLAB 5.0 MAT-file"u8))
            throw new DataException($"{path}: not a MAT file of version 5 or 7.3: it begins with {Convert.ToHexString(header.AsSpan(0, Math.Min(read, 8)))}, expected \"MATLAB\"");
        bool bigEndian = header.AsSpan(126).SequenceEqual("MI"u8);
        if (!bigEndian && !header.AsSpan(126).SequenceEqual("IM"u8))
            throw new DataException($"{path}: damaged: byte 126 of a MAT file is IM or MI, not {Convert.ToHexString(header.AsSpan(126))}");

        Span<byte> tag = stackalloc byte[8];
        while (stream.Position < stream.Length)
        {
            Bounded.Read(stream, tag, path);
            uint type = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(tag) : BinaryPrimitives.ReadUInt32LittleEndian(tag);
            uint size = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(tag[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tag[4..]);
            if (type is not (Compressed or Matrix))
                throw new DataException($"{path}: damaged: an element of type {type} at byte {stream.Position - 8}; expected a matrix (14) or compressed data (15)");
            if (size > stream.Length - stream.Position)
                throw new DataException($"{path}: truncated: the element at byte {stream.Position - 8} needs {size} bytes, but {stream.Length - stream.Position} are left");
            stream.Position += size;
        }
    }
}
