using System.Security.Cryptography;
using System.Text;
using Acclimate.Torch;

namespace Acclimate.Data.Corruptions;

/// <summary>Pictures that are made worse as they are read, each by a draw of its own.</summary>
internal sealed class CorruptedSamples(Domain pictures, Corruption corruption, long seed) : ISamples
{
    public int Count => pictures.Count;

    public IReadOnlyList<long> Shape => pictures.SampleShape;

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor clean = pictures.Read(indices);
        Tensor[] worse = new Tensor[indices.Length];
        for (int i = 0; i < worse.Length; i++)
            worse[i] = corruption.Apply(clean.Select(0, i), Generator.Derive(seed, indices[i]));
        return scope.Keep(Tensor.Stack(worse));
    }

    public string Describe(int index) => pictures.Describe(index);

    public void Identify(IncrementalHash hash)
    {
        pictures.Identify(hash);
        hash.AppendData(Encoding.UTF8.GetBytes($"{corruption} {seed}"));
    }

    public void Dispose() => pictures.Dispose();
}
