using System.Globalization;

namespace Acclimate.Torch;

/// <summary>Where a tensor lives: <c>cpu</c>, or a CUDA card as <c>cuda:0</c>.</summary>
/// <param name="Type">libtorch's number of the kind of device: 0 CPU, 1 CUDA.</param>
/// <param name="Index">Which card; −1 where there is only one.</param>
public readonly record struct Device(int Type, int Index)
{
    private const int CpuType = 0;
    private const int CudaType = 1;
    private const int MetaType = 14;

    /// <summary>The processor.</summary>
    public static Device Cpu => new(CpuType, -1);

    /// <summary>Whether this is the processor.</summary>
    public bool IsCpu => Type == CpuType;

    /// <summary>libtorch's device of tensors that have a type and a shape but no elements.</summary>
    internal static Device Meta => new(MetaType, -1);

    internal long Packed => ((long)Type << 32) | (uint)Index;

    /// <summary>A CUDA card.</summary>
    /// <param name="index">Which one, from 0.</param>
    public static Device Cuda(int index = 0) => new(CudaType, index);

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    public static Device Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "cpu")
            return Cpu;
        if (text == "cuda")
            return Cuda();
        if (text.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            return Cuda(index);
        throw new ArgumentException($"'{text}' is not a device: expected cpu, cuda or cuda:N");
    }

    /// <summary>The device as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Type switch
    {
        CpuType => "cpu",
        CudaType => $"cuda:{Index}",
        _ => $"device {Type}:{Index}",
    };
}
