using System.IO.Compression;
using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>One array of NumPy, its labels in another file: <c>x.npy?labels=y.npy</c>.</summary>
internal sealed class NpyReader : IDomainReader
{
    public string Format => "npy";

    public string Description => "NPY (.npy)";

    public IReadOnlyList<string> Options => ["labels", "samples"];

    public bool Recognises(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    public Domain Read(SourceString source, DomainOptions options)
    {
        List<NumericArray> arrays = [Array(source.Path, source.Name)];
        if (source.Get("labels") is { } given and not "none")
        {
            string path = Path.Combine(Path.GetDirectoryName(source.Path) ?? string.Empty, given);
            if (!File.Exists(path))
                throw new DataException($"{path}: no such file of labels");
            arrays.Add(Array(path, given));
        }

        return ArrayDomain.Make(source, arrays);
    }

    private static NumericArray Array(string path, string name)
    {
        using FileStream stream = File.OpenRead(path);
        NpyArray.Header header = NpyArray.ReadHeader(stream, path, stream.Length);
        return new NumericArray(name, header.Shape, () =>
        {
            using FileStream again = File.OpenRead(path);
            return NpyArray.ReadElements(again, NpyArray.ReadHeader(again, path, again.Length), path);
        });
    }
}

/// <summary>Several named arrays of NumPy in a zip file.</summary>
internal sealed class NpzReader : IDomainReader
{
    public string Format => "npz";

    public string Description => "NPZ (.npz)";

    public IReadOnlyList<string> Options => ArrayDomain.Options;

    public bool Recognises(string path) => path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    public Domain Read(SourceString source, DomainOptions options)
    {
        string path = source.Path;
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            List<NumericArray> arrays = [];
            foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => entry.FullName.EndsWith(".npy", StringComparison.Ordinal)))
            {
                string name = entry.FullName[..^4];
                arrays.Add(new NumericArray(name, Header(path, entry, name).Shape, () => Load(path, entry)));
            }

            return ArrayDomain.Make(source, arrays);
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{path}: not an NPZ file, or damaged: {e.Message}", e);
        }
    }

    private static NpyArray.Header Header(string path, ZipArchiveEntry entry, string name)
    {
        Bounded.Elements($"{path}, {name}", [entry.Length], 1, entry.CompressedLength + 64, compressed: true);
        using Stream stream = entry.Open();
        return NpyArray.ReadHeader(stream, $"{path}, {name}", entry.Length);
    }

    private static Tensor Load(string path, ZipArchiveEntry entry)
    {
        string file = $"{path}, {entry.FullName[..^4]}";
        using Stream stream = entry.Open();
        return NpyArray.ReadElements(stream, NpyArray.ReadHeader(stream, file, entry.Length), file);
    }
}
