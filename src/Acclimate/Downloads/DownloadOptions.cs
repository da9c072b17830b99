namespace Acclimate.Downloads;

/// <summary>How patient a <see cref="Downloader"/> is.</summary>
public sealed record DownloadOptions
{
    /// <summary>How long a server may say nothing, from the request on and between any two bytes, before the attempt counts as failed. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed attempts at one address, one after another, before the next address is tried. An attempt that brought a good deal does not count. Default 4.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>The wait after the first failed attempt; it doubles with each further one. Default 1 s.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. A server that asks for a longer one (Retry-After) is left for the next address. Default 60 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Redirects that are followed for one request; never one from https to http. Default 5.</summary>
    public int Redirects { get; init; } = 5;

    /// <summary>The clock behind waits; the system's unless a test has its own.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The bytes that are free where a file is to be written.</summary>
    internal Func<string, long> FreeSpace { get; init; } = static folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>The wait after so many failed attempts, one after another.</summary>
    internal TimeSpan WaitAfter(int failures)
    {
        TimeSpan wait = FirstWait * Math.Pow(2, Math.Max(failures - 1, 0));
        return wait < LongestWait ? wait : LongestWait;
    }
}
