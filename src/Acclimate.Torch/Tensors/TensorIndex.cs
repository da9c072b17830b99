namespace Acclimate.Torch;

internal enum TensorIndexForm
{
    All,
    NewAxis,
    One,
    Range,
    Picks,
}

/// <summary>What a tensor can be indexed by: a number, a range, another tensor, all, or a new axis.</summary>
public readonly struct TensorIndex
{
    private TensorIndex(TensorIndexForm form, long at = 0, Range range = default, Tensor? picks = null)
    {
        Form = form;
        At = at;
        Range = range;
        Picks = picks;
    }

    /// <summary>The whole of a dimension.</summary>
    public static TensorIndex All => new(TensorIndexForm.All);

    /// <summary>A new dimension of size 1.</summary>
    public static TensorIndex NewAxis => new(TensorIndexForm.NewAxis);

    internal TensorIndexForm Form { get; }

    internal long At { get; }

    internal Range Range { get; }

    internal Tensor? Picks { get; }

    /// <summary>One slice; negative counts from the last.</summary>
    public static implicit operator TensorIndex(long at) => new(TensorIndexForm.One, at);

    /// <summary>One slice; negative counts from the last.</summary>
    public static implicit operator TensorIndex(int at) => new(TensorIndexForm.One, at);

    /// <summary>One slice, as <c>^1</c> for the last.</summary>
    public static implicit operator TensorIndex(Index at) => new(TensorIndexForm.One, at.IsFromEnd ? -at.Value : at.Value);

    /// <summary>Several slices, as <c>2..5</c>.</summary>
    public static implicit operator TensorIndex(Range range) => new(TensorIndexForm.Range, range: range);

    /// <summary>The slices that a tensor of whole numbers or truth values names.</summary>
    public static implicit operator TensorIndex(Tensor picks) => new(TensorIndexForm.Picks, picks: picks);
}
