using System.CommandLine;
using Acclimate.Benchmarks;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>Compares the data folder with what is known of it, and says which suites can run.</summary>
internal sealed class DataVerifyCommand : ExampledCommand
{
    public DataVerifyCommand(Screen screen, CancellationToken cancellation)
        : base("verify", "Check the data by their hashes, and say which suites can run")
    {
        Argument<string[]> names = new("NAME") { Description = "Data sets or suites; all if left out", Arity = ArgumentArity.ZeroOrMore };
        Option<string?> folder = DataCommand.FolderOption();
        Option<bool> json = new("--json") { Description = "Write JSON" };
        Add(names);
        Add(folder);
        Add(json);
        SetAction(parsed =>
        {
            string[] asked = parsed.GetValue(names) ?? [];
            IReadOnlyList<DataSetEntry> sets = DataCommand.Sets(asked);
            string place = DataCommand.FolderOrRefuse(parsed.GetValue(folder));
            if (!Directory.Exists(place))
                throw new DirectoryNotFoundException($"{place}: no such folder");
            bool quiet = parsed.GetValue(json);
            List<(DataSetEntry Set, DataFileCheck[] Files)> found = [];
            foreach (DataSetEntry set in sets)
            {
                found.Add((set, [.. set.Files.Select(file => Check(file, place, cancellation))]));
                if (!quiet)
                    Write(found[^1].Set, found[^1].Files, screen);
            }

            HashSet<DataSetEntry> whole = [.. found.Where(static pair => pair.Files.All(static file => file.State == DataState.Right)).Select(static pair => pair.Set)];
            BenchmarkSuite[] ready = [.. BenchmarkSuites.All.Where(suite => DataCatalogue.NeededBy(suite).All(whole.Contains))];
            if (quiet)
                screen.Json(new { Folder = place, Sets = found.Select(static pair => AsData(pair.Set, pair.Files)), Suites = ready.Select(static suite => suite.Name) });
            else
                Prose.Hang(screen.Out, "Can run  ", ready.Length == 0 ? asked.Length == 0 ? "no suite" : "no suite by these alone" : string.Join(", ", ready.Select(static suite => suite.Name)));

            // What nobody asked for by name may be missing; what is there must be right.
            bool amiss = found.Any(static pair => pair.Files.Any(static file => file.State == DataState.Differs));
            return amiss || (asked.Length > 0 && whole.Count < sets.Count) ? ExitCode.Failure : ExitCode.Success;
        });
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate data verify",
        "acclimate data verify digits-deep --folder data",
        "acclimate data verify --json",
    ];

    private static DataFileCheck Check(DataSetFile file, string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return DataCatalogue.Check(file, folder);
    }

    private static object AsData(DataSetEntry set, DataFileCheck[] files) => new
    {
        set.Name,
        Files = files.Select(static file => new { file.File.Path, State = file.State.ToString().ToLowerInvariant(), file.Found }),
    };

    private static void Write(DataSetEntry set, DataFileCheck[] files, Screen screen)
    {
        int right = files.Count(static file => file.State == DataState.Right), missing = files.Count(static file => file.State == DataState.Missing);
        string counted = files is [{ File.IsFolder: false }] ? "1 file" : files.All(static file => file.File.IsFolder) ? $"{files.Length} folder{(files.Length > 1 ? "s" : string.Empty)}" : $"{files.Length} files";
        string verdict = right == files.Length ? $"{counted} right" : missing == files.Length ? "not there" : $"{right} of {counted} right";
        screen.Out.WriteLine($"{(right == files.Length ? "✓" : missing == files.Length ? "–" : "✗")} {set.Name,-24}{verdict}");
        if (missing == files.Length)
            return;
        foreach (DataFileCheck file in files.Where(static file => file.State != DataState.Right))
        {
            string fault = file.State == DataState.Missing ? "is missing" : $"is not the known one: sha256 {file.Found}, not {file.File.File.Sha256}";
            Prose.Hang(screen.Out, "    ", $"{file.File.Path} {fault}");
        }
    }
}
