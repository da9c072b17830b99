using Acclimate.Torch.Native;

namespace Acclimate.Torch;

/// <content>Shapes and parts: views wherever libtorch makes them.</content>
public sealed partial class Tensor
{
    /// <summary>The transpose of a matrix, or a vector as it is.</summary>
    public Tensor T => Op("aten::t").Call(this);

    /// <summary>
    /// A part: a number takes one slice and drops its dimension, a range takes several, <see cref="TensorIndex.All"/>
    /// keeps a dimension whole, <see cref="TensorIndex.NewAxis"/> adds one of size 1; a tensor of indices or truth
    /// values picks elements (and copies them). Setting overwrites the part.
    /// </summary>
    /// <param name="index">One index for each of the first dimensions.</param>
    /// <exception cref="ArgumentException">More than one index is a tensor.</exception>
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get => Part(index, out Tensor? picks, out int dimension) is var part && picks is null ? part : part.Pick(picks, dimension);

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Tensor part = Part(index, out Tensor? picks, out int dimension);
            using (part)
            {
                if (picks is null)
                    part.CopyInPlace(value);
                else
                    Op("aten::index_put_").Run(part, Value.Optional(PickList(picks, dimension)), value);
            }
        }
    }

    /// <summary>The same elements in another shape; one size may be −1 and is worked out.</summary>
    /// <param name="shape">The new size of each dimension.</param>
    public Tensor Reshape(params long[] shape) => Op("aten::reshape").Call(this, shape);

    /// <summary>Dimensions from <paramref name="start"/> to <paramref name="end"/> merged into one.</summary>
    /// <param name="start">The first dimension to merge.</param>
    /// <param name="end">The last dimension to merge.</param>
    public Tensor Flatten(int start = 0, int end = -1) => Op("aten::flatten.using_ints").Call(this, start, end);

    /// <summary>The dimensions in another order.</summary>
    /// <param name="order">Which old dimension each new one is.</param>
    public Tensor Permute(params long[] order) => Op("aten::permute").Call(this, order);

    /// <summary>Two dimensions exchanged.</summary>
    /// <param name="first">One of them.</param>
    /// <param name="second">The other.</param>
    public Tensor Transpose(int first, int second) => Op("aten::transpose.int").Call(this, first, second);

    /// <summary>A dimension of size 1 put in.</summary>
    /// <param name="dimension">Where.</param>
    public Tensor Unsqueeze(int dimension) => Op("aten::unsqueeze").Call(this, dimension);

    /// <summary>A dimension of size 1 taken out.</summary>
    /// <param name="dimension">Which.</param>
    public Tensor Squeeze(int dimension) => Op("aten::squeeze.dim").Call(this, dimension);

    /// <summary>Dimensions of size 1 repeated without copying; −1 keeps a size.</summary>
    /// <param name="shape">The new size of each dimension.</param>
    public Tensor Expand(params long[] shape) => Op("aten::expand").Call(this, shape);

    /// <summary>Elements <paramref name="start"/> to <paramref name="end"/> − 1 of a dimension.</summary>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="start">The first.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="step">How far from one to the next.</param>
    public Tensor Slice(int dimension, long start, long end, long step = 1) =>
        Op("aten::slice.Tensor").Call(this, dimension, start, end, step);

    /// <summary>One slice of a dimension, which is dropped.</summary>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="at">Which slice; negative counts from the last.</param>
    public Tensor Select(int dimension, long at) => Op("aten::select.int").Call(this, dimension, at);

    /// <summary>Copies of the slices with the given indices.</summary>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="indices">A vector of whole numbers.</param>
    public Tensor IndexSelect(int dimension, Tensor indices) => Op("aten::index_select").Call(this, dimension, indices);

    /// <summary>This tensor with slices added to those of the given indices; an index may come more than once.</summary>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="indices">A vector of whole numbers.</param>
    /// <param name="slices">What is added, a slice an index.</param>
    public Tensor IndexAdd(int dimension, Tensor indices, Tensor slices) => Op("aten::index_add").Call(this, dimension, indices, slices, 1);

    /// <summary>One element from each row (or along any dimension), by its index.</summary>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="indices">Whole numbers, of as many dimensions as this tensor.</param>
    public Tensor Gather(int dimension, Tensor indices) => Op("aten::gather").Call(this, dimension, indices);

    /// <summary>Tensors joined along a dimension that they have.</summary>
    /// <param name="tensors">The tensors; their other sizes agree.</param>
    /// <param name="dimension">Which dimension.</param>
    public static Tensor Concatenate(Tensor[] tensors, int dimension = 0) => Op("aten::cat").Call(tensors, dimension);

    /// <summary>Tensors of one shape joined along a new dimension.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="dimension">Where the new dimension goes.</param>
    public static Tensor Stack(Tensor[] tensors, int dimension = 0) => Op("aten::stack").Call(tensors, dimension);

    /// <summary>The tensor cut along a dimension into parts of the given sizes.</summary>
    /// <param name="sizes">The size of each part.</param>
    /// <param name="dimension">Which dimension.</param>
    public Tensor[] Split(long[] sizes, int dimension = 0) => Op("aten::split_with_sizes").CallMany(this, sizes, dimension);

    /// <summary>The elements of each given dimension in reverse.</summary>
    /// <param name="dimensions">Which dimensions.</param>
    public Tensor Flip(params long[] dimensions) => Op("aten::flip").Call(this, dimensions);

    /// <summary>One-hot rows: a 1 at each whole number's place, in a new last dimension.</summary>
    /// <param name="classes">The size of the new dimension.</param>
    public Tensor OneHot(long classes) => Op("aten::one_hot").Call(this, classes);

    /// <summary>The diagonal of a matrix, or a matrix with this vector as its diagonal.</summary>
    public Tensor Diagonal() => Op("aten::diag").Call(this);

    /// <summary>The part that the plain indices name, and the tensor index, if there is one, with its dimension there.</summary>
    private Tensor Part(ReadOnlySpan<TensorIndex> index, out Tensor? picks, out int pickDimension)
    {
        picks = null;
        pickDimension = 0;
        int dimension = 0;
        Tensor part = this;
        try
        {
            foreach (TensorIndex item in index)
            {
                if (item.Form == TensorIndexForm.Picks)
                {
                    if (picks is not null)
                        throw new ArgumentException("only one index of a tensor can itself be a tensor");
                    picks = item.Picks;
                    pickDimension = dimension++;
                    continue;
                }

                if (item.Form == TensorIndexForm.All)
                {
                    dimension++;
                    continue;
                }

                Tensor next = item.Form switch
                {
                    TensorIndexForm.One => part.Select(dimension, item.At),
                    TensorIndexForm.NewAxis => part.Unsqueeze(dimension++),
                    _ => part.Part(dimension++, item.Range),
                };
                LetGo(part);
                part = next;
            }

            return ReferenceEquals(part, this) ? Op("aten::alias").Call(this) : part;
        }
        catch
        {
            LetGo(part);
            throw;
        }

        void LetGo(Tensor passed)
        {
            if (!ReferenceEquals(passed, this))
                passed.Dispose();
        }
    }

    private Tensor Part(int dimension, Range range)
    {
        (int offset, int length) = range.GetOffsetAndLength(checked((int)Size(dimension)));
        return Slice(dimension, offset, offset + length);
    }

    private Tensor Pick(Tensor picks, int dimension)
    {
        using (this)
            return Op("aten::index.Tensor").Call(this, Value.Optional(PickList(picks, dimension)));
    }

    private static Tensor?[] PickList(Tensor picks, int dimension)
    {
        Tensor?[] list = new Tensor?[dimension + 1];
        list[dimension] = picks;
        return list;
    }
}
