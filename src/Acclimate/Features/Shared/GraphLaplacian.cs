using Acclimate.Discrepancies;
using Acclimate.Torch;
using Acclimate.Torch.Native;

namespace Acclimate.Features.Shared;

/// <summary>What an edge between two neighbours weighs.</summary>
public enum EdgeWeight
{
    /// <summary>The cosine of the two samples, which are neighbours by it; an edge below 0 is none.</summary>
    Cosine,

    /// <summary>exp(−‖x − y‖²/t), t the mean squared distance of neighbours; neighbours by distance.</summary>
    Heat,

    /// <summary>1; neighbours by distance.</summary>
    Binary,
}

/// <summary>
/// The Laplacian of the graph in which every sample is joined to its p nearest others: an edge stands where either of two
/// samples is among the other's p. Kept as its edges, at most 2pn of them; the n × n matrix is made only where it is asked for.
/// </summary>
/// <remarks>
/// With W the edges' weights and D = diag(W1): L = D − W, or normalised I − D^−½WD^−½, whose row and column are 0 for a
/// sample without an edge. fᵀLf is half the sum over all i and j of w_ij (f_i − f_j)², f over √D where it is normalised.
/// An edge of weight 1 from each sample to itself, as the released graphs have, changes nothing but D, and so only the
/// normalised L.
/// </remarks>
internal sealed class GraphLaplacian
{
    private const int Rows = 1024;

    // L's rows one after the other: row i has the columns and values from start[i] to start[i + 1].
    private readonly int[] start;
    private readonly int[] columns;
    private readonly double[] values;

    /// <summary>Builds the graph.</summary>
    /// <param name="samples">[n, d].</param>
    /// <param name="neighbours">p, 1 or more; all others where there are fewer.</param>
    /// <param name="weight">What an edge weighs.</param>
    /// <param name="normalised">Whether L is I − D^−½WD^−½ and not D − W.</param>
    /// <param name="loops">Whether each sample has an edge of weight 1 to itself.</param>
    public GraphLaplacian(Tensor samples, int neighbours, EdgeWeight weight, bool normalised, bool loops = false)
    {
        int n = (int)samples.Size(0);
        SortedDictionary<int, double>[] rows = Edges(samples, Math.Min(neighbours, n - 1), weight);
        double loop = loops ? 1 : 0;
        double[] degree = [.. rows.Select(row => loop + row.Values.Sum())];
        start = new int[n + 1];
        List<int> at = [];
        List<double> value = [];
        for (int i = 0; i < n; i++)
        {
            rows[i][i] = loop;
            foreach ((int j, double w) in rows[i])
            {
                double scale = !normalised ? 1 : degree[i] > 0 && degree[j] > 0 ? 1 / Math.Sqrt(degree[i] * degree[j]) : 0;
                at.Add(j);
                value.Add(scale * (i == j ? degree[i] - w : -w));
            }

            start[i + 1] = at.Count;
        }

        columns = [.. at];
        values = [.. value];
    }

    /// <summary>n.</summary>
    public int Count => start.Length - 1;

    /// <summary>L X, by the edges.</summary>
    /// <param name="x">X: [n, m], float64.</param>
    /// <returns>[n, m].</returns>
    public Tensor MatMul(Tensor x)
    {
        int m = (int)x.Size(1);
        double[] from = x.ToArray<double>(), to = new double[from.Length];
        Parallel.For(0, Count, i =>
        {
            Span<double> row = to.AsSpan(i * m, m);
            for (int e = start[i]; e < start[i + 1]; e++)
            {
                ReadOnlySpan<double> other = from.AsSpan(columns[e] * m, m);
                double value = values[e];
                for (int k = 0; k < row.Length; k++)
                    row[k] += value * other[k];
            }
        });
        return Tensor.From(to, Count, m);
    }

    /// <summary>XᵀLX: [m, m], symmetric.</summary>
    /// <param name="x">X: [n, m], float64.</param>
    public Tensor Between(Tensor x)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor product = x.T.MatMul(MatMul(x));
        return scope.Keep((product + product.T) / 2);
    }

    /// <summary>L as a matrix: [n, n], for methods whose kernel matrix is as large.</summary>
    public Tensor Dense()
    {
        double[] dense = new double[(long)Count * Count];
        for (int i = 0; i < Count; i++)
        {
            for (int e = start[i]; e < start[i + 1]; e++)
                dense[((long)i * Count) + columns[e]] = values[e];
        }

        return Tensor.From(dense, Count, Count);
    }

    /// <summary>Each sample's edges by the other end; symmetric, positive, none to itself.</summary>
    private static SortedDictionary<int, double>[] Edges(Tensor samples, int p, EdgeWeight weight)
    {
        using TensorScope all = TensorScope.Begin();
        int n = (int)samples.Size(0);
        SortedDictionary<int, double>[] rows = [.. Enumerable.Range(0, n).Select(static _ => new SortedDictionary<int, double>())];
        if (p == 0)
            return rows;
        bool cosine = weight == EdgeWeight.Cosine;
        Tensor x = cosine ? new Maps.UnitRowsMap().Apply(samples) : samples;
        List<(int I, int J, double Near)> found = [];
        for (int from = 0; from < n; from += Rows)
        {
            using TensorScope scope = TensorScope.Begin();
            int to = Math.Min(from + Rows, n);
            Tensor some = x.Slice(0, from, to);
            Tensor near = cosine ? some.MatMul(x.T) : -PairwiseDistances.Squared(some, x);

            // A sample is no neighbour of its own.
            Operator.Get("aten::fill_diagonal_").Run(near.Slice(1, from, to), double.NegativeInfinity, false);
            Tensor[] top = Operator.Get("aten::topk").CallMany(near, (long)p, 1L, true, true);
            double[] nearness = top[0].ToArray<double>();
            long[] index = top[1].ToArray<long>();
            for (int k = 0; k < index.Length; k++)
                found.Add((from + (k / p), (int)index[k], nearness[k]));
        }

        double width = cosine ? 1 : Math.Max(-found.Average(static edge => edge.Near), double.Epsilon);
        foreach ((int i, int j, double near) in found)
        {
            double w = weight switch { EdgeWeight.Cosine => near, EdgeWeight.Heat => Math.Exp(near / width), _ => 1 };
            if (w > 0)
                rows[i][j] = rows[j][i] = w;
        }

        return rows;
    }
}
