using System.Security.Cryptography;
using System.Text;
using Acclimate.Torch;
using Microsoft.Win32.SafeHandles;

namespace Acclimate.Data;

/// <summary>Samples of one shape in a file, float32, one after another and nothing else; read when they are asked for.</summary>
internal sealed class RecordFileSamples : ISamples
{
    private readonly SafeFileHandle file;
    private readonly string path;
    private readonly long bytes;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It has another size than so many samples of that shape.</exception>
    public RecordFileSamples(string path, int count, long[] shape)
    {
        this.path = path;
        Count = count;
        Shape = shape;
        bytes = BytesOf(shape);
        file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        long length = RandomAccess.GetLength(file);
        if (length == bytes * count)
            return;
        file.Dispose();
        throw new InvalidDataException($"{path} has {length} bytes; {count} samples of [{string.Join(", ", shape)}] take {bytes * count}");
    }

    public int Count { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>What one sample takes.</summary>
    public static long BytesOf(long[] shape) => shape.Aggregate(sizeof(float), static (long product, long size) => product * size);

    public Tensor Read(ReadOnlySpan<int> indices)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor all = Tensor.Empty([indices.Length, .. Shape]);
        for (int i = 0; i < indices.Length; i++)
        {
            using Tensor one = all.Select(0, i);
            if (RandomAccess.Read(file, one.Bytes, indices[i] * bytes) != bytes)
                throw new DataException($"{path}: sample {indices[i] + 1} can't be read: the file has become shorter");
        }

        return scope.Keep(all);
    }

    public string Describe(int index) => $"sample {index + 1}";

    public void Identify(IncrementalHash hash) => hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{File.GetLastWriteTimeUtc(path).Ticks}"));

    public void Dispose() => file.Dispose();
}
