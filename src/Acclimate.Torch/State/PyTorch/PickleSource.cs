using System.Buffers.Binary;
using System.Text;

namespace Acclimate.Torch;

/// <summary>The bytes of a pickle; each request is checked against what is left before memory is taken for it.</summary>
/// <param name="stream">Where they are read from, from its place on.</param>
/// <param name="length">How many there are at most.</param>
/// <param name="name">What they are called in messages.</param>
internal sealed class PickleSource(Stream stream, long length, string name)
{
    /// <summary>No pickle may be longer: that of ResNet-152 with its optimizer has 0.2 MiB.</summary>
    public const int MostBytes = 1 << 24;

    private const int LongestLine = 1000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly long end = Math.Min(length, MostBytes);

    /// <summary>How many bytes were read.</summary>
    public long Position { get; private set; }

    public long Left => end - Position;

    public byte ReadByte()
    {
        Demand(1);
        int value = stream.ReadByte();
        if (value < 0)
            throw Refusal(Position, "the file ends in the middle of its pickle");
        Position++;
        return (byte)value;
    }

    public byte[] ReadBytes(ulong count)
    {
        Demand(count);
        byte[] bytes = new byte[count];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Refusal(Position, "the file ends in the middle of its pickle");
        Position += bytes.Length;
        return bytes;
    }

    /// <summary>A whole number of 1 to 8 bytes, without sign, the lowest byte first.</summary>
    public ulong ReadNumber(int bytes)
    {
        ulong number = 0;
        for (int i = 0; i < bytes; i++)
            number |= (ulong)ReadByte() << (8 * i);
        return number;
    }

    public double ReadDouble() => BinaryPrimitives.ReadDoubleBigEndian(ReadBytes(sizeof(double)));

    public string ReadText(ulong bytes)
    {
        long at = Position;
        byte[] text = ReadBytes(bytes);
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw Refusal(at, "found a text that is not UTF-8");
        }
    }

    /// <summary>What stands before the next line feed.</summary>
    public string ReadLine()
    {
        long at = Position;
        List<byte> line = [];
        for (byte next = ReadByte(); next != (byte)'\n'; next = ReadByte())
        {
            if (line.Count == LongestLine)
                throw Refusal(at, $"found a line of more than {LongestLine} bytes");
            line.Add(next);
        }

        return Encoding.Latin1.GetString([.. line]);
    }

    /// <summary>Why the file is given up.</summary>
    /// <param name="at">The byte at which the fault is.</param>
    /// <param name="what">What is wrong.</param>
    public InvalidDataException Refusal(long at, string what) => new($"{name}, byte {at}: {what}");

    private void Demand(ulong count)
    {
        if (count > (ulong)Left)
            throw Refusal(Position, $"{count} more bytes are announced, but only {Left} {(end == MostBytes ? $"are left of the {MostBytes} that a pickle may take" : "follow")}");
    }
}
