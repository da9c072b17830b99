namespace Acclimate.Torch;

/// <summary>An open file of tensors, all of whose claims are checked: each tensor can be read on its own.</summary>
internal abstract class StateReader(FileStream stream) : IDisposable
{
    public abstract StateOutline Outline { get; }

    protected FileStream Stream { get; } = stream;

    /// <summary>One tensor's elements, row by row, on the processor; in no scope.</summary>
    /// <param name="index">Its place in <see cref="StateOutline.Tensors"/>.</param>
    public abstract Tensor ReadTensor(int index);

    /// <summary>All tensors.</summary>
    public TensorFile ReadAll(Device device)
    {
        TensorFile file = new(Outline.Metadata);
        try
        {
            for (int i = 0; i < Outline.Tensors.Count; i++)
                file.Add(Outline.Tensors[i].Name, Moved(ReadTensor(i), device));
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return file;
    }

    public void Dispose() => Stream.Dispose();

    private static Tensor Moved(Tensor tensor, Device device)
    {
        if (device.IsCpu)
            return tensor;
        using (tensor)
            return tensor.To(device).LeaveScopes();
    }
}
