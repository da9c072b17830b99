using System.Security.Cryptography;
using Acclimate.Downloads;
using Acclimate.Tests.Data;
using Acclimate.TestSupport;

namespace Acclimate.Tests.Downloads;

/// <summary>A clock whose waits are over at once, and are written down.</summary>
internal sealed class HurriedTime : TimeProvider
{
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>What is to happen when somebody waits.</summary>
    public Action? OnWait { get; set; }

    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Waits.Add(dueTime);
            OnWait?.Invoke();
        }

        return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}

/// <summary>Contents to fetch, a folder for them, and a downloader in a hurry.</summary>
internal sealed class Fixture : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Bytes that no compression and no mistake makes of each other; the same each time.</summary>
    public byte[] Contents { get; } = Bytes(1, 300_000);

    public HurriedTime Time { get; } = new();

    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    public long FreeSpace { get; set; } = long.MaxValue;

    public string Target => folder["cache/file.bin"];

    public string Part => Target + ".part";

    public List<DownloadProgress> Progress { get; } = [];

    public IEnumerable<string> Notes => Progress.Select(static step => step.Note).OfType<string>();

    public static byte[] Bytes(int seed, int count)
    {
        byte[] bytes = new byte[count];
        for (int block = 0; block * 32 < count; block++)
        {
            byte[] hash = SHA256.HashData([(byte)seed, .. BitConverter.GetBytes(block)]);
            hash.AsSpan(0, Math.Min(32, count - (block * 32))).CopyTo(bytes.AsSpan(block * 32));
        }

        return bytes;
    }

    public static string HashOf(byte[] contents) => Convert.ToHexStringLower(SHA256.HashData(contents));

    /// <summary>The contents as a file that servers publish.</summary>
    public PublishedFile From(params IEnumerable<LocalServer> servers) => At([.. servers.Select(static server => new Uri(server.Address, "file.bin"))]);

    public PublishedFile At(params Uri[] addresses) => new("file.bin", addresses, HashOf(Contents), Contents.Length);

    public string Path(string name) => folder[name];

    /// <summary>Leaves a part as an earlier run would.</summary>
    public void LeavePart(byte[] bytes, Uri? from = null, string? tag = null)
    {
        folder.Write("cache/file.bin.part", bytes);
        if (from is not null)
            File.WriteAllLines(Part + ".from", [from.AbsoluteUri, tag!]);
    }

    public void Fetch(PublishedFile file, CancellationToken cancellation = default)
    {
        using Downloader downloader = Downloader();
        downloader.FetchAsync(file, Target, Keep, cancellation).GetAwaiter().GetResult();
    }

    public void Adopt(string from)
    {
        using Downloader downloader = Downloader();
        downloader.AdoptAsync(At(), from, Target).GetAwaiter().GetResult();
    }

    public Downloader Downloader() => new(new DownloadOptions { Time = Time, StallTimeout = StallTimeout, FreeSpace = _ => FreeSpace });

    /// <summary>What is said of a file that can't be fetched.</summary>
    public string Fault(PublishedFile file) => Assert.Throws<DownloadException>(() => Fetch(file)).Message;

    /// <summary>The file is there, and nothing else.</summary>
    public void AssertThere()
    {
        Assert.Equal(Contents, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(System.IO.Path.GetDirectoryName(Target)!));
    }

    /// <summary>Nothing is there, not even a part.</summary>
    public void AssertNothing() => Assert.Empty(Directory.GetFiles(System.IO.Path.GetDirectoryName(Target)!));

    public void Dispose() => folder.Dispose();

    private void Keep(DownloadProgress step)
    {
        lock (Progress)
            Progress.Add(step);
    }
}
