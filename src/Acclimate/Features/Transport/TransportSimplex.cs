using System.Numerics;

namespace Acclimate.Features.Transport;

/// <summary>
/// Exact optimal transport by the network simplex: min Σ c_ij γ_ij subject to Σ_j γ_ij = a_i, Σ_i γ_ij = b_j, γ ≥ 0.
/// Dantzig, "Application of the Simplex Method to a Transportation Problem", 1951, on a rooted spanning tree of the n + m
/// nodes: a basis is a tree, its potentials u and v have c_ij = u_i + v_j along its arcs, and an arc with
/// c_ij &lt; u_i + v_j enters until there is none.
/// </summary>
/// <remarks>
/// <para>Everything is computed without rounding, so that it ends at an optimum and nowhere else. Masses are whole numbers,
/// perturbed as Orden proposed (1956): a′ = Ka + 1 and n more for the last target, K > 2n. Then no two parts of the masses
/// balance, every flow in a tree is above 0, each step lowers the cost, and no tree comes twice; the flows of a are those of
/// a′ over K, rounded. Costs are rounded to multiples of 2⁻³⁸ of the largest, which sums of up to 2¹⁵ of them keep in float64.</para>
/// <para>The entering arc is the best of a row, row after row in turn.</para>
/// </remarks>
internal sealed class TransportSimplex
{
    private const int CostBits = 38;
    private const int StepsBetweenLooks = 4096;

    private readonly int n;
    private readonly int m;
    private readonly double[] cost;
    private readonly long unit;

    // The tree over sources (0 to n − 1) and targets (n to n + m − 1): each node's parent, depth and siblings, and the flow
    // on the arc that joins it to its parent, which always runs from the source to the target of the two.
    private readonly int[] parent;
    private readonly int[] depth;
    private readonly int[] firstChild;
    private readonly int[] next;
    private readonly int[] previous;
    private readonly long[] flow;
    private readonly double[] potential;

    private TransportSimplex(double[] cost, long[] supply, long[] demand)
    {
        n = supply.Length;
        m = demand.Length;
        this.cost = Rounded(cost);
        unit = (2L * n) + 2;
        parent = new int[n + m];
        depth = new int[n + m];
        firstChild = new int[n + m];
        next = new int[n + m];
        previous = new int[n + m];
        flow = new long[n + m];
        potential = new double[n + m];
        Array.Fill(firstChild, -1);
        Start([.. supply.Select(a => (a * unit) + 1)], [.. demand.Select((b, j) => (b * unit) + (j == m - 1 ? n : 0))]);
    }

    /// <summary>Solves the problem.</summary>
    /// <param name="cost">c, [n, m] row by row.</param>
    /// <param name="supply">a: n whole numbers, 0 or more.</param>
    /// <param name="demand">b: m whole numbers, 1 or more, of the same sum.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>γ as the arcs (i, j, mass) with mass on them, at most n + m − 1; and the potentials u and v.</returns>
    public static (List<(int I, int J, long Mass)> Plan, double[] U, double[] V) Solve(
        double[] cost, long[] supply, long[] demand, CancellationToken cancellation = default)
    {
        if (cost.LongLength != supply.LongLength * demand.LongLength || supply.Any(a => a < 0) || demand.Any(b => b < 1) || supply.Sum() != demand.Sum())
            throw new ArgumentException("expected a cost for each source and target, supplies of 0 or more, demands of 1 or more and the same sum of both");
        TransportSimplex simplex = new(cost, supply, demand);
        simplex.Run(cancellation);
        return simplex.Optimum();
    }

    /// <summary>To multiples of a power of two.</summary>
    private static double[] Rounded(double[] cost)
    {
        double largest = cost.Max(Math.Abs);
        if (largest == 0)
            return cost;
        double step = Math.ScaleB(1, Math.ILogB(largest) + 1 - CostBits);
        return Array.ConvertAll(cost, c => Math.Round(c / step) * step);
    }

    /// <summary>
    /// The first tree: each source in turn gives to the nearest targets that still want. A source hangs under the target that
    /// it leaves wanting, a target under the source that fills it, and the last source, which fills its last target, is the root.
    /// </summary>
    private void Start(long[] supply, long[] demand)
    {
        for (int i = 0; i < n; i++)
        {
            while (supply[i] > 0)
            {
                int j = -1;
                double nearest = double.PositiveInfinity;
                for (int k = 0; k < m; k++)
                {
                    if (demand[k] > 0 && cost[((long)i * m) + k] < nearest)
                        (j, nearest) = (k, cost[((long)i * m) + k]);
                }

                bool fills = demand[j] < supply[i] || i == n - 1;
                long mass = Math.Min(supply[i], demand[j]);
                (int child, int above) = fills ? (n + j, i) : (i, n + j);
                Attach(child, above);
                flow[child] = mass;
                supply[i] -= mass;
                demand[j] -= mass;
            }
        }

        parent[n - 1] = -1;
        for (int node = After(n - 1, n - 1); node >= 0; node = After(node, n - 1))
        {
            int above = parent[node];
            depth[node] = depth[above] + 1;
            potential[node] = cost[((long)Math.Min(node, above) * m) + Math.Max(node, above) - n] - potential[above];
        }
    }

