using System.Security.Cryptography;
using System.Text;
using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>Samples in memory, in the type that they came in: bytes stay bytes.</summary>
internal sealed class TensorSamples : ISamples
{
    private readonly Tensor all;

    /// <summary>Takes the tensor over.</summary>
    public TensorSamples(Tensor all)
    {
        long[] shape = all.Shape;
        if (shape.Length < 2 || shape[0] < 1 || shape[0] > int.MaxValue)
            throw new ArgumentException($"samples need a tensor of at least one sample by at least one feature, not [{string.Join(", ", shape)}]", nameof(all));
        if (all.Type is not (ScalarType.UInt8 or ScalarType.Float32))
            throw new ArgumentException($"samples are uint8 or float32, not {all.Type}", nameof(all));
        this.all = all.LeaveScopes();
        Count = (int)shape[0];
        Shape = shape[1..];
    }

    public int Count { get; }

    public IReadOnlyList<long> Shape { get; }

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        long[] wide = new long[indices.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = indices[i];
        using Tensor picks = Tensor.From(wide);
        return all.IndexSelect(0, picks);
    }

    public string Describe(int index) => $"sample {index + 1}";

    public void Identify(IncrementalHash hash)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{all.Type} [{string.Join(", ", all.Shape)}]\n"));
        for (int i = 0; i < Count; i++)
        {
            using Tensor one = all.Select(0, i);
            using Tensor packed = one.Contiguous();
            hash.AppendData(packed.Bytes);
        }
    }

    public void Dispose() => all.Dispose();
}
