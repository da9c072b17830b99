using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>Fetches data sets into the data folder.</summary>
internal sealed class DataGetCommand : ExampledCommand
{
    public DataGetCommand(Screen screen, CancellationToken cancellation)
        : base("get", "Fetch data sets, and check that they are the right ones")
    {
        Argument<string[]> names = new("NAME") { Description = "Data sets, or suites, which mean all that they need", Arity = ArgumentArity.OneOrMore };
        Option<string?> folder = DataCommand.FolderOption();
        Option<string?> mirror = Fetching.Mirror();
        Option<bool> json = CommandLine.Json("Write JSON, progress to standard error"), quiet = CommandLine.Quiet();
        Add(names);
        Add(folder);
        Add(mirror);
        Add(json);
        Add(quiet);
        SetAction(parsed =>
        {
            IReadOnlyList<DataSetEntry> sets = DataCommand.Sets(parsed.GetRequiredValue(names));
            string place = DataCommand.FolderOrRefuse(parsed.GetValue(folder));
            Uri? first = Fetching.Address(parsed.GetValue(mirror));
            using Downloader downloader = new();
            Screen shown = (parsed.GetValue(json) ? screen.Beside() : screen) with { Quiet = parsed.GetValue(quiet) };
            List<Got> found = [];
            foreach (DataSetEntry set in sets)
                found.AddRange(Get(set, place, first, downloader, shown, cancellation));
            if (parsed.GetValue(json))
                screen.Json(new { Folder = place, Files = found });
            return found.TrueForAll(static file => file.State is Right or Fetched) ? ExitCode.Success : ExitCode.Failure;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate data get mnist --folder data",
        "acclimate data get office-caltech-surf amazon-400",
        "acclimate data get mnist --mirror https://mirror.example.org/mnist",
    ];

    private const string Right = "there";
    private const string Fetched = "fetched";

    /// <summary>A file of a data set, and what became of it.</summary>
    private sealed record Got(string Set, string Path, string State, string Sha256);

    /// <summary>What became of each of the set's files. What the user must bring doesn't keep the rest from being fetched.</summary>
    private static List<Got> Get(DataSetEntry set, string folder, Uri? mirror, Downloader downloader, Screen screen, CancellationToken cancellation)
    {
        screen.Out.WriteLine(screen.Bold($"{set.Name}: {set.Title}, {Numbers.Bytes(set.Size)}"));
        Prose.Hang(screen.Out, "Licence  ", set.Licence);
        List<Got> all = [];
        foreach (DataSetFile file in set.Files)
        {
            string path = file.In(folder);
            DataFileCheck found = DataCatalogue.Check(file, folder);
            if (found.State == DataState.Missing && !file.IsFolder && (mirror is not null || file.File.Addresses.Count > 0))
            {
                Fetching.Run(downloader, file.File.FirstFrom(mirror), path, screen, cancellation);
                screen.Out.WriteLine($"✓ {file.Path}");
                all.Add(new(set.Name, file.Path, Fetched, file.File.Sha256));
                continue;
            }

            all.Add(new(set.Name, file.Path, found.State switch { DataState.Right => Right, DataState.Differs => "differs", _ => "missing" }, file.File.Sha256));
            Prose.Hang(screen.Out, string.Empty, found.State switch
            {
                DataState.Right => $"✓ {file.Path} is there already",
                DataState.Differs => $"✗ {path} is there, but it is not the known one (sha256 {found.Found}, not {file.File.Sha256}): move it away, then fetch it",
                _ => $"✗ {file.Path}: no public address of it is known. Bring your own, and put it at {path}; its sha256{(file.IsFolder ? ", over all of its files," : string.Empty)} is {file.File.Sha256}",
            });
        }

        return all;
    }
}
