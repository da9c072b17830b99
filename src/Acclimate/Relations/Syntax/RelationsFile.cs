using System.Text;
using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Relations.Syntax;

/// <summary>The text of <c>.mln</c> and <c>.db</c> files.</summary>
internal static class RelationsFile
{
    private const long Largest = 256L << 20;

    /// <exception cref="DataException">There is no such file, it is too large, or no UTF-8.</exception>
    public static string Text(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new DataException($"{path}: there is no such file");
        if (new FileInfo(path).Length > Largest)
            throw new DataException($"{path}: {Numbers.Bytes(new FileInfo(path).Length)}; expected text of {Numbers.Bytes(Largest)} at most");
        try
        {
            return File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"{path}: is not UTF-8 text", e);
        }
    }

    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
