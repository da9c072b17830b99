using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>The checks that every distance between two samples makes at its door.</summary>
internal static class Samples
{
    /// <summary>
    /// Both samples in a precision fit for the computation (half types become float32; gradients flow through).
    /// Call it inside a <see cref="TensorScope"/>.
    /// </summary>
    /// <param name="source">[n, d].</param>
    /// <param name="target">[m, d].</param>
    /// <param name="least">The fewest rows that the caller can work with.</param>
    /// <param name="purpose">What needs that many rows, for the message.</param>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or too few rows.</exception>
    public static (Tensor Source, Tensor Target) Check(Tensor source, Tensor target, int least, string purpose)
    {
        Tensor x = Check(source, nameof(source), least, purpose);
        Tensor y = Check(target, nameof(target), least, purpose);
        if (x.Size(1) != y.Size(1))
        {
            throw new ArgumentException(
                $"the source has {x.Size(1)} features and the target {y.Size(1)}; both must have the same", nameof(target));
        }

        if (x.Type != y.Type || x.Device != y.Device)
            throw new ArgumentException($"the samples must agree in type and device, but are {source} and {target}", nameof(target));
        return (x, y);
    }

    /// <summary>One sample in a precision fit for the computation.</summary>
    /// <inheritdoc cref="Check(Tensor, Tensor, int, string)"/>
    public static Tensor Check(Tensor sample, string name, int least, string purpose)
    {
        ArgumentNullException.ThrowIfNull(sample, name);
        if (sample.Rank != 2 || !sample.Type.IsFloatingPoint())
        {
            throw new ArgumentException(
                $"a sample is a floating-point matrix with one row an example, but {name} is {sample}; flatten or convert it first", name);
        }

        if (sample.Size(0) < least)
            throw new ArgumentException($"{purpose} needs {least} or more examples of each domain, but {name} has {sample.Size(0)}", name);
        return sample.Type is ScalarType.Float32 or ScalarType.Float64 ? sample : sample.To(ScalarType.Float32);
    }
}
