namespace Acclimate.Torch;

/// <summary>
/// Adds normal noise of a standard deviation in training; in use it changes nothing. No state: its random numbers come
/// from the generator that <see cref="UseGenerator"/> gave it.
/// </summary>
public sealed class GaussianNoise : Module
{
    private Generator? generator;

    /// <summary>Creates the layer.</summary>
    /// <param name="deviation">The noise's standard deviation, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The deviation is below 0.</exception>
    public GaussianNoise(double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviation);
        Deviation = deviation;
    }

    /// <summary>The noise's standard deviation.</summary>
    public double Deviation { get; }

    /// <inheritdoc/>
    public override void UseGenerator(Generator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        this.generator = generator;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The layer is in training and has no generator.</exception>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!Training || Deviation == 0)
            return input.Alias();
        if (generator is null)
            throw new InvalidOperationException("noise in training needs random numbers: call UseGenerator on the network first");
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(input + (Tensor.Normal(input.Shape, generator, input.Type) * Deviation));
    }
}
