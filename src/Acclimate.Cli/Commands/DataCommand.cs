using System.CommandLine;
using Acclimate.Benchmarks;
using Acclimate.Cli.Rendering;
using Acclimate.Downloads;

namespace Acclimate.Cli.Commands;

/// <summary>The data of the benchmark suites: what there is, fetching it, checking it.</summary>
internal sealed class DataCommand : ExampledCommand
{
    public DataCommand(Screen screen, CancellationToken cancellation)
        : base("data", "The benchmark suites' data: list, fetch, check")
    {
        Add(new DataListCommand(screen));
        Add(new DataGetCommand(screen, cancellation));
        Add(new DataVerifyCommand(screen, cancellation));
    }

    public override IReadOnlyList<string> Examples =>
    [
        "acclimate data list",
        "acclimate data get office-caltech-surf --folder data",
        "acclimate data verify",
    ];

    /// <summary>The option that names the data folder.</summary>
    internal static Option<string?> FolderOption() => new("--folder")
    {
        Description = $"The data folder; what {BenchmarkData.Variable} names if left out",
        HelpName = "FOLDER",
    };

    /// <summary>The data folder, if one is named.</summary>
    internal static string? Folder(string? given) =>
        given ?? (Environment.GetEnvironmentVariable(BenchmarkData.Variable) is { Length: > 0 } named ? named : null);

    /// <summary>The data folder.</summary>
    /// <exception cref="UsageException">None is named.</exception>
    internal static string FolderOrRefuse(string? given) =>
        Folder(given) ?? throw new UsageException($"say where the data are: --folder FOLDER, or set {BenchmarkData.Variable}");

    /// <summary>The data sets of those names; all of them where none is named.</summary>
    /// <exception cref="UsageException">A name is not known.</exception>
    internal static IReadOnlyList<DataSetEntry> Sets(string[] names)
    {
        try
        {
            return names.Length == 0 ? DataCatalogue.All : [.. names.SelectMany(DataCatalogue.Find).Distinct()];
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
