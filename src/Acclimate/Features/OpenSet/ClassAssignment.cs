namespace Acclimate.Features.OpenSet;

/// <summary>
/// The cheapest assignment of samples to classes or to none of them:
/// <code>
/// min  Σ_t (Σ_c d_ct x_ct + λ o_t)   subject to   Σ_c x_ct + o_t = 1 for each sample t,   Σ_t x_ct ≥ 1 for each class c that must have one,   x, o ≥ 0.
/// </code>
/// Each column of the constraints has one entry in a sample's row and at most one in a class's, as in a flow through a network, so that
/// the matrix is totally unimodular and the linear program's optimum is whole.
/// </summary>
/// <remarks>
/// Solved as the flow that it is, by successive shortest paths: every sample goes where it is cheapest, then each class that is empty gets a
/// sample along the cheapest chain of moves from a place that can spare one. The chains' lengths at the end are the dual's prices: with them
/// <see cref="Bound"/> is a lower bound of every assignment's cost, which proves the optimum where the two are equal.
/// </remarks>
/// <param name="Places">Each sample's class, or the number of classes where it goes to none.</param>
/// <param name="Cost">What the assignment costs.</param>
/// <param name="Bound">The dual's value: no assignment costs less.</param>
internal sealed record ClassAssignment(int[] Places, double Cost, double Bound)
{
    /// <summary>Solves the linear program.</summary>
    /// <param name="costs">A row a sample: the cost of each class, and of none at the end; ∞ where a sample may not go, but one is finite.</param>
    /// <param name="needed">Which classes must get a sample.</param>
    /// <exception cref="ArgumentException">No assignment gives every such class a sample.</exception>
    public static ClassAssignment Solve(double[][] costs, bool[] needed)
    {
        int none = needed.Length, places = none + 1;
        int[] at = Array.ConvertAll(costs, static row => Array.IndexOf(row, row.Min()));
        int[] counts = new int[places];
        foreach (int place in at)
            counts[place]++;
        for (int empty = 0; empty < none; empty++)
        {
            if (needed[empty] && counts[empty] == 0)
                Fill(empty);
        }

        (double[,] moves, _) = Moves(costs, at, places);
        return new ClassAssignment(at, costs.Select((row, t) => row[at[t]]).Sum(), DualOf(costs, needed, Prices(moves, Spare, places)));

        bool Spare(int place) => place == none || !needed[place] || counts[place] > 1;

        void Fill(int empty)
        {
            (double[,] moves, int[,] movers) = Moves(costs, at, places);
            double[] distances = [.. Enumerable.Range(0, places).Select(place => Spare(place) && counts[place] > 0 ? 0.0 : double.PositiveInfinity)];
            int[] from = Relax(moves, distances);
            if (double.IsPositiveInfinity(distances[empty]))
                throw new ArgumentException("there are too few samples for every class to get one", nameof(costs));
            counts[empty]++;
            int place = empty;
            for (; from[place] >= 0; place = from[place])
                at[movers[from[place], place]] = place;
            counts[place]--;
        }
    }

    /// <summary>What the cheapest move of a sample from one place to another adds, and which sample that is.</summary>
    private static (double[,] Costs, int[,] Samples) Moves(double[][] costs, int[] at, int places)
    {
        double[,] least = new double[places, places];
        int[,] samples = new int[places, places];
        for (int i = 0; i < places * places; i++)
            least[i / places, i % places] = double.PositiveInfinity;
        for (int t = 0; t < costs.Length; t++)
        {
            for (int place = 0; place < places; place++)
            {
                double added = costs[t][place] - costs[t][at[t]];
                if (place != at[t] && added < least[at[t], place])
                    (least[at[t], place], samples[at[t], place]) = (added, t);
            }
        }

        return (least, samples);
    }

    /// <summary>Shortest distances (Bellman and Ford: moves that save are among them, cycles that save are not), and where each place is reached from.</summary>
    private static int[] Relax(double[,] moves, double[] distances)
    {
        int[] from = new int[distances.Length];
        Array.Fill(from, -1);
        for (int round = 0; round < distances.Length; round++)
        {
            bool changed = false;
            for (int a = 0; a < distances.Length; a++)
            {
                for (int b = 0; b < distances.Length; b++)
                {
                    double through = distances[a] + moves[a, b];
                    if (!(through < distances[b] - (1e-13 * (1 + Math.Abs(distances[b])))) && !(double.IsPositiveInfinity(distances[b]) && double.IsFinite(through)))
                        continue;
                    (distances[b], from[b], changed) = (through, a, true);
                }
            }

            if (!changed)
                break;
        }

        return from;
    }

    /// <summary>The dual's prices of the classes: 0 where a sample can be spared; behind what no chain reaches from there they may be large.</summary>
    private static double[] Prices(double[,] moves, Func<int, bool> spare, int places)
    {
        double far = 1;
        foreach (double move in moves)
            far += double.IsFinite(move) ? Math.Abs(move) : 0;
        double[] prices = [.. Enumerable.Range(0, places).Select(place => spare(place) ? 0 : far)];
        _ = Relax(moves, prices);
        return prices;
    }

    /// <summary>Σ_t min(λ, min_c d_ct − u_c) + Σ_c u_c for the prices u ≥ 0 of classes that must get a sample.</summary>
    private static double DualOf(double[][] costs, bool[] needed, double[] prices)
    {
        double[] u = [.. prices.Select((price, place) => place < needed.Length && needed[place] ? Math.Max(price, 0) : 0)];
        return costs.Sum(row => row.Select((cost, place) => cost - u[place]).Min()) + u.Sum();
    }
}
