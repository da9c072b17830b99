using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Selection.Validators;

/// <summary>
/// The domains as they stood before any method touched them, which is the same for every candidate and so is worked out once: the target's
/// principal components (50 at most), each row of length 1, their neighbours, and how dense the target is where the source lies.
/// Of many samples some stand for all, evenly spaced.
/// </summary>
internal sealed class OriginalSpace(LabelFreePair pair)
{
    /// <summary>The most samples that are looked at: what is measured grows with their square.</summary>
    public const int Limit = 4000;

    private const int Dimensions = 50;

    /// <summary>The most samples that principal components are sought by, where features are no fewer.</summary>
    private const int MostWide = 1500;

    private const int Chunk = 1024;

    private (double[] Values, int Width)? target;
    private (int K, int[][] Of)? neighbours;
    private double[]? ratio;

    /// <summary>Which target samples are looked at.</summary>
    public long[] Rows { get; } = EvenlySpaced(pair.Target.Size(0), Limit);

    /// <summary>At most so many of <paramref name="count"/> places, evenly spaced.</summary>
    public static long[] EvenlySpaced(long count, int limit)
    {
        long some = Math.Min(count, limit);
        return [.. Enumerable.Range(0, (int)some).Select(i => i * count / some)];
    }

    /// <summary>The coordinates of the target's rows: [rows, k]; made in the open scope.</summary>
    public Tensor Target()
    {
        target ??= Coordinates();
        return Tensor.From(target.Value.Values, Rows.Length, target.Value.Width);
    }

    /// <summary>The k nearest others of each of the target's rows, as places among them; all others where these are fewer.</summary>
    public int[][] Neighbours(int k)
    {
        if (neighbours is not { } known || known.K != k)
            neighbours = known = (k, Nearest(k));
        return known.Of;
    }

    /// <summary>p_t(x)/p_s(x) at every source sample; nothing where a domain has a single one.</summary>
    public double[]? SourceRatio()
    {
        using TensorScope scope = TensorScope.Begin();
        return ratio ??= DensityRatio.At(pair.Source, pair.Target, pair.Source, [.. Enumerable.Range(0, (int)pair.Source.Size(0))]);
    }

    private (double[] Values, int Width) Coordinates()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor mean = pair.Target.Mean(0, keep: true), rows = pair.Target.IndexSelect(0, Tensor.From(Rows)) - mean;
        Tensor projected = rows.MatMul(Directions(rows)), lengths = projected.Norm(1, keep: true);
        return ((projected / lengths.GreaterThan(0).Where(lengths, lengths.OnesLike())).ToArray<double>(), (int)projected.Size(1));
    }

    /// <summary>The principal directions as columns, from whichever is smaller: XᵀX, or XXᵀ (of fewer samples where these are many too).</summary>
    private static Tensor Directions(Tensor rows)
    {
        long n = rows.Size(0), d = rows.Size(1);
        if (d <= MostWide)
        {
            Tensor vectors = rows.T.MatMul(rows).SymmetricEigen().Vectors;
            return vectors.Slice(1, Math.Max(0, d - Dimensions), d);
        }

        Tensor some = rows.IndexSelect(0, Tensor.From(EvenlySpaced(n, MostWide)));
        (Tensor values, Tensor left) = some.MatMul(some.T).SymmetricEigen();
        long m = some.Size(0), from = Math.Max(0, m - Dimensions);

        // Xᵀu is as long as the singular value; one of 0 has no direction.
        Tensor directions = some.T.MatMul(left.Slice(1, from, m)), strengths = values.Slice(0, from, m).Clamp(low: 0).Sqrt();
        Tensor real = strengths.GreaterThan(strengths.Max() * 1e-7);
        return directions * real.Where(1 / real.Where(strengths, strengths.OnesLike()), strengths.ZerosLike());
    }

    private int[][] Nearest(int k)
    {
        int[][] nearest = new int[Rows.Length][];
        for (int start = 0; start < Rows.Length; start += Chunk)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor all = Target(), some = all.Slice(0, start, Math.Min(start + Chunk, Rows.Length));

            // One more than is wanted, for a sample is its own nearest, or as near as its doubles.
            int asked = Math.Min(k + 1, Rows.Length);
            long[] found = Operator.Get("aten::topk").CallMany(PairwiseDistances.Squared(some, all), (long)asked, 1L, false, true)[1].ToArray<long>();
            for (int i = 0; i < some.Size(0); i++)
                nearest[start + i] = [.. found.Skip(i * asked).Take(asked).Select(static at => (int)at).Where(at => at != start + i).Take(Math.Min(k, asked - 1))];
        }

        return nearest;
    }
}
