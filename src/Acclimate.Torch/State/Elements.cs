namespace Acclimate.Torch;

/// <summary>A tensor's elements as bytes, between memory and a stream.</summary>
internal static class Elements
{
    /// <summary>What one call moves at most: a span can't hold more than 2 GB.</summary>
    private const long ChunkBytes = 1L << 28;

    private delegate void Visit(Span<byte> bytes);

    /// <summary>A tensor on the processor, in no scope, filled from a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor is full.</exception>
    public static Tensor Read(Stream stream, ScalarType type, long[] shape)
    {
        Tensor tensor = Tensor.Empty(shape, type).LeaveScopes();
        try
        {
            ForEachChunk(tensor, stream.ReadExactly);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Writes the elements row by row, wherever they are and however they lie.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using Tensor here = tensor.To(Device.Cpu);
        using Tensor packed = here.Contiguous();
        ForEachChunk(packed, bytes => stream.Write(bytes));
    }

    private static void ForEachChunk(Tensor tensor, Visit visit)
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
}
