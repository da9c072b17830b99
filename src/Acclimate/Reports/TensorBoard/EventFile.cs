using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Acclimate.Reports.TensorBoard;

/// <summary>
/// A TensorBoard event file: <c>Event</c> messages of TensorFlow's <c>event.proto</c>, each framed as a TFRecord, which is
/// its length (uint64), the length's checksum, the message and the message's checksum (uint32, all little-endian).
/// </summary>
internal sealed class EventFile
{
    private const string Version = "brain.Event:2";
    private const uint MaskDelta = 0xA282EAD8;

    private readonly Stream stream;
    private readonly double wallTime;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where it goes; stays open.</param>
    /// <param name="wallTime">The time that every event bears, in seconds since 1970.</param>
    public EventFile(Stream stream, double wallTime)
    {
        this.stream = stream;
        this.wallTime = wallTime;
        Record(Event(0, event_ => Bytes(event_, 3, Encoding.UTF8.GetBytes(Version))));
    }

    /// <summary>Adds a figure.</summary>
    /// <param name="tag">What it is.</param>
    /// <param name="step">The step.</param>
    /// <param name="value">The figure; kept as a float.</param>
    public void Scalar(string tag, long step, double value) => Record(Event(step, event_ =>
    {
        MemoryStream one = new();
        Bytes(one, 1, Encoding.UTF8.GetBytes(tag));
        Key(one, 2, 5);
        Span<byte> single = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(single, (float)value);
        one.Write(single);
        MemoryStream summary = new();
        Bytes(summary, 1, one.ToArray());
        Bytes(event_, 5, summary.ToArray());
    }));

    /// <summary>The checksum of TFRecords: CRC-32C, turned right by 15 bits, plus a constant.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }

    private byte[] Event(long step, Action<MemoryStream> rest)
    {
        MemoryStream message = new();
        Key(message, 1, 1);
        Span<byte> time = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(time, wallTime);
        message.Write(time);
        Key(message, 2, 0);
        Varint(message, (ulong)step);
        rest(message);
        return message.ToArray();
    }

    private void Record(byte[] message)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)], sum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)message.Length);
        stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(sum, MaskedCrc(length));
        stream.Write(sum);
        stream.Write(message);
        BinaryPrimitives.WriteUInt32LittleEndian(sum, MaskedCrc(message));
        stream.Write(sum);
    }

    private static void Key(MemoryStream message, int field, int wireType) => Varint(message, (ulong)((field << 3) | wireType));

    private static void Bytes(MemoryStream message, int field, byte[] bytes)
    {
        Key(message, field, 2);
        Varint(message, (ulong)bytes.Length);
        message.Write(bytes);
    }

    /// <summary>Seven bits a byte, the lowest first; the eighth says that more follow.</summary>
    private static void Varint(MemoryStream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            message.WriteByte((byte)(value | 0x80));
        message.WriteByte((byte)value);
    }
}
