namespace Acclimate.Torch;

/// <summary>Batch normalisation of pictures: [samples, channels, height, width].</summary>
/// <inheritdoc cref="BatchNorm" path="/remarks"/>
public sealed class BatchNorm2d : BatchNorm
{
    /// <summary>Creates the layer with γ = 1, β = 0, running mean 0 and running variance 1.</summary>
    /// <param name="features">The number of channels.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="momentum">The share of a batch in the running statistics, 0 to 1.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public BatchNorm2d(
        long features, double epsilon = 1e-5, double momentum = 0.1, ScalarType type = ScalarType.Float32, Device? device = null)
        : base(features, epsilon, momentum, type, device)
    {
    }

    private protected override string ExpectedShape => "[samples, channels, height, width]";

    private protected override bool TakesRank(int rank) => rank == 4;
}
