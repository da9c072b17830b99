using Acclimate.Benchmarks;

namespace Acclimate.Downloads;

/// <summary>The data sets of the benchmark suites: what belongs where, and which suites need it.</summary>
public static class DataCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DataSetEntry> All => DataSets.All;

    /// <summary>The data set of that name, or those that the suite of that name needs.</summary>
    /// <param name="name">A data set's name or a suite's.</param>
    /// <exception cref="ArgumentException">It is neither; the message names the nearest.</exception>
    public static IReadOnlyList<DataSetEntry> Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (All.FirstOrDefault(set => set.Name == name) is { } one)
            return [one];
        if (BenchmarkSuites.All.FirstOrDefault(suite => suite.Name == name) is { } suite)
            return NeededBy(suite);
        string[] known = [.. All.Select(static set => set.Name), .. BenchmarkSuites.All.Select(static suite => suite.Name)];
        throw new ArgumentException($"there is no data set or suite '{name}'{NearestName.Hint(name, known)} Known: {string.Join(", ", known)}.");
    }

    /// <summary>The data sets that a suite reads.</summary>
    /// <param name="suite">The suite.</param>
    public static IReadOnlyList<DataSetEntry> NeededBy(BenchmarkSuite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        IEnumerable<string?> sources = suite.Tasks.SelectMany(static task => (string?[])[task.Source, task.Target, task.Test]).Append(suite.Features).Append(suite.Training?.Weights);
        HashSet<string> folders = [.. sources.OfType<string>().Where(static source => source.Length > 0).Select(static source => source.Split('?')[0].Split('/')[0])];
        return [.. All.Where(set => folders.Contains(set.Name))];
    }

    /// <summary>The suites that read a data set.</summary>
    /// <param name="set">The data set.</param>
    public static IReadOnlyList<BenchmarkSuite> NeededFor(DataSetEntry set) => [.. BenchmarkSuites.All.Where(suite => NeededBy(suite).Contains(set))];

    /// <summary>Compares a file with what is known of it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">The data folder.</param>
    /// <exception cref="IOException">What is there can't be read.</exception>
    public static DataFileCheck Check(DataSetFile file, string folder)
    {
        ArgumentNullException.ThrowIfNull(file);
        string path = file.In(folder);
        if (!(file.IsFolder ? Directory.Exists(path) : File.Exists(path)))
            return new(file, DataState.Missing, null);
        string found = file.IsFolder ? Convert.ToHexStringLower(BenchmarkData.HashOfFolder(path)) : PublishedFile.HashOf(path);
        bool right = file.File.Matches(found) || file.Also.Contains(found, StringComparer.OrdinalIgnoreCase);
        return new(file, right ? DataState.Right : DataState.Differs, found);
    }
}
