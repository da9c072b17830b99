using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>The NPY format of NumPy: a short header, then the elements.</summary>
internal static partial class NpyArray
{
    private const int LongestHeader = 1 << 16;

    /// <summary>What a header says: the size of each dimension, the type of the elements and their order.</summary>
    /// <param name="Shape">The size of each dimension.</param>
    /// <param name="Type">NumPy's short name of the type, as <c>f4</c>.</param>
    /// <param name="ColumnMajor">Whether the first index runs fastest, as in Fortran.</param>
    internal sealed record Header(long[] Shape, string Type, bool ColumnMajor)
    {
        private static readonly string[] Known = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"];

        public bool IsSupported => Known.Contains(Type);

        public int ElementSize => Type[1] - '0';
    }

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The array from its first byte.</param>
    /// <param name="file">What to call it in a message.</param>
    /// <param name="room">How many bytes of data there can be at most.</param>
    /// <exception cref="DataException">It is no NPY, of a type that is not supported, or larger than <paramref name="room"/>.</exception>
    public static Header ReadHeader(Stream stream, string file, long room)
    {
        Span<byte> start = stackalloc byte[8];
        Bounded.Read(stream, start, file);
        if (!start[..6].SequenceEqual(Magic))
            throw new DataException($"{file}: not an NPY array: it begins with {Convert.ToHexString(start[..6])}, expected 93 and then NUMPY");
        Span<byte> length = stackalloc byte[4];
        int lengthSize = start[6] switch
        {
            1 => 2,
            2 or 3 => 4,
            byte other => throw new DataException($"{file}: NPY version {other}; expected 1 to 3"),
        };
        length.Clear();
        Bounded.Read(stream, length[..lengthSize], file);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (size > LongestHeader)
            throw new DataException($"{file}: damaged: an NPY header of {size} bytes; expected {LongestHeader} at most");
        byte[] text = new byte[size];
        Bounded.Read(stream, text, file);
        return Parse(Encoding.UTF8.GetString(text), file, room);
    }

    /// <summary>Reads the elements that follow a header, into row by row order.</summary>
    public static Tensor ReadElements(Stream stream, Header header, string file)
    {
        if (!header.IsSupported)
            throw new DataException($"{file}: elements of type {header.Type}; expected f4, f8, i1, i2, i4, i8, u1, u2, u4 or b1, little-endian");
        using TensorScope scope = TensorScope.Begin();
        long[] stored = header.ColumnMajor ? [.. header.Shape.Reverse()] : header.Shape;
        Tensor tensor = Tensor.Empty(stored, TypeOf(header.Type));
        if (header.Type is "u2" or "u4")
            ReadUnsigned(tensor, stream, header, file);
        else
            Bounded.Fill(tensor, stream, file);
        Bounded.RequireEnd(stream, file);
        if (header.ColumnMajor)
            tensor = tensor.Permute([.. Enumerable.Range(0, stored.Length).Select(i => (long)(stored.Length - 1 - i))]).Contiguous();
        return scope.Keep(tensor);
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static Header Parse(string text, string file, long room)
    {
        Match type = TypeEntry().Match(text);
        Match order = OrderEntry().Match(text);
        Match shape = ShapeEntry().Match(text);
        if (!order.Success || !shape.Success)
            throw new DataException($"{file}: damaged: its NPY header is {text.Trim()}");
        string name = !type.Success ? "a structure" : type.Groups[1].Value == ">" ? $">{type.Groups[2].Value}" : type.Groups[2].Value;

        string[] parts = shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] sizes = new long[parts.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            if (!long.TryParse(parts[i].TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i]))
                throw new DataException($"{file}: damaged: a dimension of size {parts[i]}");
        }

        Header header = new(sizes, name, order.Groups[1].Value == "True");
        if (sizes.Length > 8)
            throw new DataException($"{file}: an array of {sizes.Length} dimensions; expected 8 at most");
        Bounded.Elements(file, sizes, header.IsSupported ? header.ElementSize : 1, room, compressed: false);
        return header;
    }

    private static ScalarType TypeOf(string name) => name switch
    {
        "f4" => ScalarType.Float32,
        "f8" => ScalarType.Float64,
        "i1" => ScalarType.Int8,
        "i2" => ScalarType.Int16,
        "i4" or "u2" => ScalarType.Int32,
        "i8" or "u4" => ScalarType.Int64,
        "u1" => ScalarType.UInt8,
        _ => ScalarType.Bool,
    };

    /// <summary>libtorch has no wide unsigned types: the elements go into the next wider signed one.</summary>
    private static void ReadUnsigned(Tensor tensor, Stream stream, Header header, string file)
    {
        const int chunk = 1 << 16;
        byte[] bytes = new byte[chunk * header.ElementSize];
        using Tensor flat = tensor.Reshape(-1);
        long count = flat.Count;
        for (long start = 0; start < count; start += chunk)
        {
            int length = (int)Math.Min(chunk, count - start);
            Bounded.Read(stream, bytes.AsSpan(0, length * header.ElementSize), file);
            using Tensor part = flat.Slice(0, start, start + length);
            if (header.Type == "u2")
            {
                Span<int> wide = MemoryMarshal.Cast<byte, int>(part.Bytes);
                for (int i = 0; i < length; i++)
                    wide[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i));
            }
            else
            {
                Span<long> wide = MemoryMarshal.Cast<byte, long>(part.Bytes);
                for (int i = 0; i < length; i++)
                    wide[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 * i));
            }
        }
    }

    [GeneratedRegex(@"'descr':\s*'([<>|=])([A-Za-z]\d+)'")]
    private static partial Regex TypeEntry();

    [GeneratedRegex(@"'fortran_order':\s*(True|False)")]
    private static partial Regex OrderEntry();

    [GeneratedRegex(@"'shape':\s*\(([^)]*)\)")]
    private static partial Regex ShapeEntry();
}
