namespace Acclimate.Features.StructuralRisk;

/// <summary>
/// EasyTL's linear program, exactly: min Σ_jc D_jc M_jc over 0 ≤ M ≤ 1, every sample's row of M summing to 1 and every class's
/// column to 1 at least. It is a transportation problem, whose optimal vertices give each sample a single class.
/// </summary>
/// <remarks>
/// Every sample goes to its cheapest class; then, as long as a class has none, samples are moved along the cheapest chain of
/// classes from one that can spare a sample (successive shortest paths; an optimum of the classes served so far stays one).
/// The multipliers v_c, the cheapest chain's cost to each class, and u_j = min_c (D_jc − v_c) are feasible for the dual
/// max Σ u_j + Σ v_c, so that the gap to it proves the optimum.
/// </remarks>
internal static class IntraDomainProgramming
{
    /// <summary>Solves it.</summary>
    /// <param name="costs">D: [n, C], n ≥ C.</param>
    /// <returns>The class of each sample, and the objective's excess over the dual's, relative to it.</returns>
    public static (int[] Labels, double Gap) Solve(double[,] costs)
    {
        int n = costs.GetLength(0), classes = costs.GetLength(1);
        int[] labels = [.. Enumerable.Range(0, n).Select(j => Enumerable.Range(0, classes).MinBy(c => costs[j, c]))];
        int[] counts = new int[classes];
        foreach (int label in labels)
            counts[label]++;
        for (int c = 0; c < classes; c++)
        {
            if (counts[c] == 0)
                Serve(c, costs, labels, counts);
        }

        double[] v = Chains(costs, labels, counts).Cost;
        double least = v.Min(), objective = 0, dual = v.Sum() - (least * classes);
        for (int j = 0; j < n; j++)
        {
            objective += costs[j, labels[j]];
            dual += Enumerable.Range(0, classes).Min(c => costs[j, c] - (v[c] - least));
        }

        return (labels, (objective - dual) / Math.Max(Math.Abs(objective), double.Epsilon));
    }

    /// <summary>Moves samples along the cheapest chain that ends in a class without one.</summary>
    private static void Serve(int empty, double[,] costs, int[] labels, int[] counts)
    {
        (_, int[] from, int[,] mover) = Chains(costs, labels, counts);
        counts[empty]++;
        int to = empty;
        while (from[to] >= 0)
        {
            labels[mover[from[to], to]] = to;
            to = from[to];
        }

        counts[to]--;
    }

    /// <summary>
    /// The cheapest chains to each class from one that can spare a sample (from any, where none can): what they cost, the
    /// class before the last, and which sample moves between two classes.
    /// </summary>
    private static (double[] Cost, int[] From, int[,] Mover) Chains(double[,] costs, int[] labels, int[] counts)
    {
        int classes = counts.Length;
        double[,] move = new double[classes, classes];
        int[,] mover = new int[classes, classes];
        for (int a = 0; a < classes; a++)
        {
            for (int b = 0; b < classes; b++)
                (move[a, b], mover[a, b]) = (double.PositiveInfinity, -1);
        }

        for (int j = 0; j < labels.Length; j++)
        {
            for (int c = 0; c < classes; c++)
            {
                double cost = costs[j, c] - costs[j, labels[j]];
                if (cost < move[labels[j], c])
                    (move[labels[j], c], mover[labels[j], c]) = (cost, j);
            }
        }

        // Bellman and Ford: a move may save, a cycle of them can't.
        bool spare = counts.Any(static count => count > 1);
        double[] chain = [.. counts.Select(count => count > 1 || !spare ? 0 : double.PositiveInfinity)];
        int[] from = [.. counts.Select(static _ => -1)];
        for (int round = 1; round < classes; round++)
        {
            for (int a = 0; a < classes; a++)
            {
                for (int b = 0; b < classes; b++)
                {
                    if (a != b && chain[a] + move[a, b] < chain[b])
                        (chain[b], from[b]) = (chain[a] + move[a, b], a);
                }
            }
        }

        return (chain, from, mover);
    }
}
