namespace Acclimate.Torch;

/// <summary>The forms in which tensors by name are kept.</summary>
public enum StateFormat
{
    /// <summary>safetensors: a JSON header, then the elements.</summary>
    Safetensors,

    /// <summary>What <c>torch.save</c> writes since PyTorch 1.6: a ZIP archive of a pickle and the elements.</summary>
    PyTorchZip,

    /// <summary>What <c>torch.save</c> wrote before PyTorch 1.6: five pickles, then the elements.</summary>
    PyTorchLegacy,
}

/// <summary>One tensor of a file, without its elements.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">The size of each dimension.</param>
public sealed record TensorOutline(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>The number of elements.</summary>
    public long Count => Shape.Aggregate(1L, static (count, size) => count * size);

    /// <summary>The bytes that the elements take.</summary>
    public long Bytes => Count * Type.Size();
}

/// <summary>What a file of tensors holds, without the elements.</summary>
/// <param name="Format">The file's form.</param>
/// <param name="Tensors">Its tensors in its order.</param>
/// <param name="Metadata">Texts that go with them; of a checkpoint its plain values, such as the epoch.</param>
/// <param name="LeftOut">What else is in a checkpoint and is not read, such as an optimizer's state: names, and what is there.</param>
public sealed record StateOutline(
    StateFormat Format,
    IReadOnlyList<TensorOutline> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyDictionary<string, string> LeftOut)
{
    /// <summary>What every tensor's name begins with, such as <c>module.</c>, up to a dot; empty where there is no such.</summary>
    public string CommonPrefix
    {
        get
        {
            if (Tensors.Count < 2)
                return string.Empty;
            string prefix = Tensors[0].Name;
            foreach (TensorOutline tensor in Tensors)
                prefix = prefix[..prefix.AsSpan().CommonPrefixLength(tensor.Name)];
            return prefix[..(prefix.LastIndexOf('.') + 1)];
        }
    }
}
