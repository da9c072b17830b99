namespace Acclimate.Torch;

/// <summary>An open file of PyTorch.</summary>
internal static class PyTorchReader
{
    public static StateReader Open(FileStream stream, string path, StateFormat format) =>
        throw new InvalidDataException($"{path}: {format} is not read yet");
}
