using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>Fetches published weights into the cache.</summary>
internal sealed class WeightsGetCommand : ExampledCommand
{
    public WeightsGetCommand(Screen screen, CancellationToken cancellation)
        : base("get", "Fetch published weights into the cache, and check that they are the right ones")
    {
        Argument<string> name = new("NAME") { Description = "Weights by name, as `acclimate weights list` shows them" };
        Option<string?> from = new("--from") { Description = "Take this file, if it is the right one, instead of the net", HelpName = "PATH" };
        Option<string?> mirror = Fetching.Mirror();
        Option<bool> json = CommandLine.Json("Write JSON, progress to standard error"), quiet = CommandLine.Quiet();
        Add(name);
        Add(from);
        Add(mirror);
        Add(json);
        Add(quiet);
        SetAction(parsed =>
        {
            WeightsEntry entry = Find(parsed.GetRequiredValue(name));
            Uri? place = Fetching.Address(parsed.GetValue(mirror));
            if (place is not null && parsed.GetValue(from) is not null)
                throw new UsageException("--from takes a file of your own, --mirror an address: give one of them");
            Screen shown = (parsed.GetValue(json) ? screen.Beside() : screen) with { Quiet = parsed.GetValue(quiet) };
            (string path, bool fetched) = Get(entry, parsed.GetValue(from), place, shown, cancellation);
            if (parsed.GetValue(json))
                screen.Json(new { entry.Name, Path = path, Fetched = fetched, Bytes = entry.File.Size, entry.File.Sha256, entry.Licence });
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate weights get resnet18",
        "acclimate weights get resnet50-v1",
        "acclimate weights get vit_b_16 --from downloads/vit_b_16-c867db91.pth",
    ];

    private static WeightsEntry Find(string name)
    {
        IEnumerable<string> known = WeightsCatalogue.All.SelectMany(static entry => (string[])[entry.Name, entry.FullName]);
        return WeightsCatalogue.Find(name)
            ?? throw new UsageException($"no weights '{name}' are known{NearestName.Hint(name, known)} See: acclimate weights list");
    }

    /// <summary>Where they are, and whether they weren't there before.</summary>
    private static (string Path, bool Fetched) Get(WeightsEntry entry, string? from, Uri? mirror, Screen screen, CancellationToken cancellation)
    {
        string path = WeightsCatalogue.PathOf(entry);
        PublishedFile file = entry.File.FirstFrom(mirror);
        string top1 = entry.Top1 is { } share ? $", top-1 {Numbers.Percent(share)} on {entry.Data}" : $", {entry.Data}, no classifier";
        screen.Out.WriteLine(screen.Bold($"{entry.Name}: {file.Name}, {Numbers.Bytes(file.Size)}{top1}"));
        Prose.Hang(screen.Out, "Licence  ", entry.Licence);
        if (file.IsAt(path))
        {
            screen.Out.WriteLine($"✓ {path} is there already (sha256 {file.Sha256[..8]}…, as published)");
            return (path, false);
        }

        screen.Out.WriteLine($"From     {from ?? file.Addresses[0].AbsoluteUri}");
        using Downloader downloader = new();
        try
        {
            if (from is null)
                Fetching.Run(downloader, file, path, screen, cancellation);
            else
                downloader.AdoptAsync(file, from, path, cancellation).GetAwaiter().GetResult();
        }
        catch (DownloadException e) when (from is null)
        {
            throw new DownloadException($"{e.Message}\nor, with the file at hand: acclimate weights get {entry.Name} --from FILE", e);
        }

        screen.Out.WriteLine($"✓ {path} (sha256 {file.Sha256[..8]}…, as published)");
        return (path, true);
    }
}
