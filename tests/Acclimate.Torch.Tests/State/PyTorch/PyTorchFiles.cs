using System.Buffers.Binary;
using System.IO.Compression;

namespace Acclimate.Torch.Tests.State.PyTorch;

/// <summary>Puts pickles and elements together to files of PyTorch's two forms.</summary>
internal static class PyTorchFiles
{
    /// <summary>The magic number, the version and a machine that puts the lowest byte first, each as a pickle.</summary>
    private static byte[] LegacyStart(bool littleEndian) =>
    [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.',
        0x80, 2, (byte)'M', 0xE9, 3, (byte)'.',
        .. new PickleWriter().Ops("}").Text("little_endian").Raw(littleEndian ? (byte)0x88 : (byte)0x89).Ops("s").Stopped,
    ];

    public static byte[] Zip(byte[] pickle, params (string Key, byte[] Elements)[] runs) =>
        ZipOf([("archive/data.pkl", pickle, false), .. runs.Select(static run => ($"archive/data/{run.Key}", run.Elements, false)), ("archive/version", "3\n"u8.ToArray(), false)]);

    public static byte[] ZipOf(params (string Name, byte[] Bytes, bool Deflate)[] entries)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes, bool deflate) in entries)
            {
                using Stream entry = archive.CreateEntry(name, deflate ? CompressionLevel.SmallestSize : CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    public static byte[] Legacy(byte[] pickle, string[] keys, params (long Count, byte[] Elements)[] runs) => Legacy(true, pickle, keys, runs);

    public static byte[] Legacy(bool littleEndian, byte[] pickle, string[] keys, params (long Count, byte[] Elements)[] runs)
    {
        PickleWriter list = new PickleWriter().Ops("](");
        foreach (string key in keys)
            list.Text(key);
        List<byte> file = [.. LegacyStart(littleEndian), .. pickle, .. list.Ops("e").Stopped];
        byte[] count = new byte[8];
        foreach ((long number, byte[] elements) in runs)
        {
            BinaryPrimitives.WriteInt64LittleEndian(count, number);
            file.AddRange(count);
            file.AddRange(elements);
        }

        return [.. file];
    }

    /// <summary>A sound file of two tensors: "a" is [[1, 2], [3, 4]], "b" its transpose on the same elements.</summary>
    public static byte[] Sound(bool legacy)
    {
        byte[] elements = [.. new[] { 1f, 2, 3, 4 }.SelectMany(BitConverter.GetBytes)];
        byte[] pickle = new PickleWriter().Ops("}(")
            .Text("a").Tensor("0", 4, 0, [2, 2], [2, 1], legacy: legacy)
            .Text("b").Tensor("0", 4, 0, [2, 2], [1, 2], legacy: legacy)
            .Text("epoch").Number(7).Ops("u").Stopped;
        return legacy ? Legacy(pickle, ["0"], (4, elements)) : Zip(pickle, ("0", elements));
    }
}
