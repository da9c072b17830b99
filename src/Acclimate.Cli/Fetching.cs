using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli;

/// <summary>Fetches a file before the user's eyes.</summary>
internal static class Fetching
{
    /// <summary>The option that names a place of one's own to fetch from.</summary>
    public static Option<string?> Mirror() => new("--mirror")
    {
        Description = "Ask here first, by the file's name, before its public addresses",
        HelpName = "ADDRESS",
    };

    /// <summary>The address that somebody typed.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Uri? Address(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http" ? address
        : throw new UsageException($"--mirror: '{text}' is no address; write it as https://mirror.example.org/folder");

    /// <summary>Puts a file where it belongs, drawing how far it has come.</summary>
    /// <param name="downloader">Fetches.</param>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it is to be.</param>
    /// <param name="screen">Where to draw.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="DownloadException">It could not be fetched.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the user is told how to go on.</exception>
    public static void Run(Downloader downloader, PublishedFile file, string path, Screen screen, CancellationToken cancellation)
    {
        using DownloadView view = new(screen, TimeProvider.System);
        try
        {
            downloader.FetchAsync(file, path, view.Report, cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            view.Dispose();
            if (File.Exists($"{path}.part"))
                screen.Error.WriteLine($"What has come is kept in {path}.part: the same command goes on from there.");
            throw;
        }
    }
}
