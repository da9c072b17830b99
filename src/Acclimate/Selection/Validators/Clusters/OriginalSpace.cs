using Acclimate.Features;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// The target as it stood before any method touched it: principal components (50 at most), each row of length 1. It is the same
/// for every candidate, so it is worked out once; of many samples some stand for all, evenly spaced.
/// </summary>
internal sealed class OriginalSpace(LabelFreePair pair)
{
    /// <summary>The components that are kept.</summary>
    public const int Dimensions = 50;

    /// <summary>The most samples that are looked at: what is measured grows with their square.</summary>
    public const int Limit = 4000;

    private double[]? target;
    private int width;

    /// <summary>Which target samples are looked at.</summary>
    public long[] Rows { get; } = EvenlySpaced(pair.Target.Size(0), Limit);

    /// <summary>Their coordinates: [rows, k]; made in the open scope.</summary>
    public Tensor Target()
    {
        if (target is null)
        {
            using TensorScope scope = TensorScope.Begin();
            using Moments moments = Moments.Of(pair.Target);
            Tensor directions = moments.Principal(Dimensions).Directions;
            Tensor rows = (pair.Target.IndexSelect(0, Tensor.From(Rows)) - moments.Mean).MatMul(directions);
            Tensor lengths = rows.Norm(1, keep: true);
            width = (int)rows.Size(1);
            target = (rows / lengths.GreaterThan(0).Where(lengths, lengths.OnesLike())).ToArray<double>();
        }

        return Tensor.From(target, Rows.Length, width);
    }

    /// <summary>At most so many of <paramref name="count"/> places, evenly spaced.</summary>
    public static long[] EvenlySpaced(long count, int limit)
    {
        long some = Math.Min(count, limit);
        return [.. Enumerable.Range(0, (int)some).Select(i => i * count / some)];
    }
}
