using System.Text;

namespace Acclimate.Torch;

/// <summary>What a file of PyTorch says: the object that was saved, and where the runs of elements lie.</summary>
/// <param name="Root">The object; its tensors are claims that are not checked yet.</param>
/// <param name="Runs">The runs by key.</param>
internal sealed record PyTorchArchive(object? Root, IReadOnlyDictionary<string, FilePart> Runs)
{
    private const string Pickle = "data.pkl";

    /// <summary>Opens the ZIP form: one folder with <c>data.pkl</c> and, under <c>data/</c>, a run of elements an entry.</summary>
    public static PyTorchArchive OpenZip(FileStream file, string path)
    {
        IReadOnlyDictionary<string, FilePart> entries = ZipDirectory.Read(file, path).Entries;
        string[] pickles = [.. entries.Keys.Where(static name => name.EndsWith("/" + Pickle, StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.LastIndexOf('/'))];
        if (pickles is not [string pickle])
            throw new InvalidDataException($"{path}: found {(pickles.Length == 0 ? "no" : "more than one")} {Pickle} in the ZIP archive; torch.save writes one");
        string folder = pickle[..^Pickle.Length];
        if (entries.ContainsKey(folder + "constants.pkl"))
            throw new InvalidDataException($"{path}: it is a TorchScript archive, a program and not a state; in Python: torch.save(torch.jit.load(path).state_dict(), 'state.pth')");
        if (entries.TryGetValue(folder + "byteorder", out FilePart order) && Text(file, order) is not "little" and var found)
            throw new InvalidDataException($"{path}: its byte order is '{Shown.Text(found)}', expected 'little'");
        object? root = PickleMachine.Load(Source(file, entries[pickle], $"{path}, {Pickle}"), static (machine, id) => PyTorchStorageId.Read(machine, id, hasView: false));
        string runs = folder + "data/";
        return new PyTorchArchive(root, entries
            .Where(entry => entry.Key.StartsWith(runs, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[runs.Length..], static entry => entry.Value, StringComparer.Ordinal));
    }

    private static PickleSource Source(FileStream file, FilePart part, string name)
    {
        if (part.Length > PickleSource.MostBytes || part.Packed > PickleSource.MostBytes)
            throw new InvalidDataException($"{name}: it takes {part.Length} bytes, expected at most {PickleSource.MostBytes}");
        if (!part.Deflated)
            return new PickleSource(part.Open(file), part.Length, name);
        using Stream unpacked = part.Open(file);
        byte[] bytes = new byte[part.Length];
        unpacked.ReadExactly(bytes);
        return new PickleSource(new MemoryStream(bytes), bytes.Length, name);
    }

    private static string Text(FileStream file, FilePart part)
    {
        const int longest = 16;
        if (part.Deflated || part.Length > longest)
            return "unknown";
        byte[] bytes = new byte[part.Length];
        part.Open(file).ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
