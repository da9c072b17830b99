using System.Buffers.Binary;
using System.Text;

namespace Acclimate.Torch;

/// <summary>Tells the form of a file of tensors by how it begins.</summary>
internal static class StateSniffer
{
    private const int Looked = 512;
    private const int TarMarkAt = 257;

    private const int FrameBytes = 9;

    /// <summary>0x1950a86a20f9469cfc6c in a pickle of protocol 2 or later, and as one of protocols 0 and 1.</summary>
    private static readonly byte[] LegacyMagic = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
    private static readonly byte[] LegacyMagicInText = "L119547037146038801333356L\n."u8.ToArray();

    /// <summary>What people have instead of what they wanted.</summary>
    private static readonly (byte[] Start, string What)[] Others =
    [
        ("version https://git-lfs"u8.ToArray(), "a Git LFS pointer, which only names the file: fetch the file itself with 'git lfs pull'"),
        ("<"u8.ToArray(), "a web page or XML: the download gave a page in place of the file"),
        ([0x1F, 0x8B], "a gzip archive: unpack it first"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "an HDF5 file, as Keras writes"),
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "a NumPy array"),
        ("GGUF"u8.ToArray(), "a GGUF file"),
        ("{"u8.ToArray(), "JSON text"),
    ];

    /// <summary>The form of a file; the stream stands at its start afterwards.</summary>
    /// <exception cref="InvalidDataException">It is none that is read; the message says what it seems to be.</exception>
    public static StateFormat Detect(Stream stream, string path)
    {
        byte[] start = new byte[Looked];
        int length = stream.ReadAtLeast(start, Looked, throwOnEndOfStream: false);
        stream.Position = 0;
        ReadOnlySpan<byte> head = start.AsSpan(0, length);
        if (head.StartsWith("PK\x03\x04"u8))
            return StateFormat.PyTorchZip;
        if (head.StartsWith(LegacyMagicInText) || IsLegacy(head))
            return StateFormat.PyTorchLegacy;
        if (LooksLikeSafetensors(head))
            return StateFormat.Safetensors;
        throw new InvalidDataException($"{path} holds no weights that can be read: it is {Describe(head)}. Expected safetensors, or a .pth or .pt file of PyTorch.");
    }

    /// <summary>The protocol's number stands in the second byte; since protocol 4, the frame's length behind that.</summary>
    private static bool IsLegacy(ReadOnlySpan<byte> head)
    {
        if (head.Length <= 2 + FrameBytes || head[0] != (byte)PickleOpcode.Proto)
            return false;
        return head[(head[2] == (byte)PickleOpcode.Frame ? 2 + FrameBytes : 2)..].StartsWith(LegacyMagic);
    }

    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> head) =>
        head.Length > sizeof(long) && head[sizeof(long)] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(head) <= int.MaxValue;

    private static string Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "empty";
        foreach ((byte[] start, string what) in Others)
        {
            if (head.StartsWith(start))
                return what;
        }

        if (head.Length > TarMarkAt && head[TarMarkAt..].StartsWith("ustar"u8))
            return "a tar archive (PyTorch before 0.1.10 wrote such; load it there and save it again)";
        if (head[0] == (byte)PickleOpcode.Proto)
            return "a pickle that torch.save did not write: save it with torch.save(model.state_dict(), path)";
        return IsText(head) ? $"text that begins with '{Encoding.UTF8.GetString(head[..Math.Min(head.Length, 40)]).ReplaceLineEndings(" ").Trim()}'" : "of an unknown form";
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (byte letter in head)
        {
            if (letter < ' ' && letter is not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
                return false;
        }

        return true;
    }
}
