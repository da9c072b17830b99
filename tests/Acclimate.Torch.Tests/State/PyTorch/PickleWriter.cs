using System.Buffers.Binary;
using System.Text;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Writes a pickle instruction by instruction, sound or not.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream bytes = new();

    public PickleWriter(byte protocol = 2) => Raw(0x80, protocol);

    /// <summary>The pickle with its end.</summary>
    public byte[] Stopped => [.. bytes.ToArray(), (byte)'.'];

    /// <summary>The pickle without its end.</summary>
    public byte[] Open => bytes.ToArray();

    public PickleWriter Raw(params ReadOnlySpan<byte> raw)
    {
        bytes.Write(raw);
        return this;
    }

    /// <summary>Instructions that are letters, as they are.</summary>
    public PickleWriter Ops(string letters) => Raw(Encoding.Latin1.GetBytes(letters));

    public PickleWriter Text(string text)
    {
        byte[] letters = Encoding.UTF8.GetBytes(text);
        return Ops("X").Little(letters.Length, 4).Raw(letters);
    }

    public PickleWriter Number(long number) => Raw(0x8A, 8).Little(number, 8);

    public PickleWriter Numbers(params ReadOnlySpan<long> numbers)
    {
        Ops("(");
        foreach (long number in numbers)
            Number(number);
        return Ops("t");
    }

    public PickleWriter Global(string module, string name) => Ops($"c{module}\n{name}\n");

    public PickleWriter StackGlobal(string module, string name) => Text(module).Text(name).Raw(0x93);

    public PickleWriter Little(long number, int size)
    {
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, number);
        return Raw(eight.AsSpan(0, size));
    }

    /// <summary>A tensor as torch.save writes it.</summary>
    public PickleWriter Tensor(string key, long count, long offset, long[] shape, long[] strides, string storage = "FloatStorage", bool legacy = false)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Ops("((").Text("storage").Global("torch", storage).Text(key).Text("cpu").Number(count);
        if (legacy)
            Ops("N");
        Ops("tQ").Number(offset).Numbers(shape).Numbers(strides).Raw(0x89).Global("collections", "OrderedDict").Ops(")R");
        return Ops("tR");
    }
}
