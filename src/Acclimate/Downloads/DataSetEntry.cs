namespace Acclimate.Downloads;

/// <summary>A file of a data set, or a folder of pictures, as the benchmark suites read it.</summary>
/// <param name="Path">Where it belongs under the data folder, with forward slashes.</param>
/// <param name="File">
/// What is published of it. A folder has no address; its hash is over the names and contents of all files in it, its size their bytes.
/// </param>
public sealed record DataSetFile(string Path, PublishedFile File)
{
    /// <summary>Whether it is a folder with all that is in it.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Other SHA-256 that are as good: the same contents, packed by another program.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Where it belongs under a data folder, as this system writes paths.</summary>
    /// <param name="folder">The data folder.</param>
    public string In(string folder) => System.IO.Path.Combine(folder, Path.Replace('/', System.IO.Path.DirectorySeparatorChar));
}

/// <summary>A data set of the benchmark suites: a folder under <c>ACCLIMATE_DATA</c>.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Title">What it is.</param>
/// <param name="Licence">What its publishers say of its use.</param>
/// <param name="Files">Its files.</param>
public sealed record DataSetEntry(string Name, string Title, string Licence, IReadOnlyList<DataSetFile> Files)
{
    /// <summary>Bytes in all.</summary>
    public long Size => Files.Sum(static file => file.File.Size);

    /// <summary>Whether a public address is known for every file.</summary>
    public bool CanBeFetched => Files.All(static file => file.File.Addresses.Count > 0);
}

/// <summary>What was found where a file of a data set belongs.</summary>
public enum DataState
{
    /// <summary>The file that is known.</summary>
    Right,

    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Another file, or a damaged one.</summary>
    Differs,
}

/// <summary>A file of a data set, looked at.</summary>
/// <param name="File">The file.</param>
/// <param name="State">What was found.</param>
/// <param name="Found">The SHA-256 of what is there, if anything is.</param>
public sealed record DataFileCheck(DataSetFile File, DataState State, string? Found);
