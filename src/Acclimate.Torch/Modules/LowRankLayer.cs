namespace Acclimate.Torch;

/// <summary>
/// A layer that is linear in a weight W, to which a matrix of low rank can be added that learns while W stays:
/// W + (α / r) B A, A [r, inputs, …] and B [outputs, r, …]. B starts at zero, so that the layer starts as it was. Hu et al.,
/// "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022. State, beside the layer's own: <c>lora_A</c>, <c>lora_B</c>.
/// </summary>
public abstract class LowRankLayer : Module
{
    private const string NameOfA = "lora_A";
    private const string NameOfB = "lora_B";

    private double factor;

    /// <summary>W: its first size is the outputs.</summary>
    public abstract Tensor Weight { get; }

    /// <summary>The greatest rank that W can have; 0 where the layer takes no addition.</summary>
    public virtual long HighestRank => Math.Min(Weight.Size(0), Weight.Count / Weight.Size(0));

    /// <summary>A; none without an addition.</summary>
    public Tensor? LowRankA { get; private set; }

    /// <summary>B; none without an addition.</summary>
    public Tensor? LowRankB { get; private set; }

    /// <summary>Whether a name in a state is that of an A or a B.</summary>
    /// <param name="stateName">The name.</param>
    public static bool IsAddition(string stateName)
    {
        ArgumentNullException.ThrowIfNull(stateName);
        return stateName[(stateName.LastIndexOf('.') + 1)..] is NameOfA or NameOfB;
    }

    /// <summary>
    /// Adds (α / r) B A to W. A starts as the weights of layers do, evenly within ±1/√fan-in, B at zero. To keep W as it is, call
    /// <see cref="Module.Fix"/> before.
    /// </summary>
    /// <param name="rank">r, at least 1; of use up to <see cref="HighestRank"/>.</param>
    /// <param name="alpha">α, above 0.</param>
    /// <param name="generator">The source of A; on W's device.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is below 1, or α is no number above 0.</exception>
    /// <exception cref="InvalidOperationException">There is an addition already, or the layer takes none.</exception>
    public void AddLowRank(int rank, double alpha, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        if (!(alpha is > 0 and < double.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "must be a number above 0");
        if (HighestRank == 0 || LowRankA is not null)
            throw new InvalidOperationException(HighestRank == 0 ? $"{GetType().Name} in groups takes no low-rank addition" : "the layer has a low-rank addition already");
        long[] ofA = Weight.Shape, ofB = [.. ofA.Select(static _ => 1L)];
        (ofA[0], ofB[0], ofB[1]) = (rank, ofA[0], rank);
        using Tensor drawn = Initialization.Weight(ofA, generator, Weight.Type);
        LowRankA = AddParameter(NameOfA, ofA.Length == 4 ? drawn.ChannelsLast() : drawn.Clone());
        LowRankB = AddParameter(NameOfB, Tensor.Zeros(ofB, Weight.Type, generator.Device));
        factor = alpha / rank;
    }

    /// <summary>W + (α / r) B A, summed in float64 and rounded once; a copy of W where there is no addition.</summary>
    public Tensor MergedWeight()
    {
        using NoGrad noGrad = NoGrad.Begin();
        if (LowRankA is null || LowRankB is null)
            return Weight.Clone();
        using TensorScope scope = TensorScope.Begin();
        long outputs = Weight.Size(0), rank = LowRankA.Size(0);
        Tensor product = LowRankB.To(ScalarType.Float64).Reshape(outputs, rank).MatMul(LowRankA.To(ScalarType.Float64).Reshape(rank, -1));
        Tensor sum = Weight.To(ScalarType.Float64) + (product.Reshape(Weight.Shape) * factor);
        return scope.Keep(sum.To(Weight.Type));
    }

    /// <summary>A on the input: r values in place of the layer's outputs.</summary>
    private protected abstract Tensor Reduce(Tensor input, Tensor a);

    /// <summary>B on them.</summary>
    private protected abstract Tensor Expand(Tensor few, Tensor b);

    /// <summary>What W made of the input, with what the addition makes of it.</summary>
    private protected Tensor WithLowRank(Tensor output, Tensor input)
    {
        if (LowRankA is null || LowRankB is null)
            return output;
        using TensorScope scope = TensorScope.Begin();
        output.AddInPlace(Expand(Reduce(input, LowRankA) * factor, LowRankB));
        return output;
    }
}
