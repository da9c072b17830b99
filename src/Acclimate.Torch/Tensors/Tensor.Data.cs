using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <content>Making tensors, and moving their elements in and out.</content>
public sealed unsafe partial class Tensor
{
    /// <summary>A tensor with a copy of the given elements.</summary>
    /// <typeparam name="T">The element type; it decides the scalar type.</typeparam>
    /// <param name="elements">The elements, row by row.</param>
    /// <param name="shape">The size of each dimension; one dimension of all elements where it is left out.</param>
    /// <exception cref="ArgumentException">The shape holds another number of elements, or no scalar type fits.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> elements, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        long[] sizes = shape.Length == 0 ? [elements.Length] : shape.ToArray();
        long wanted = 1;
        foreach (long size in sizes)
            wanted *= size;
        if (wanted != elements.Length)
            throw new ArgumentException($"a tensor of shape [{string.Join(", ", sizes)}] holds {wanted} elements, but {elements.Length} were given");
        Tensor tensor = Empty(sizes, ScalarTypes.Of<T>());
        elements.CopyTo(new Span<T>((void*)tensor.Address, elements.Length));
        return tensor;
    }

    /// <summary>A tensor with a copy of the given elements.</summary>
    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public static Tensor From<T>(T[] elements, params ReadOnlySpan<long> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(elements);
        return From((ReadOnlySpan<T>)elements, shape);
    }

    /// <summary>A tensor of no dimensions that holds one number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="type">The element type.</param>
    public static Tensor Scalar(double number, ScalarType type = ScalarType.Float32) => Full([], number, type);

    /// <summary>A tensor whose elements are whatever the memory held.</summary>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    public static Tensor Empty(long[] shape, ScalarType type = ScalarType.Float32, Device? device = null) =>
        Op("aten::empty.memory_format").Call(shape, type, Value.None, device ?? Device.Cpu);

    /// <summary>A tensor of zeros.</summary>
    /// <inheritdoc cref="Empty"/>
    public static Tensor Zeros(long[] shape, ScalarType type = ScalarType.Float32, Device? device = null) =>
        Op("aten::zeros").Call(shape, type, Value.None, device ?? Device.Cpu);

    /// <summary>A tensor of ones.</summary>
    /// <inheritdoc cref="Empty"/>
    public static Tensor Ones(long[] shape, ScalarType type = ScalarType.Float32, Device? device = null) =>
        Op("aten::ones").Call(shape, type, Value.None, device ?? Device.Cpu);

    /// <summary>A tensor of one number throughout.</summary>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="number">The number.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    public static Tensor Full(long[] shape, double number, ScalarType type = ScalarType.Float32, Device? device = null) =>
        Op("aten::full").Call(shape, number, type, Value.None, device ?? Device.Cpu);

    /// <summary>The identity matrix.</summary>
    /// <param name="size">Rows and columns.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    public static Tensor Eye(long size, ScalarType type = ScalarType.Float32, Device? device = null) =>
        Op("aten::eye").Call(size, type, Value.None, device ?? Device.Cpu);

    /// <summary>The whole numbers from 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    public static Tensor Arange(long count, ScalarType type = ScalarType.Int64, Device? device = null) =>
        Op("aten::arange").Call(count, type, Value.None, device ?? Device.Cpu);

    /// <summary>Numbers drawn from N(0, 1).</summary>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="type">The element type.</param>
    public static Tensor Normal(long[] shape, Generator generator, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return Op("aten::randn.generator").Call(shape, generator, type, Value.None, generator.Device);
    }

    /// <summary>Numbers drawn evenly from [low, high).</summary>
    /// <param name="shape">The size of each dimension.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="low">The lower end.</param>
    /// <param name="high">The upper end.</param>
    /// <param name="type">The element type.</param>
    public static Tensor Uniform(long[] shape, Generator generator, double low = 0, double high = 1, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(generator);
        using Tensor empty = Empty(shape, type, generator.Device);
        return Op("aten::uniform_").Call(empty, low, high, generator);
    }

    /// <summary>The whole numbers from 0 to <paramref name="count"/> − 1 in random order.</summary>
    /// <param name="count">How many.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    public static Tensor Permutation(long count, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return Op("aten::randperm.generator").Call(count, generator, ScalarType.Int64, Value.None, generator.Device);
    }

    /// <summary>Ones with probability <paramref name="probability"/>, else zeros, in this tensor's shape and type.</summary>
    /// <param name="probability">From 0 to 1.</param>
    /// <param name="generator">The source of randomness, on the tensor's device.</param>
    public Tensor BernoulliLike(double probability, Generator generator)
    {
        using Tensor empty = EmptyLike();
        return Op("aten::bernoulli_.float").Call(empty, probability, generator);
    }

    /// <summary>A tensor of this one's shape, type and device with undefined elements.</summary>
    public Tensor EmptyLike() => Op("aten::empty_like").Call(this);

    /// <summary>A tensor of zeros of this one's shape, type and device.</summary>
    public Tensor ZerosLike() => Op("aten::zeros_like").Call(this);

    /// <summary>A tensor of ones of this one's shape, type and device.</summary>
    public Tensor OnesLike() => Op("aten::ones_like").Call(this);

    /// <summary>A copy of the elements, row by row, converted where <typeparamref name="T"/> is not the tensor's own type.</summary>
    /// <typeparam name="T">The element type wanted.</typeparam>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        T[] elements = new T[Count];
        CopyTo(elements.AsSpan());
        return elements;
    }

    /// <summary>Copies the elements, row by row, converting where <typeparamref name="T"/> is not the tensor's own type.</summary>
    /// <typeparam name="T">The element type wanted.</typeparam>
    /// <param name="destination">Where to; as many elements as the tensor has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        if (destination.Length != Count)
            throw new ArgumentException($"the tensor has {Count} elements, the destination {destination.Length}");
        using NoGrad noGrad = NoGrad.Begin();
        using Tensor converted = To(ScalarTypes.Of<T>());
        using Tensor here = converted.To(Device.Cpu);
        using Tensor packed = here.Contiguous();
        new ReadOnlySpan<T>((void*)packed.Address, destination.Length).CopyTo(destination);
    }

    /// <summary>The one element, as a number.</summary>
    /// <exception cref="TorchException">There is more than one element, or none.</exception>
    public double ToDouble() => Op("aten::item").CallNumber(this);

    /// <summary>The one element, as a whole number.</summary>
    /// <exception cref="TorchException">There is more than one element, or none.</exception>
    public long ToInt64() => (long)ToDouble();

    /// <summary>The elements in another type; a second handle on the same ones where they have it already.</summary>
    /// <param name="type">The type wanted.</param>
    public Tensor To(ScalarType type) => Op("aten::to.dtype").Call(this, type);

    /// <summary>The elements on another device; a second handle on the same ones where they are there already.</summary>
    /// <param name="device">The device wanted.</param>
    public Tensor To(Device device) => Op("aten::to.dtype_layout").Call(this, Value.None, Value.None, device);

    /// <summary>A copy with memory of its own; gradients flow through it.</summary>
    public Tensor Clone() => Op("aten::clone").Call(this);

    /// <summary>The elements row by row without gaps; a second handle on the same ones where they lie so already.</summary>
    public Tensor Contiguous() => Op("aten::contiguous").Call(this);

    /// <summary>
    /// The elements of an N×C×H×W tensor with the channels of a pixel side by side in memory. Same shape, same values;
    /// a convolution with such a weight works, and hands on its output, in this layout, which is the faster one.
    /// </summary>
    public Tensor ChannelsLast()
    {
        const int channelsLast = 2;

        // A single channel lies the same in either layout, and `contiguous` would hand the tensor back with strides by
        // which a convolution takes it for the other one; only a copy has those that name the layout.
        return Op(Size(1) == 1 ? "aten::clone" : "aten::contiguous").Call(this, channelsLast);
    }

    /// <summary>Overwrites the elements with another tensor's, converting and broadcasting as needed.</summary>
    /// <param name="source">The tensor to copy from.</param>
    public void CopyInPlace(Tensor source) => Op("aten::copy_").Run(this, source);

    /// <summary>Overwrites every element with a number.</summary>
    /// <param name="number">The number.</param>
    public void FillInPlace(double number) => Op("aten::fill_.Scalar").Run(this, number);

    /// <summary>The raw bytes of the elements, row by row; they live as long as the tensor.</summary>
    /// <exception cref="InvalidOperationException">The elements are not contiguous memory of the processor.</exception>
    internal Span<byte> Bytes
    {
        get
        {
            Facts facts = ReadFacts();
            if (facts[Fact.Contiguous] == 0 || facts[Fact.DeviceType] != Device.Cpu.Type)
                throw new InvalidOperationException($"the bytes of {this} can't be reached: it must be contiguous and on the processor");
            return new Span<byte>((void*)facts[Fact.Address], checked((int)(Count * Type.Size())));
        }
    }

    /// <summary>Where the first element lies: views that begin at one place have one address.</summary>
    internal nint Address => (nint)ReadFact(Fact.Address);
}
