using System.CommandLine;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>Lists the data sets of the benchmark suites.</summary>
internal sealed class DataListCommand : ExampledCommand
{
    public DataListCommand(Screen screen)
        : base("list", "List the data sets: size, licence, where from, what is there")
    {
        Option<string?> folder = DataCommand.FolderOption();
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(folder);
        Add(json);
        SetAction(parsed =>
        {
            string? place = DataCommand.Folder(parsed.GetValue(folder));
            if (parsed.GetValue(json))
                screen.Json(DataCatalogue.All.Select(set => AsData(set, place)));
            else
                Write(place, screen);
            return ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate data list",
        "acclimate data list --json",
    ];

    private static int CountThere(DataSetEntry set, string? folder) => folder is null ? 0 : set.Files.Count(file => Path.Exists(file.In(folder)));

    private static object AsData(DataSetEntry set, string? folder) => new
    {
        set.Name,
        set.Title,
        Bytes = set.Size,
        set.Licence,
        Suites = DataCatalogue.NeededFor(set).Select(static suite => suite.Name),
        set.CanBeFetched,
        Files = set.Files.Select(file => new
        {
            file.Path,
            Bytes = file.File.Size,
            file.File.Sha256,
            file.Also,
            file.IsFolder,
            Addresses = file.File.Addresses.Select(static address => address.AbsoluteUri),
            There = folder is not null && Path.Exists(file.In(folder)),
        }),
    };

    private static void Write(string? folder, Screen screen)
    {
        foreach (DataSetEntry set in DataCatalogue.All)
        {
            int there = CountThere(set, folder);
            string state = there == set.Files.Count ? "there" : there > 0 ? $"{there} of {set.Files.Count} there" : "not there";
            screen.Out.WriteLine(screen.Bold($"{set.Name}, {Numbers.Bytes(set.Size)}: {state}"));
            Prose.Hang(screen.Out, "  ", set.Title);
            Prose.Hang(screen.Out, "  Licence  ", set.Licence);
            string[] hosts = [.. set.Files.SelectMany(static file => file.File.Addresses).Select(static address => address.Host).Distinct()];
            Prose.Hang(screen.Out, "  From     ", set.CanBeFetched ? string.Join(", ", hosts) : "bring your own: no public address of these very files is known");
            string[] suites = [.. DataCatalogue.NeededFor(set).Select(static suite => suite.Name)];
            if (suites.Length > 0)
                Prose.Hang(screen.Out, "  For      ", string.Join(", ", suites));
        }

        screen.Out.WriteLine();
        screen.Out.WriteLine(folder is null ? $"No data folder is named: --folder FOLDER, or set {Benchmarks.BenchmarkData.Variable}" : $"Looked for in {folder}");
        screen.Out.WriteLine("Fetch with: acclimate data get NAME    check with: acclimate data verify");
    }
}
