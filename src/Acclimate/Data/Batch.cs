using Acclimate.Torch;

namespace Acclimate.Data;

/// <summary>Some samples, ready for a method. It owns its tensors: dispose it.</summary>
public sealed class Batch : IDisposable
{
    internal Batch(Tensor inputs, Tensor? labels, int[] indices, Tensor? values = null)
    {
        Inputs = inputs.LeaveScopes();
        Labels = labels?.LeaveScopes();
        Values = values?.LeaveScopes();
        Indices = indices;
    }

    /// <summary>The samples after preprocessing, float32, the samples along the first dimension.</summary>
    public Tensor Inputs { get; }

    /// <summary>The class of each sample, an int64 vector; null where the domain has no labels.</summary>
    public Tensor? Labels { get; }

    /// <summary>The number of each sample, a float32 vector; null where classes are learnt.</summary>
    public Tensor? Values { get; }

    /// <summary>Which samples of the domain these are.</summary>
    public int[] Indices { get; }

    /// <summary>How many samples there are.</summary>
    public int Count => Indices.Length;

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Labels?.Dispose();
        Values?.Dispose();
    }
}
