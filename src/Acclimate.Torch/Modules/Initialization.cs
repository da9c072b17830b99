namespace Acclimate.Torch;

/// <summary>What parameters start from.</summary>
public static class Initialization
{
    /// <summary>
    /// Draws evenly from ±gain·√(3 / fan-in) with gain = √(2 / (1 + a²)): He et al., "Delving Deep into Rectifiers",
    /// ICCV 2015. With a = √5 the bound is 1/√fan-in, which is how PyTorch starts linear and convolutional layers.
    /// </summary>
    /// <param name="shape">The parameter's shape, [outputs, inputs, …]; the fan-in is the product of all sizes but the first.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="a">The slope of the leaky rectifier that follows.</param>
    /// <param name="type">The element type.</param>
    public static Tensor KaimingUniform(long[] shape, Generator generator, double a = 0, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        double gain = Math.Sqrt(2 / (1 + (a * a)));
        double bound = Math.Sqrt(3) * (gain / Math.Sqrt(FanIn(shape)));
        return Tensor.Uniform(shape, generator, -bound, bound, type);
    }

    /// <summary>
    /// Draws from N(0, 2 / fan-out): He et al., "Delving Deep into Rectifiers", ICCV 2015, in the form that keeps the
    /// gradients' size from layer to layer.
    /// </summary>
    /// <param name="shape">The parameter's shape, [outputs, inputs, …]; the fan-out is the product of all sizes but the second.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="type">The element type.</param>
    public static Tensor KaimingNormalOut(long[] shape, Generator generator, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Tensor drawn = Tensor.Normal(shape, generator, type);
        drawn.MulInPlace(Math.Sqrt(2.0 * shape[1] / Product(shape)));
        return drawn;
    }

    /// <summary>Draws from N(0, 2 / fan-in): as <see cref="KaimingNormalOut"/>, in the form that keeps the values' size from layer to layer.</summary>
    /// <param name="shape">The parameter's shape, [outputs, inputs, …]; the fan-in is the product of all sizes but the first.</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="type">The element type.</param>
    public static Tensor KaimingNormalIn(long[] shape, Generator generator, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Tensor drawn = Tensor.Normal(shape, generator, type);
        drawn.MulInPlace(Math.Sqrt(2.0 / FanIn(shape)));
        return drawn;
    }

    /// <summary>
    /// Draws evenly from ±√(6 / (fan-in + fan-out)): Glorot &amp; Bengio, "Understanding the difficulty of training deep
    /// feedforward neural networks", AISTATS 2010.
    /// </summary>
    /// <param name="shape">The parameter's shape, [outputs, inputs, …].</param>
    /// <param name="generator">The source of randomness; it decides the device.</param>
    /// <param name="type">The element type.</param>
    public static Tensor XavierUniform(long[] shape, Generator generator, ScalarType type = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        double bound = Math.Sqrt(6.0 / (FanIn(shape) + (Product(shape) / shape[1])));
        return Tensor.Uniform(shape, generator, -bound, bound, type);
    }

    /// <summary>PyTorch's default for the weight of a linear or convolutional layer.</summary>
    internal static Tensor Weight(long[] shape, Generator generator, ScalarType type) =>
        KaimingUniform(shape, generator, Math.Sqrt(5), type);

    /// <summary>PyTorch's default for the bias beside a weight of the given shape.</summary>
    internal static Tensor Bias(long[] weightShape, Generator generator, ScalarType type) =>
        Bias(weightShape, weightShape[0], generator, type);

    /// <summary>The same where the weight's first size isn't the number of outputs.</summary>
    internal static Tensor Bias(long[] weightShape, long outputs, Generator generator, ScalarType type)
    {
        double bound = 1 / Math.Sqrt(FanIn(weightShape));
        return Tensor.Uniform([outputs], generator, -bound, bound, type);
    }

    private static long FanIn(long[] shape) => Product(shape.AsSpan(1));

    private static long Product(ReadOnlySpan<long> sizes)
    {
        long product = 1;
        foreach (long size in sizes)
            product *= size;
        return product;
    }
}
