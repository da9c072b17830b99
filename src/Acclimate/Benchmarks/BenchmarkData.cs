using System.Security.Cryptography;
using System.Text;
using Acclimate.Backbones;
using Acclimate.Data;
using Acclimate.Torch;

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
        return opened[source] = Domain.Open(Locate(source));
    }

    /// <summary>The whole source string of a domain: its file's path, and the options.</summary>
    internal string Locate(string source) => FileOf(source) + source[source.Split('?')[0].Length..];

    /// <summary>The SHA-256 of a domain's file, or of all files' names and contents in its folder.</summary>
    internal string Hash(string source)
    {
        string path = FileOf(source);
        if (hashes.TryGetValue(path, out string? known))
            return known;
        return hashes[path] = Convert.ToHexStringLower(Directory.Exists(path) ? HashOfFolder(path) : HashOf(path));
    }

    /// <summary>
    /// The source string of a domain's features by a pretrained MobileNetV1: a table in a folder, computed where it is not
    /// there yet, and named after the weights' and the pictures' hashes.
    /// </summary>
    /// <param name="pictures">The pictures, as <see cref="Domain.Open"/> reads them.</param>
    /// <param name="rows">Options that choose rows of the table as they choose pictures; none takes all.</param>
    /// <param name="weights">The network's file.</param>
    /// <param name="folder">Where the table goes.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    internal string LocateFeatures(string pictures, string? rows, string weights, string folder, CancellationToken cancellation)
    {
        string plain = string.Concat(pictures.Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' ? letter : '-'));
        string file = Path.Combine(folder, $"{plain}-{Hash(weights)[..8]}-{Hash(pictures)[..8]}.csv");
        lock (opened)
        {
            if (!File.Exists(file))
                WriteFeatures(pictures, weights, file, cancellation);
        }

        return $"{file}?label=class{(rows is null ? string.Empty : "&" + rows)}";
    }

    /// <summary>The features of all pictures of a domain, with their labels; it stays this object's.</summary>
    internal Domain OpenFeatures(string pictures, string weights, string folder, CancellationToken cancellation)
    {
        string table = LocateFeatures(pictures, null, weights, folder, cancellation);
        return opened.TryGetValue(table, out Domain? known) ? known : opened[table] = Domain.Open(table);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Domain domain in opened.Values)
            domain.Dispose();
    }

    /// <summary>The SHA-256 of all files in a folder: their names in order, and the hashes of their contents.</summary>
    internal static byte[] HashOfFolder(string path)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetRelativePath(path, file).Replace('\\', '/')}\n"));
            hash.AppendData(HashOf(file));
        }

        return hash.GetHashAndReset();
    }

    private void WriteFeatures(string source, string weights, string file, CancellationToken cancellation)
    {
        using TensorScope scope = TensorScope.Begin();
        using Backbone network = MobileNetV1.Load(FileOf(weights));
        using Domain pictures = Domain.Open(Locate(source));
        FeatureTable.Write(file, MobileNetV1.Features(network, pictures, cancellation), pictures.Labels ?? throw new DataException($"{source} has no labels"));
    }

    private static byte[] HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return SHA256.HashData(stream);
    }

    private string FileOf(string source)
    {
        string name = source.Split('?')[0], file = Path.Combine(folder, name);
        return Path.Exists(file) ? file : throw new DataException($"{file}: no such file ({Variable} should name the folder that holds {name})");
    }
}
