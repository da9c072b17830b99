namespace Acclimate.Torch;

/// <summary>
/// Tensors by name in a file of the safetensors format: 8 bytes with the length of a JSON header, the header with each
/// tensor's type, shape and place, then the elements. No code can hide in it, and other tools read it.
/// </summary>
public static class Safetensors
{
    /// <summary>
    /// Writes tensors, whole or not at all (<see cref="AtomicFile"/>). The same tensors and metadata give the same bytes,
    /// in whatever order they come.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by name; they stay the caller's.</param>
    /// <param name="metadata">Texts by name that go with them.</param>
    /// <exception cref="ArgumentException">A name is empty, stands twice, or is <c>__metadata__</c>.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, Tensor>[] given = [.. tensors];
        TensorOutline[] outlines = [.. given.Select(static pair => new TensorOutline(pair.Key, pair.Value.Type, pair.Value.Shape))];
        Write(path, outlines, (stream, index) => Elements.Write(stream, given[index].Value), metadata);
    }

    /// <summary>Writes tensors whose elements are fetched one after another, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What is written.</param>
    /// <param name="write">Writes the elements of one of them, by its place in <paramref name="tensors"/>.</param>
    /// <param name="metadata">Texts by name that go with them.</param>
    internal static void Write(
        string path, IReadOnlyList<TensorOutline> tensors, Action<Stream, int> write, IReadOnlyDictionary<string, string>? metadata)
    {
        CheckNames(tensors);
        // Wide elements first keeps every tensor aligned to its elements; by name within makes the order definite.
        int[] order = [.. Enumerable.Range(0, tensors.Count)
            .OrderByDescending(index => tensors[index].Type.Size())
            .ThenBy(index => tensors[index].Name, StringComparer.Ordinal)];
        byte[] header = SafetensorsHeader.Format(Array.ConvertAll(order, index => tensors[index]), metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (int index in order)
                write(stream, index);
        });
    }

    /// <summary>Reads a file that was written here or elsewhere, after checking the whole of its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the processor where it is left out.</param>
    /// <returns>The tensors and texts; dispose it to free the tensors.</returns>
    /// <exception cref="InvalidDataException">The file is damaged; the message names file, tensor, what was found and expected.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static TensorFile Read(string path, Device? device = null)
    {
        using SafetensorsReader reader = Open(path);
        return reader.ReadAll(device ?? Device.Cpu);
    }

    /// <summary>Reads only the texts that go with the tensors; the header is checked as in <see cref="Read"/>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using SafetensorsReader reader = Open(path);
        return reader.Outline.Metadata;
    }

    private static SafetensorsReader Open(string path)
    {
        FileStream stream = File.OpenRead(path);
        try
        {
            return new SafetensorsReader(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static void CheckNames(IReadOnlyList<TensorOutline> tensors)
    {
        HashSet<string> names = [];
        foreach (string name in tensors.Select(static tensor => tensor.Name))
        {
            if (string.IsNullOrEmpty(name) || name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"'{name}' can't be the name of a tensor in a file", nameof(tensors));
            if (!names.Add(name))
                throw new ArgumentException($"there are two tensors of the name '{name}'", nameof(tensors));
        }
    }
}