    private void Run(CancellationToken cancellation)
    {
        long steps = 0;
        for (int row = 0, quiet = 0; quiet < n; row = row + 1 == n ? 0 : row + 1)
        {
            (int j, double reduced) = BestOf(row);
            if (reduced >= 0)
            {
                quiet++;
                continue;
            }

            quiet = 0;
            Pivot(row, n + j, reduced);
            if (++steps % StepsBetweenLooks == 0)
                cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The smallest c_ij − u_i − v_j of row i, and where it is; 0 and no place where none is below 0.</summary>
    private (int J, double Reduced) BestOf(int i)
    {
        ReadOnlySpan<double> c = cost.AsSpan(i * m, m), v = potential.AsSpan(n, m);
        Vector<double> least = new(double.PositiveInfinity);
        int k = 0;
        for (; k <= m - Vector<double>.Count; k += Vector<double>.Count)
            least = Vector.Min(least, new Vector<double>(c[k..]) - new Vector<double>(v[k..]));
        double best = double.PositiveInfinity;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            best = Math.Min(best, least[lane]);
        for (; k < m; k++)
            best = Math.Min(best, c[k] - v[k]);
        if (best >= potential[i])
            return (-1, 0);
        int j = 0;
        while (c[j] - v[j] != best)
            j++;
        return (j, best - potential[i]);
    }

    /// <summary>Arc (i, j) enters, and the arc that runs dry as mass goes round the cycle through it leaves.</summary>
    private void Pivot(int i, int j, double reduced)
    {
        // From i and from j up to where the paths meet: mass that goes by (i, j) is taken from the arcs that leave a source
        // on i's path and from those that reach a target on j's.
        int x = i, y = j, leaving = -1;
        long mass = long.MaxValue;
        bool onPathOfI = false;
        while (x != y)
        {
            if (depth[x] >= depth[y])
            {
                if (x < n && flow[x] < mass)
                    (leaving, mass, onPathOfI) = (x, flow[x], true);
                x = parent[x];
            }
            else
            {
                if (y >= n && flow[y] < mass)
                    (leaving, mass, onPathOfI) = (y, flow[y], false);
                y = parent[y];
            }
        }

        for (int node = i; node != x; node = parent[node])
            flow[node] += node < n ? -mass : mass;
        for (int node = j; node != x; node = parent[node])
            flow[node] += node < n ? mass : -mass;

        // The part of the tree under the leaving arc is hung up anew by the entering one: parents turn round along the path.
        (int inside, int above) = onPathOfI ? (i, j) : (j, i);
        int root = inside;
        for (long carried = mass; ;)
        {
            (int old, long oldFlow) = (parent[inside], flow[inside]);
            Detach(inside);
            Attach(inside, above);
            flow[inside] = carried;
            if (inside == leaving)
                break;
            (above, inside, carried) = (inside, old, oldFlow);
        }

        // The entering arc's cost becomes the sum of its potentials: sources under it move by a number, targets back by it.
        double ofSources = onPathOfI ? reduced : -reduced;
        for (int node = root; node >= 0; node = After(node, root))
        {
            depth[node] = depth[parent[node]] + 1;
            potential[node] += node < n ? ofSources : -ofSources;
        }
    }

    /// <summary>The node after this one under a root, parents first; -1 after the last.</summary>
    private int After(int node, int root)
    {
        if (firstChild[node] >= 0)
            return firstChild[node];
        while (node != root && next[node] < 0)
            node = parent[node];
        return node == root ? -1 : next[node];
    }

    private void Attach(int node, int above)
    {
        parent[node] = above;
        previous[node] = -1;
        next[node] = firstChild[above];
        if (next[node] >= 0)
            previous[next[node]] = node;
        firstChild[above] = node;
    }

    private void Detach(int node)
    {
        if (previous[node] >= 0)
            next[previous[node]] = next[node];
        else
            firstChild[parent[node]] = next[node];
        if (next[node] >= 0)
            previous[next[node]] = previous[node];
    }

    private (List<(int I, int J, long Mass)> Plan, double[] U, double[] V) Optimum()
    {
        List<(int, int, long)> plan = [];
        for (int node = 0; node < n + m; node++)
        {
            long mass = (flow[node] + (unit / 2)) / unit;
            if (parent[node] >= 0 && mass > 0)
                plan.Add((Math.Min(node, parent[node]), Math.Max(node, parent[node]) - n, mass));
        }

        return (plan, potential[..n], potential[n..]);
    }
}
