using System.Security.Cryptography;

namespace Acclimate.Downloads;

/// <summary>A file that somebody publishes: where it is, how large it is, and how to tell that it is the right one.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Addresses">Where it is to be had, the best place first; none where no public address is known.</param>
/// <param name="Sha256">Its SHA-256 as it is published: 64 hexadecimal digits, or the first ones of them, 8 at least.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Tolerance">How far <paramref name="Size"/> may be off, where it is published rounded.</param>
public sealed record PublishedFile(string Name, IReadOnlyList<Uri> Addresses, string Sha256, long Size, long Tolerance = 0)
{
    /// <summary>The fewest bytes that it can have.</summary>
    internal long Least => Size - Tolerance;

    /// <summary>The most bytes that it can have; nothing beyond is ever written.</summary>
    internal long Most => Size + Tolerance;

    /// <summary>The size, in words.</summary>
    internal string Bytes => Tolerance == 0 ? $"{Size:N0}" : $"about {Size:N0}";

    /// <summary>Whether a file's SHA-256 is the published one.</summary>
    /// <param name="sha256">All 64 digits of the file's.</param>
    public bool Matches(string sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return sha256.StartsWith(Sha256, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same file at another place, which is asked first: its name is looked up in that folder.</summary>
    /// <param name="mirror">The folder's address; null leaves the file as it is.</param>
    public PublishedFile FirstFrom(Uri? mirror) => mirror is null
        ? this
        : this with { Addresses = [new Uri($"{mirror.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(Name)}"), .. Addresses] };

    /// <summary>Whether a file on the disk is this one. The size is looked at first, as that costs nothing.</summary>
    internal bool IsAt(string path)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length >= Least && file.Length <= Most && Matches(HashOf(path));
    }

    /// <summary>The SHA-256 of a file on the disk.</summary>
    internal static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
