namespace Acclimate.Torch;

/// <content>Many elements to one: over everything, or over the dimensions named.</content>
public sealed partial class Tensor
{
    /// <summary>The sum of all elements.</summary>
    public Tensor Sum() => Op("aten::sum").Call(this);

    /// <summary>The sum over a dimension.</summary>
    /// <param name="dimension">Which; negative counts from the last.</param>
    /// <param name="keep">Whether the dimension stays, with size 1.</param>
    public Tensor Sum(int dimension, bool keep = false) => Op("aten::sum.dim_IntList").Call(this, (long[])[dimension], keep);

    /// <summary>The mean of all elements.</summary>
    public Tensor Mean() => Op("aten::mean").Call(this);

    /// <summary>The mean over a dimension.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor Mean(int dimension, bool keep = false) => Op("aten::mean.dim").Call(this, (long[])[dimension], keep);

    /// <summary>The mean over several dimensions.</summary>
    /// <param name="dimensions">Which; negative counts from the last.</param>
    /// <param name="keep">Whether the dimensions stay, with size 1.</param>
    public Tensor Mean(long[] dimensions, bool keep = false) => Op("aten::mean.dim").Call(this, dimensions, keep);

    /// <summary>The variance over a dimension.</summary>
    /// <param name="dimension">Which; negative counts from the last.</param>
    /// <param name="unbiased">Divide by n − 1 (true) or by n.</param>
    /// <param name="keep">Whether the dimension stays, with size 1.</param>
    public Tensor Variance(int dimension, bool unbiased = true, bool keep = false) =>
        Op("aten::var.dim").Call(this, (long[])[dimension], unbiased, keep);

    /// <summary>The standard deviation over a dimension.</summary>
    /// <inheritdoc cref="Variance"/>
    public Tensor StandardDeviation(int dimension, bool unbiased = true, bool keep = false) =>
        Op("aten::std.dim").Call(this, (long[])[dimension], unbiased, keep);

    /// <summary>The greatest of all elements.</summary>
    public Tensor Max() => Op("aten::max").Call(this);

    /// <summary>The least of all elements.</summary>
    public Tensor Min() => Op("aten::min").Call(this);

    /// <summary>The greatest over a dimension.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor Max(int dimension, bool keep = false) => Op("aten::amax").Call(this, (long[])[dimension], keep);

    /// <summary>The least over a dimension.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor Min(int dimension, bool keep = false) => Op("aten::amin").Call(this, (long[])[dimension], keep);

    /// <summary>Where the greatest of a dimension stands.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor ArgMax(int dimension, bool keep = false) => Op("aten::argmax").Call(this, dimension, keep);

    /// <summary>Where the least of a dimension stands.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor ArgMin(int dimension, bool keep = false) => Op("aten::argmin").Call(this, dimension, keep);

    /// <summary>The median of all elements (the lower of two).</summary>
    public Tensor Median() => Op("aten::median").Call(this);

    /// <summary>The elements of a dimension in order, and where each stood.</summary>
    /// <param name="dimension">Which; negative counts from the last.</param>
    /// <param name="descending">Greatest first.</param>
    public (Tensor Values, Tensor Indices) Sort(int dimension = -1, bool descending = false)
    {
        Tensor[] both = Op("aten::sort").CallMany(this, dimension, descending);
        return (both[0], both[1]);
    }

    /// <summary>log Σ eˣ over a dimension, without overflow.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor LogSumExp(int dimension, bool keep = false) => Op("aten::logsumexp").Call(this, (long[])[dimension], keep);

    /// <summary>Running sums along a dimension.</summary>
    /// <param name="dimension">Which; negative counts from the last.</param>
    public Tensor CumulativeSum(int dimension) => Op("aten::cumsum").Call(this, dimension);

    /// <summary>Whether every element is true (or not 0).</summary>
    public bool All()
    {
        using Tensor all = Op("aten::all").Call(this);
        return all.ToDouble() != 0;
    }

    /// <summary>Whether any element is true (or not 0).</summary>
    public bool Any()
    {
        using Tensor any = Op("aten::any").Call(this);
        return any.ToDouble() != 0;
    }

    /// <summary>The Euclidean norm of all elements.</summary>
    public Tensor Norm() => Op("aten::linalg_vector_norm").Call(this);

    /// <summary>The Euclidean norm over a dimension.</summary>
    /// <inheritdoc cref="Sum(int, bool)"/>
    public Tensor Norm(int dimension, bool keep = false) =>
        Op("aten::linalg_vector_norm").Call(this, 2.0, (long[])[dimension], keep);

    /// <summary>√Σx² of each of several tensors, as one vector.</summary>
    /// <param name="tensors">At least one, of one type.</param>
    public static Tensor Norms(Tensor[] tensors)
    {
        using TensorScope scope = TensorScope.Begin();
        return scope.Keep(Stack(Op("aten::_foreach_norm.Scalar").CallMany(tensors, 2.0)));
    }
}
