using Acclimate.Torch;

namespace Acclimate.Data.Readers;

/// <summary>A named array of a file (a MAT variable, a member of an NPZ), whose elements are read when they are wanted.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Load">Reads the elements, row by row, in whatever type they have.</param>
internal sealed record NumericArray(string Name, long[] Shape, Func<Tensor> Load)
{
    /// <summary>The length of what is one-dimensional, if need be after dropping a dimension of 1; else null.</summary>
    public long? VectorLength => Shape switch
    {
        [long n] => n,
        [long n, 1] => n,
        [1, long n] => n,
        _ => null,
    };

    public override string ToString() => $"{Name} [{string.Join(" × ", Shape)}]";
}
