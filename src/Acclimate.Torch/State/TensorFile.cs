namespace Acclimate.Torch;

/// <summary>What was read from a file of tensors. It owns the tensors and frees them when it is disposed.</summary>
public sealed class TensorFile : IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = [];

    internal TensorFile(IReadOnlyDictionary<string, string> metadata) => Metadata = metadata;

    /// <summary>The tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => tensors;

    /// <summary>The texts that go with them.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in tensors.Values)
            tensor.Dispose();
    }

    internal void Add(string name, Tensor tensor) => tensors.Add(name, tensor);
}
