using System.Net;

namespace Acclimate.Downloads;

/// <summary>
/// Fetches published files over HTTP. A file is there whole and with the right hash, or not at all: what has come of it is kept
/// beside it as <c>NAME.part</c>, and the next run goes on from there, however the last one ended.
/// </summary>
/// <remarks>
/// Addresses are tried in their order. At each, faults that pass (a broken connection, silence, 408, 425, 429 and 5xx) are tried
/// again with growing waits; others lead to the next address. A proxy is used as .NET does: <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>,
/// <c>NO_PROXY</c>. No cookies, no credentials, nothing kept from one file to the next but connections.
/// </remarks>
public sealed class Downloader : IDisposable
{
    /// <summary>An attempt that brought so much was worth it, and does not count as failed.</summary>
    private const long Worthwhile = 1 << 20;

    private readonly DownloadOptions options;
    private readonly HttpClient client;

    /// <summary>A downloader.</summary>
    /// <param name="options">How patient it is.</param>
    public Downloader(DownloadOptions? options = null)
    {
        this.options = options ?? new DownloadOptions();
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = this.options.StallTimeout,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"acclimate/{AcclimateVersion.Text}");
    }

    /// <summary>Puts a file where it belongs, unless the right one is there already.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="progress">Is told how far it has come, from this or another thread.</param>
    /// <param name="cancellation">Stops it; what has come is kept.</param>
    /// <exception cref="DownloadException">No address gave it, there is no address, or the disk is full. The message says what was tried.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing there is not allowed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task FetchAsync(PublishedFile file, string path, Action<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (file.IsAt(path))
            return;
        if (file.Addresses.Count == 0)
            throw new DownloadException($"no public address of {file.Name} is known; bring your own and put it at {path} (sha256 {file.Sha256})");
        using PartFile part = await OpenAsync(file, path, progress, cancellation).ConfigureAwait(false);

        // Another process may have fetched it while this one waited for the part.
        if (file.IsAt(path))
            return;
        if (part.Length > file.Most)
            part.Clear();
        try
        {
            CheckRoom(file, path, part);
            List<string> tried = [];
            foreach (Uri address in file.Addresses)
            {
                if (await TryAsync(file, address, part, progress, cancellation).ConfigureAwait(false) is not { } fault)
                    return;
                tried.Add($"{address}: {fault}");
            }

            throw DownloadException.Of(file, path, tried);
        }
        catch (IOException e) when (PartFile.IsDiskFull(e))
        {
            throw DownloadException.DiskFull(path, file.Size - part.Length);
        }
    }

    /// <summary>Copies a file that is on the disk already to where it belongs, if it is the right one.</summary>
    /// <param name="file">What it should be.</param>
    /// <param name="from">Where it is; it stays there.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DownloadException">It is another file, or the disk is full.</exception>
    /// <exception cref="IOException">It is not there, or can't be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task AdoptAsync(PublishedFile file, string from, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(from))
            throw new FileNotFoundException($"{from}: no such file", from);
        using FileStream source = File.OpenRead(from);
        if (source.Length < file.Least || source.Length > file.Most)
            throw new DownloadException($"{from} is not {file.Name}: it has {source.Length:N0} bytes, where {file.Bytes} are expected");
        if (file.IsAt(path))
            return;
        using PartFile part = await OpenAsync(file, path, null, cancellation).ConfigureAwait(false);
        if (file.IsAt(path))
            return;
        part.Clear();
        try
        {
            byte[] buffer = new byte[1 << 20];
            while (await source.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and int read)
                part.Append(buffer.AsSpan(0, read));
            if (Accept(file, part) is { } found)
                throw new DownloadException($"{from} is not {file.Name}: its sha256 is {found}, where {file.Sha256} is expected");
        }
        catch (IOException e) when (PartFile.IsDiskFull(e))
        {
            throw DownloadException.DiskFull(path, source.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>Makes the part the file if it is the right one; else drops it and returns its hash.</summary>
    private static string? Accept(PublishedFile file, PartFile part)
    {
        string found = part.Hash();
        if (file.Matches(found))
        {
            part.Finish();
            return null;
        }

        part.Clear();
        return found;
    }

    private void CheckRoom(PublishedFile file, string path, PartFile part)
    {
        long needed = file.Size - part.Length, free = options.FreeSpace(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (free < needed)
            throw DownloadException.DiskFull(path, needed, free);
    }

    /// <summary>Opens the part, once no other process fetches the same file.</summary>
    private async Task<PartFile> OpenAsync(PublishedFile file, string path, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        while (true)
        {
            if (PartFile.TryOpen(path) is { } part)
                return part;
            progress?.Invoke(new(file.Name, 0, file.Size, "another process is fetching it: waiting"));
            await Task.Delay(options.FirstWait, options.Time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Fetches from one address; what went wrong, or null where the file is there.</summary>
    private async Task<string?> TryAsync(PublishedFile file, Uri address, PartFile part, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Transfer transfer = new(client, options, file, part, progress);
        bool startedOver = false;
        for (int failures = 0; ;)
        {
            long before = part.Length;
            try
            {
                await transfer.RunAsync(address, cancellation).ConfigureAwait(false);
            }
            catch (TransferException e)
            {
                failures = part.Length - before >= Worthwhile ? 1 : failures + 1;
                TimeSpan wait = e.Wait ?? options.WaitAfter(failures);
                if (!e.Transient)
                    return e.Message;
                if (failures >= options.Attempts)
                    return $"{e.Message} ({failures} attempts)";
                if (wait > options.LongestWait)
                    return $"{e.Message}, and asks for {wait.TotalSeconds:N0} s of patience";
                progress?.Invoke(new(file.Name, part.Length, file.Size, $"{address.Host}: {e.Message}; once more in {wait.TotalSeconds:0.#} s"));
                await Task.Delay(wait, options.Time, cancellation).ConfigureAwait(false);
                continue;
            }

            bool resumed = part.Resumed;
            if (Accept(file, part) is not { } found)
                return null;
            if (!resumed || startedOver)
                return $"sent another file: its sha256 is {found}, where {file.Sha256} is expected; it was deleted";

            // The pieces may be of two versions: the whole of one is still worth asking for.
            startedOver = true;
            progress?.Invoke(new(file.Name, 0, file.Size, "the pieces don't fit together: starting over"));
        }
    }
}
