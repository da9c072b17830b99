namespace Acclimate.Torch;

/// <summary>
/// Drops elements in training, as <see cref="Functional.Dropout"/>; in use it changes nothing. No state: its random
/// numbers come from the generator that <see cref="UseGenerator"/> gave it.
/// </summary>
public sealed class Dropout : Module
{
    private Generator? generator;

    /// <summary>Creates the layer.</summary>
    /// <param name="probability">How likely an element is dropped, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1.</exception>
    public Dropout(double probability = 0.5)
    {
        Functional.CheckProbability(probability, nameof(probability));
        Probability = probability;
    }

    /// <summary>How likely an element is dropped.</summary>
    public double Probability { get; }

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
        if (!Training || Probability == 0)
            return input.Alias();
        return generator is { } source
            ? Functional.Dropout(input, Probability, source)
            : throw new InvalidOperationException("dropout in training needs random numbers: call UseGenerator on the network first");
    }
}
