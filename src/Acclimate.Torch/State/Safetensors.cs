namespace Acclimate.Torch;

/// <summary>
/// Tensors by name in a file of the safetensors format: 8 bytes with the length of a JSON header, the header with each
/// tensor's type, shape and place, then the elements. No code can hide in it, and other tools read it.
/// </summary>
public static class Safetensors
{
    /// <summary>What one call moves between file and memory at most.</summary>
    private const long ChunkBytes = 1L << 28;

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
        // Wide elements first keeps every tensor aligned to its elements; by name within makes the order definite.
        KeyValuePair<string, Tensor>[] ordered = [.. tensors
            .OrderByDescending(static pair => pair.Value.Type.Size())
            .ThenBy(static pair => pair.Key, StringComparer.Ordinal)];
        CheckNames(ordered);
        byte[] header = SafetensorsHeader.Format(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach ((_, Tensor tensor) in ordered)
                WriteElements(stream, tensor);
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
        using FileStream stream = File.OpenRead(path);
        SafetensorsHeader header = SafetensorsHeader.Read(stream, path);
        TensorFile file = new(header.Metadata);
        try
        {
            foreach (SafetensorsEntry entry in header.Entries)
            {
                stream.Position = header.DataStart + entry.Begin;
                file.Add(entry.Name, ReadElements(stream, entry, device ?? Device.Cpu));
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    /// <summary>Reads only the texts that go with the tensors; the header is checked as in <see cref="Read"/>.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return SafetensorsHeader.Read(stream, path).Metadata;
    }

    private static void CheckNames(KeyValuePair<string, Tensor>[] tensors)
    {
        HashSet<string> names = [];
        foreach ((string name, _) in tensors)
        {
            if (string.IsNullOrEmpty(name) || name == SafetensorsHeader.MetadataName)
                throw new ArgumentException($"'{name}' can't be the name of a tensor in a file", nameof(tensors));
            if (!names.Add(name))
                throw new ArgumentException($"there are two tensors of the name '{name}'", nameof(tensors));
        }
    }

    private static void WriteElements(Stream stream, Tensor tensor)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using Tensor here = tensor.To(Device.Cpu);
        using Tensor packed = here.Contiguous();
        ForEachChunk(packed, bytes => stream.Write(bytes));
    }

    private static Tensor ReadElements(FileStream stream, SafetensorsEntry entry, Device device)
    {
        Tensor tensor = Tensor.Empty(entry.Shape, entry.Type).LeaveScopes();
        try
        {
            ForEachChunk(tensor, stream.ReadExactly);
            if (device.IsCpu)
                return tensor;
            using (tensor)
                return tensor.To(device).LeaveScopes();
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Hands out the bytes of a contiguous tensor part by part: a span can't hold more than 2 GB.</summary>
    private static void ForEachChunk(Tensor tensor, SpanAction visit)
    {
        long count = tensor.Count;
        long step = ChunkBytes / tensor.Type.Size();
        using Tensor flat = tensor.Reshape(-1);
        for (long start = 0; start < count; start += step)
        {
            using Tensor part = flat.Slice(0, start, Math.Min(count, start + step));
            visit(part.Bytes);
        }
    }

    private delegate void SpanAction(Span<byte> bytes);
}
