using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Acclimate.Downloads;

/// <summary>
/// What has come of a file so far, in <c>NAME.part</c> beside where the file is to be. As long as it is open no other
/// process can have it: <c>.locks/NAME</c> is held, an empty file that stays, since removing a lock that others wait for would
/// let two of them in. <c>NAME.part.from</c> says which version of which address the bytes are of, so that a later run can ask
/// for the rest of just that one.
/// </summary>
internal sealed class PartFile : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020), LinuxWouldBlock = 11, MacWouldBlock = 35;
    private const int WindowsDiskFull = unchecked((int)0x80070070), NoSpace = 28, QuotaExceeded = 122;

    private readonly string path;
    private readonly FileStream held, stream;
    private bool finished;

    private PartFile(string path, FileStream held)
    {
        this.path = path;
        this.held = held;
        stream = new FileStream(NameOf(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        Length = stream.Length;
        Resumed = Length > 0;
    }

    /// <summary>Bytes that are there.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the bytes came by more than one request, and may be of more than one version of the file.</summary>
    public bool Resumed { get; set; }

    private string Origin => NameOf(path) + ".from";

    /// <summary>Where the part of a file is.</summary>
    public static string NameOf(string path) => path + ".part";

    /// <summary>Opens what is there, or an empty part; null while another process has it.</summary>
    /// <param name="path">Where the file is to be. Its folder is made where it is missing.</param>
    public static PartFile? TryOpen(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, locks = Path.Combine(folder, ".locks");
        Directory.CreateDirectory(locks);
        FileStream? held = null;
        try
        {
            held = new FileStream(Path.Combine(locks, Path.GetFileName(path)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new(path, held);
        }
        catch (IOException e) when (held is null && (e.HResult is SharingViolation or LinuxWouldBlock or MacWouldBlock))
        {
            return null;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Whether writing failed because there was no room.</summary>
    public static bool IsDiskFull(IOException e) => e.HResult is WindowsDiskFull or NoSpace or QuotaExceeded;

    /// <summary>Adds bytes at the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        stream.Position = Length;
        stream.Write(bytes);
        Length += bytes.Length;
    }

    /// <summary>Forgets what has come.</summary>
    public void Clear()
    {
        stream.SetLength(0);
        Length = 0;
        Resumed = false;
        File.Delete(Origin);
    }

    /// <summary>Keeps which version the bytes are of, as the server's answer names it.</summary>
    public void Remember(Uri address, HttpResponseMessage answer)
    {
        string? version = answer.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : answer.Content.Headers.LastModified?.ToString("R");
        if (version is null)
            File.Delete(Origin);
        else
            File.WriteAllLines(Origin, [address.AbsoluteUri, version]);
    }

    /// <summary>Which version an address must still have for its rest to fit; null where that is not known.</summary>
    public RangeConditionHeaderValue? VersionAt(Uri address) =>
        File.Exists(Origin) && File.ReadAllLines(Origin) is [var from, var version] && from == address.AbsoluteUri
            && RangeConditionHeaderValue.TryParse(version, out RangeConditionHeaderValue? condition)
                ? condition
                : null;

    /// <summary>The SHA-256 of what is there, on the disk.</summary>
    public string Hash()
    {
        stream.Flush(flushToDisk: true);
        stream.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Makes it the file, whole and at once.</summary>
    public void Finish()
    {
        File.Move(NameOf(path), path, overwrite: true);
        File.Delete(Origin);
        finished = true;
    }

    /// <summary>Lets go of it; what has come stays for a later run.</summary>
    public void Dispose()
    {
        if (Length == 0 && !finished)
            File.Delete(NameOf(path));
        stream.Dispose();
        held.Dispose();
    }
}
