namespace Acclimate.Torch;

/// <summary>An open safetensors file.</summary>
internal sealed class SafetensorsReader : StateReader
{
    private readonly SafetensorsHeader header;

    /// <summary>Reads and checks the header.</summary>
    /// <exception cref="InvalidDataException">The file is damaged. The stream is left open.</exception>
    public SafetensorsReader(FileStream stream, string path)
        : base(stream)
    {
        header = SafetensorsHeader.Read(stream, path);
        Outline = new StateOutline(
            StateFormat.Safetensors,
            [.. header.Entries.Select(static entry => new TensorOutline(entry.Name, entry.Type, entry.Shape))],
            header.Metadata,
            new Dictionary<string, string>());
    }

    public override StateOutline Outline { get; }

    public override Tensor ReadTensor(int index)
    {
        SafetensorsEntry entry = header.Entries[index];
        Stream.Position = header.DataStart + entry.Begin;
        return Elements.Read(Stream, entry.Type, entry.Shape);
    }
}
