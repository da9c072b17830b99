namespace Acclimate.Torch;

/// <summary>Normalisation of each row by its own statistics, as <see cref="Functional.LayerNorm"/>. State: <c>weight</c>, <c>bias</c>.</summary>
public sealed class LayerNorm : Module
{
    private readonly double epsilon;

    /// <summary>Creates the layer with γ = 1 and β = 0.</summary>
    /// <param name="features">The size of the last dimension.</param>
    /// <param name="epsilon">ε, above 0.</param>
    /// <param name="type">The element type.</param>
    /// <param name="device">Where; the processor where it is left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LayerNorm(long features, double epsilon = 1e-5, ScalarType type = ScalarType.Float32, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        this.epsilon = epsilon;
        Weight = AddParameter("weight", Tensor.Ones([features], type, device));
        Bias = AddParameter("bias", Tensor.Zeros([features], type, device));
    }

    /// <summary>γ.</summary>
    public Tensor Weight { get; }

    /// <summary>β.</summary>
    public Tensor Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LayerNorm(input, Weight, Bias, epsilon);
}
