namespace Acclimate.Torch;

/// <summary>The type of a tensor's elements. The numbers are libtorch's own.</summary>
public enum ScalarType
{
    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 0,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 1,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 2,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 3,

    /// <summary>Signed 64-bit integer; what labels and indices are.</summary>
    Int64 = 4,

    /// <summary>IEEE 16-bit floating point.</summary>
    Float16 = 5,

    /// <summary>IEEE 32-bit floating point; what tensors are unless said otherwise.</summary>
    Float32 = 6,

    /// <summary>IEEE 64-bit floating point.</summary>
    Float64 = 7,

    /// <summary>Truth value, one byte.</summary>
    Bool = 11,

    /// <summary>16-bit floating point with the exponent range of <see cref="Float32"/>.</summary>
    BFloat16 = 15,
}

/// <summary>Facts about scalar types.</summary>
public static class ScalarTypes
{
    /// <summary>Bytes an element takes.</summary>
    /// <param name="type">The type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one of <see cref="ScalarType"/>.</exception>
    public static int Size(this ScalarType type) => type switch
    {
        ScalarType.UInt8 or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a scalar type that is supported"),
    };

    /// <summary>Whether the type is a floating-point one.</summary>
    /// <param name="type">The type.</param>
    public static bool IsFloatingPoint(this ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>The scalar type that holds a .NET element type.</summary>
    /// <typeparam name="T">float, double, long, int, short, sbyte, byte, bool, Half or BFloat16's raw bits are not supported.</typeparam>
    /// <exception cref="ArgumentException">There is none for <typeparamref name="T"/>.</exception>
    public static ScalarType Of<T>()
        where T : unmanaged =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(short) ? ScalarType.Int16
        : typeof(T) == typeof(sbyte) ? ScalarType.Int8
        : typeof(T) == typeof(byte) ? ScalarType.UInt8
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : typeof(T) == typeof(Half) ? ScalarType.Float16
        : throw new ArgumentException($"no tensor holds elements of type {typeof(T).Name}");
}
