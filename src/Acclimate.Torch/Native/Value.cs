using System.Runtime.InteropServices;

namespace Acclimate.Torch.Native;

/// <summary>How one argument or result crosses the boundary. Kept in step with <c>Kind</c> in bridge.cpp.</summary>
internal enum ValueKind
{
    Default = 0,
    None = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    Tensor = 5,
    IntList = 6,
    DoubleList = 7,
    TensorList = 8,
    OptionalTensorList = 9,
    Device = 10,
    Generator = 11,
    String = 12,
    BoolList = 13,
}

/// <summary>The native form of a value: <c>ac_value</c> in bridge.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public int Kind;
    public int Length;
    public long Bits;
}

/// <summary>One argument of an operator: whatever a schema can ask for, by implicit conversion.</summary>
internal readonly struct Value
{
    private Value(ValueKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    public ValueKind Kind { get; }

    public long Bits { get; }

    /// <summary>The tensor, generator, list or text, where the kind has one.</summary>
    public object? Reference { get; }

    /// <summary>Takes the default that the schema names.</summary>
    public static Value Default => default;

    public static Value None => new(ValueKind.None, 0);

    public static implicit operator Value(Tensor? tensor) =>
        tensor is null ? None : new(ValueKind.Tensor, 0, tensor.Handle);

    public static implicit operator Value(long number) => new(ValueKind.Int, number);

    public static implicit operator Value(int number) => new(ValueKind.Int, number);

    public static implicit operator Value(double number) => new(ValueKind.Double, BitConverter.DoubleToInt64Bits(number));

    public static implicit operator Value(bool flag) => new(ValueKind.Bool, flag ? 1 : 0);

    public static implicit operator Value(ScalarType type) => new(ValueKind.Int, (long)type);

    public static implicit operator Value(Device device) => new(ValueKind.Device, device.Packed);

    public static implicit operator Value(Generator? generator) =>
        generator is null ? None : new(ValueKind.Generator, 0, generator.Handle);

    public static implicit operator Value(long[]? numbers) => numbers is null ? None : new(ValueKind.IntList, 0, numbers);

    public static implicit operator Value(bool[] flags) => new(ValueKind.BoolList, 0, flags);

    public static implicit operator Value(double[] numbers) => new(ValueKind.DoubleList, 0, numbers);

    public static implicit operator Value(string? text) => text is null ? None : new(ValueKind.String, 0, text);

    public static implicit operator Value(Tensor[] tensors) => new(ValueKind.TensorList, 0, tensors);

    /// <summary>A list in which a tensor may be absent, as indexing takes it.</summary>
    public static Value Optional(Tensor?[] tensors) => new(ValueKind.OptionalTensorList, 0, tensors);
}
