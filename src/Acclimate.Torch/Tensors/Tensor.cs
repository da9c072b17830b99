using System.Runtime.CompilerServices;
using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <summary>
/// A tensor of libtorch: an n-dimensional array with a scalar type and a device, through which gradients can flow.
/// It owns native memory: dispose it, or make it inside a <see cref="TensorScope"/>. Every method returns a fresh
/// tensor (a view where libtorch makes one); those whose names end in <c>InPlace</c> change the tensor itself.
/// </summary>
/// <exception cref="TorchException">From every member: libtorch refused the arguments; the message is its own.</exception>
public sealed unsafe partial class Tensor : IDisposable
{
    private const int MostDimensions = 16;
    private const int FactCount = 8;

    internal Tensor(long native)
    {
        Handle = new TensorHandle(native);
        TensorScope.Register(this);
    }

    /// <summary>The element type.</summary>
    public ScalarType Type => (ScalarType)ReadFact(Fact.Type);

    /// <summary>Where the elements live.</summary>
    public Device Device
    {
        get
        {
            Facts facts = ReadFacts();
            return new Device((int)facts[Fact.DeviceType], (int)facts[Fact.DeviceIndex]);
        }
    }

    /// <summary>The size of each dimension.</summary>
    public long[] Shape => ReadFacts().Shape();

    /// <summary>The number of dimensions.</summary>
    public int Rank => (int)ReadFact(Fact.Dimensions);

    /// <summary>The number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (long size in Shape)
                count *= size;
            return count;
        }
    }

    /// <summary>Whether the elements lie in memory row by row without gaps.</summary>
    public bool IsContiguous => ReadFact(Fact.Contiguous) != 0;

    internal TensorHandle Handle { get; }

    /// <summary>The scope that frees this tensor; none where its holder does.</summary>
    internal TensorScope.Frame? Scope { get; set; }

    /// <summary>The size of one dimension.</summary>
    /// <param name="dimension">Which one; negative counts from the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public long Size(int dimension)
    {
        Facts facts = ReadFacts();
        int rank = (int)facts[Fact.Dimensions];
        int at = dimension < 0 ? dimension + rank : dimension;
        if (at < 0 || at >= rank)
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"a tensor of {rank} dimensions has no dimension {dimension}");
        return facts.Size(at);
    }

    /// <summary>Takes the tensor out of every scope: whoever holds it frees it.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor LeaveScopes()
    {
        Scope = null;
        return this;
    }

    /// <summary>Frees the tensor's handle; the memory goes when no view and no graph holds it.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>Type, device and shape in short; use <see cref="ToArray{T}"/> for the values.</summary>
    public override string ToString() =>
        Handle.IsClosed ? "Tensor (disposed)" : $"Tensor {Type}[{string.Join(", ", Shape)}] on {Device}";

    private static Operator Op(string name) => Operator.Get(name);

    private long ReadFact(Fact fact) => ReadFacts()[fact];

    [SkipLocalsInit]
    private Facts ReadFacts()
    {
        Facts facts = default;
        byte* error = null;
        long* room = (long*)Unsafe.AsPointer(ref facts);
        Bridge.Check(Bridge.ac_tensor_facts(Handle, room, room + FactCount, MostDimensions, &error), error);
        return facts;
    }

    private enum Fact
    {
        Type,
        DeviceType,
        DeviceIndex,
        RequiresGrad,
        IsLeaf,
        Contiguous,
        Address,
        Dimensions,
    }

    /// <summary>The facts that the bridge reports, then the sizes.</summary>
    [InlineArray(FactCount + MostDimensions)]
    private struct Facts
    {
        private long first;

        public readonly long this[Fact fact] => Unsafe.Add(ref Unsafe.AsRef(in first), (int)fact);

        public readonly long Size(int dimension) => Unsafe.Add(ref Unsafe.AsRef(in first), FactCount + dimension);

        public readonly long[] Shape()
        {
            long[] shape = new long[this[Fact.Dimensions]];
            for (int i = 0; i < shape.Length; i++)
                shape[i] = Size(i);
            return shape;
        }
    }
}
