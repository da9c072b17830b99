namespace Acclimate.Torch;

/// <summary>y = x Wᵀ + b. State: <c>weight</c> [outputs, inputs], <c>bias</c> [outputs].</summary>
public sealed class Linear : LowRankLayer
{
    /// <summary>Creates the layer; weight and bias start evenly within ±1/√inputs, as PyTorch's do.</summary>
    /// <param name="inputs">Features that go in, at least 1.</param>
    /// <param name="outputs">Features that come out, at least 1.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <param name="bias">Whether there is a b.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Linear(long inputs, long outputs, Generator generator, bool bias = true, ScalarType type = ScalarType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        long[] shape = [outputs, inputs];
        Weight = AddParameter("weight", Initialization.Weight(shape, generator, type));
        Bias = bias ? AddParameter("bias", Initialization.Bias(shape, generator, type)) : null;
    }

    /// <summary>W.</summary>
    public override Tensor Weight { get; }

    /// <summary>b, or none.</summary>
    public Tensor? Bias { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => WithLowRank(Functional.Linear(input, Weight, Bias), input);

    private protected override Tensor Reduce(Tensor input, Tensor a) => Functional.Linear(input, a);

    private protected override Tensor Expand(Tensor few, Tensor b) => Functional.Linear(few, b);
}
