namespace Acclimate.Downloads;

/// <summary>A file could not be fetched. The message says what was tried, what came of it, and how to fetch the file by hand.</summary>
public sealed class DownloadException : IOException
{
    /// <summary>Creates the exception.</summary>
    public DownloadException()
    {
    }

    /// <summary>Creates the exception with what was tried and what came of it.</summary>
    /// <param name="message">What was tried and what came of it.</param>
    public DownloadException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    /// <param name="message">What was tried and what came of it.</param>
    /// <param name="innerException">The cause.</param>
    public DownloadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Every address failed.</summary>
    internal static DownloadException Of(PublishedFile file, string path, IEnumerable<string> tried)
    {
        string attempts = string.Concat(tried.Select(static line => $"\n  {line}"));
        return new($"""
            {file.Name} could not be fetched:{attempts}
            By hand: fetch {file.Addresses[^1]} on a machine that can,
            and put it at {path} (its sha256 starts with {file.Sha256[..8]})
            """);
    }

    /// <summary>There is no room for it.</summary>
    internal static DownloadException DiskFull(string path, long needed, long? free = null)
    {
        string room = free is { } bytes ? $", {bytes:N0} are free" : string.Empty;
        return new($"the disk is full: {path} needs {needed:N0} more bytes{room}; make room, and the same command goes on from there");
    }
}
