using Acclimate.Torch;

namespace Acclimate.Backbones;

/// <summary>A part of a backbone that is more than a chain, and knows where adapters go in it: behind it, unless it says otherwise.</summary>
internal abstract class Block : Module
{
    private BottleneckAdapter? adapter;

    /// <summary>How many features or maps come out of it.</summary>
    public abstract long Outputs { get; }

    /// <summary>Adds adapters of a size.</summary>
    public virtual void AddAdapters(int size, Generator generator) => adapter = Add("adapter", new BottleneckAdapter(Outputs, size, maps: true, generator));

    /// <summary>What comes out of the block, through its adapter where it has one.</summary>
    protected Tensor Adapted(Tensor output) => adapter is null ? output : adapter.Forward(output);
}
