namespace Acclimate.Torch;

/// <summary>
/// Files of tensors by name in whatever form they come: safetensors, or what PyTorch's <c>torch.save</c> writes or wrote.
/// The content decides, not the file's name. Nothing in such a file is ever executed.
/// </summary>
public static class StateFile
{
    /// <summary>Reads all tensors of a file; see <see cref="Safetensors"/> and <see cref="PyTorchFile"/> for what is refused.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors go; the processor where it is left out.</param>
    /// <returns>The tensors and texts; dispose it to free the tensors.</returns>
    /// <exception cref="InvalidDataException">The file is of no such form, damaged, or holds more than tensors and plain values.</exception>
    /// <exception cref="IOException">The file is not there or can't be read.</exception>
    public static TensorFile Read(string path, Device? device = null)
    {
        using StateReader reader = Open(path);
        return reader.ReadAll(device ?? Device.Cpu);
    }

    /// <summary>Says what a file holds without reading the elements; everything else about it is checked as in <see cref="Read"/>.</summary>
    /// <param name="path">The file.</param>
    /// <inheritdoc cref="Read"/>
    public static StateOutline Inspect(string path)
    {
        using StateReader reader = Open(path);
        return reader.Outline;
    }

    /// <summary>
    /// Writes a file's tensors and texts as safetensors, whole or not at all, to the bit; only one tensor at a time is in
    /// memory.
    /// </summary>
    /// <param name="source">The file to read.</param>
    /// <param name="destination">The file to write; one that is there is replaced.</param>
    /// <param name="strip">What names lose at their beginning, such as <c>module.</c>; nothing if left out.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">No name begins so, or two names would become one.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    /// <exception cref="IOException">The one can't be read, or the other can't be written.</exception>
    public static StateOutline Convert(string source, string destination, string strip = "")
    {
        ArgumentNullException.ThrowIfNull(strip);
        using StateReader reader = Open(source);
        StateOutline outline = reader.Outline;
        if (strip.Length > 0 && !outline.Tensors.Any(tensor => tensor.Name.StartsWith(strip, StringComparison.Ordinal)))
            throw new ArgumentException($"no tensor's name in {source} begins with '{strip}'; the first is '{outline.Tensors.FirstOrDefault()?.Name}'");
        TensorOutline[] written = [.. outline.Tensors.Select(tensor =>
            tensor.Name.StartsWith(strip, StringComparison.Ordinal) ? tensor with { Name = tensor.Name[strip.Length..] } : tensor)];
        Safetensors.Write(destination, written, WriteOne, outline.Metadata);
        return outline with { Format = StateFormat.Safetensors, Tensors = written };

        void WriteOne(Stream stream, int index)
        {
            using Tensor tensor = reader.ReadTensor(index);
            Elements.Write(stream, tensor);
        }
    }

    /// <summary>Opens a file of any form.</summary>
    internal static StateReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = File.OpenRead(path);
        try
        {
            return StateSniffer.Detect(stream, path) switch
            {
                StateFormat.Safetensors => new SafetensorsReader(stream, path),
                StateFormat format => PyTorchReader.Open(stream, path, format),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
