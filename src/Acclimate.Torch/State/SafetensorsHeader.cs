using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Acclimate.Torch;

/// <summary>One tensor of a file: where its bytes stand in the data, from Begin to End − 1.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The header of a safetensors file: written, and read with every claim checked before it is believed.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";
    private const int LengthBytes = 8;
    private const long MostBytes = 100_000_000;

    /// <summary>As many as the bridge reports of a tensor.</summary>
    private const int MostDimensions = 16;

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["BOOL"] = ScalarType.Bool,
        ["U8"] = ScalarType.UInt8,
        ["I8"] = ScalarType.Int8,
        ["I16"] = ScalarType.Int16,
        ["I32"] = ScalarType.Int32,
        ["I64"] = ScalarType.Int64,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["F32"] = ScalarType.Float32,
        ["F64"] = ScalarType.Float64,
    };

    private readonly string path;
    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = [];

    private SafetensorsHeader(string path) => this.path = path;

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Where the data begins in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>The header's bytes with their length in front, padded by spaces so that the data is aligned to 8.</summary>
    public static byte[] Format(IReadOnlyList<TensorOutline> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        buffer.Write(stackalloc byte[LengthBytes]);
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataName);
                foreach ((string name, string text) in metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(name, text);
                json.WriteEndObject();
            }

            long at = 0;
            foreach (TensorOutline tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", Types.First(pair => pair.Value == tensor.Type).Key);
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += tensor.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % LengthBytes != 0)
            buffer.WriteByte((byte)' ');
        byte[] bytes = buffer.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - LengthBytes);
        return bytes;
    }

    /// <summary>Reads and checks the header at the start of a file.</summary>
    /// <exception cref="InvalidDataException">Anything about it is wrong.</exception>
    public static SafetensorsHeader Read(Stream stream, string path)
    {
        SafetensorsHeader header = new(path);
        if (stream.Length < LengthBytes)
            header.Refuse($"found {stream.Length} bytes, expected at least the {LengthBytes} of the header's length");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        long rest = stream.Length - LengthBytes;
        if (length > MostBytes)
            header.Refuse($"found a header length of {length} bytes, expected at most {MostBytes}; is it a safetensors file?");
        if (length > (ulong)rest)
            header.Refuse($"found a header length of {length} bytes, but only {rest} follow: the file is cut off");

        byte[] text = new byte[length];
        stream.ReadExactly(text);
        header.DataStart = LengthBytes + (long)length;
        header.Parse(text);
        header.CheckPlaces(rest - (long)length);
        return header;
    }

    private void Parse(byte[] text)
    {
        try
        {
            Utf8JsonReader json = new(text);
            json.Read();
            Expect(json.TokenType, JsonTokenType.StartObject, "the header");
            HashSet<string> names = [];
            while (NextName(ref json, names, "the header") is { } name)
            {
                if (name == MetadataName)
                    ParseMetadata(ref json);
                else
                    entries.Add(ParseEntry(ref json, name));
            }

            json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-8, or half a surrogate pair.
            throw new InvalidDataException($"{path}: the header is not valid JSON: {e.Message}", e);
        }
    }

    private void ParseMetadata(ref Utf8JsonReader json)
    {
        json.Read();
        Expect(json.TokenType, JsonTokenType.StartObject, MetadataName);
        HashSet<string> names = [];
        while (NextName(ref json, names, MetadataName) is { } name)
        {
            json.Read();
            Expect(json.TokenType, JsonTokenType.String, $"{MetadataName}.{name}");
            metadata.Add(name, json.GetString()!);
        }
    }

    private SafetensorsEntry ParseEntry(ref Utf8JsonReader json, string name)
    {
        string where = $"tensor '{name}'";
        json.Read();
        Expect(json.TokenType, JsonTokenType.StartObject, where);
        HashSet<string> names = [];
        ScalarType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (NextName(ref json, names, where) is { } property)
        {
            switch (property)
            {
                case "dtype":
                    type = ParseType(ref json, where);
                    break;
                case "shape":
                    shape = ParseNumbers(ref json, $"{where}, shape");
                    break;
                case "data_offsets":
                    offsets = ParseNumbers(ref json, $"{where}, data_offsets");
                    break;
                default:
                    Refuse($"{where}: found '{property}', expected only dtype, shape and data_offsets");
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
            Refuse($"{where}: dtype, shape and data_offsets are expected, but not all were found");
        if (shape.Length > MostDimensions)
            Refuse($"{where}: found {shape.Length} dimensions, expected at most {MostDimensions}");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            Refuse($"{where}: found data_offsets [{string.Join(", ", offsets)}], expected a begin and an end that is not before it");
        long bytes = BytesOf(type.Value, shape, where);
        if (offsets[1] - offsets[0] != bytes)
            Refuse($"{where}: found {offsets[1] - offsets[0]} bytes, expected {bytes} for {type}[{string.Join(", ", shape)}]");
        return new SafetensorsEntry(name, type.Value, shape, offsets[0], offsets[1]);
    }

    private ScalarType ParseType(ref Utf8JsonReader json, string where)
    {
        json.Read();
        Expect(json.TokenType, JsonTokenType.String, $"{where}, dtype");
        string text = json.GetString()!;
        if (!Types.TryGetValue(text, out ScalarType type))
            Refuse($"{where}: found dtype '{text}', expected one of {string.Join(", ", Types.Keys)}");
        return type;
    }

    private long[] ParseNumbers(ref Utf8JsonReader json, string where)
    {
        json.Read();
        Expect(json.TokenType, JsonTokenType.StartArray, where);
        List<long> numbers = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long number) || number < 0)
                Refuse($"{where}: found {(json.TokenType == JsonTokenType.Number ? TextOf(json) : json.TokenType)}, expected whole numbers from 0 to 2^63 - 1");
            else
                numbers.Add(number);
        }

        return [.. numbers];
    }

    private long BytesOf(ScalarType type, long[] shape, string where)
    {
        try
        {
            // Sizes of 0 are left out of the check, so that no product of the others overflows inside libtorch either.
            long bytes = type.Size();
            foreach (long size in shape)
                bytes = checked(bytes * Math.Max(size, 1));
            return Array.IndexOf(shape, 0) >= 0 ? 0 : bytes;
        }
        catch (OverflowException)
        {
            Refuse($"{where}: found shape [{string.Join(", ", shape)}], expected fewer than 2^63 bytes");
            return 0;
        }
    }

    /// <summary>The tensors' bytes must fill the data exactly: no gap, no overlap, nothing after the last.</summary>
    private void CheckPlaces(long dataBytes)
    {
        entries.Sort(static (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long at = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            string where = $"tensor '{entry.Name}'";
            if (entry.End > dataBytes)
                Refuse($"{where}: found data_offsets [{entry.Begin}, {entry.End}], but the file holds only {dataBytes} bytes of data");
            if (entry.Begin < at)
                Refuse($"{where}: found its data from byte {entry.Begin}, expected {at}: it overlaps the tensor before it");
            if (entry.Begin > at)
                Refuse($"{where}: found its data from byte {entry.Begin}, expected {at}: {entry.Begin - at} bytes before it belong to no tensor");
            at = entry.End;
        }

        if (at != dataBytes)
            Refuse($"found {dataBytes} bytes of data, expected {at}: {dataBytes - at} bytes at the end belong to no tensor");
    }

    /// <summary>The next property's name, or none at the end of the object.</summary>
    private string? NextName(ref Utf8JsonReader json, HashSet<string> names, string where)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.EndObject)
            return null;
        string name = json.GetString()!;
        if (!names.Add(name))
            Refuse($"{where}: found '{name}' twice, expected each name once");
        return name;
    }

    private static string TextOf(in Utf8JsonReader json) => System.Text.Encoding.UTF8.GetString(json.ValueSpan);

    private void Expect(JsonTokenType found, JsonTokenType expected, string where)
    {
        if (found != expected)
            Refuse($"{where}: found {found}, expected {expected}");
    }

    [DoesNotReturn]
    private void Refuse(string what) => throw new InvalidDataException($"{path}: {what}");
}
