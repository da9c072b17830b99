namespace Acclimate.Torch;

/// <summary>
/// Self-attention with several heads: Vaswani et al., "Attention Is All You Need", NeurIPS 2017. Queries, keys and values
/// are maps of the input; each head has softmax(Q Kᵀ / √d) V over its d = features / heads of them, and what the heads give
/// together is mapped once more. State, as PyTorch's MultiheadAttention: <c>in_proj_weight</c> [3 · features, features] (Q, K, V
/// in this order), <c>in_proj_bias</c>, <c>out_proj.weight</c>, <c>out_proj.bias</c>. A low-rank addition
/// is one to the first map; the last has its own.
/// </summary>
public sealed class MultiheadSelfAttention : LowRankLayer
{
    private readonly int heads;
    private readonly Tensor inBias;
    private readonly Linear outward;

    /// <summary>Creates the layer; the first map's weights start as <see cref="Initialization.XavierUniform"/>, biases at 0, as PyTorch's do.</summary>
    /// <param name="features">The size of an input vector.</param>
    /// <param name="heads">Into how many heads it is cut; it divides the features.</param>
    /// <param name="generator">The source of the first weights; it decides the device.</param>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The heads don't divide the features.</exception>
    public MultiheadSelfAttention(int features, int heads, Generator generator, ScalarType type = ScalarType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentNullException.ThrowIfNull(generator);
        if (features % heads != 0)
            throw new ArgumentException($"{heads} heads don't divide {features} features", nameof(heads));
        this.heads = heads;
        Weight = AddParameter("in_proj_weight", Initialization.XavierUniform([3 * features, features], generator, type));
        inBias = AddParameter("in_proj_bias", Tensor.Zeros([3 * features], type, generator.Device));
        outward = Add("out_proj", new Linear(features, features, generator, type: type));
        using NoGrad noGrad = NoGrad.Begin();
        outward.Bias!.FillInPlace(0);
    }

    /// <summary>The first map's weight: Q, K and V.</summary>
    public override Tensor Weight { get; }

    /// <summary>Every vector of each sequence, seeing the whole of its sequence.</summary>
    /// <param name="input">Sequences, of shape [samples, length, features].</param>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using TensorScope scope = TensorScope.Begin();
        long samples = input.Size(0), length = input.Size(1), features = input.Size(2), each = features / heads;
        Tensor parts = WithLowRank(Functional.Linear(input, Weight, inBias), input).Reshape(samples, length, 3, heads, each).Permute(2, 0, 3, 1, 4);
        Tensor queries = parts.Select(0, 0) * (1 / Math.Sqrt(each)), keys = parts.Select(0, 1), values = parts.Select(0, 2);
        Tensor shares = Functional.Softmax(queries.MatMul(keys.Transpose(2, 3)));
        Tensor seen = shares.MatMul(values).Transpose(1, 2).Reshape(samples, length, features);
        return scope.Keep(outward.Forward(seen));
    }

    private protected override Tensor Reduce(Tensor input, Tensor a) => Functional.Linear(input, a);

    private protected override Tensor Expand(Tensor few, Tensor b) => Functional.Linear(few, b);
}
