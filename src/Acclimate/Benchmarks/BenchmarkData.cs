using System.Security.Cryptography;
using Acclimate.Data;

namespace Acclimate.Benchmarks;

/// <summary>
/// The files of the suites, under the folder that the environment variable <c>ACCLIMATE_DATA</c> names. A file is opened
/// once; dispose it with its domains.
/// </summary>
public sealed class BenchmarkData : IDisposable
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "ACCLIMATE_DATA";

    private readonly string folder;
    private readonly Dictionary<string, Domain> opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> hashes = new(StringComparer.Ordinal);

    /// <summary>The data in a folder.</summary>
    /// <param name="folder">The folder; what <c>ACCLIMATE_DATA</c> names if left out.</param>
    /// <exception cref="DataException">None is named, or it is not there.</exception>
    public BenchmarkData(string? folder = null)
    {
        string? named = folder ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(named))
            throw new DataException($"{Variable} is not set; set it to the folder that holds the benchmark data (such as office_caltech10_surf/)");
        this.folder = named;
        if (!Directory.Exists(this.folder))
            throw new DataException($"{this.folder}: no such folder ({Variable} should name the folder that holds the benchmark data)");
    }

    /// <summary>A domain with its labels; it stays this object's.</summary>
    /// <param name="source">Its file under the folder, as <see cref="Domain.Open"/> reads it.</param>
    /// <exception cref="DataException">It is not there, or can't be read.</exception>
    public Domain Open(string source)
    {
        if (opened.TryGetValue(source, out Domain? known))
            return known;
        string options = source[source.Split('?')[0].Length..];
        return opened[source] = Domain.Open(FileOf(source) + options);
    }

    /// <summary>The SHA-256 of a domain's file.</summary>
    internal string Hash(string source)
    {
        string file = FileOf(source);
        if (hashes.TryGetValue(file, out string? known))
            return known;
        using FileStream stream = File.OpenRead(file);
        return hashes[file] = Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Domain domain in opened.Values)
            domain.Dispose();
    }

    private string FileOf(string source)
    {
        string name = source.Split('?')[0], file = Path.Combine(folder, name);
        return File.Exists(file) ? file : throw new DataException($"{file}: no such file ({Variable} should name the folder that holds {name})");
    }
}
