namespace Acclimate.Selection;

/// <summary>
/// Black-box shift estimation: the class shares q that best explain what is predicted of the target,
/// min ‖M q − μ‖² over the simplex, M[i, j] the mean prediction of class i for held-out source samples of class j and μ the mean
/// prediction for the target. Lipton, Wang, Smola, ICML 2018 (their w is q/p); predictions may be one-hot or probabilities.
/// </summary>
internal static class BlackBoxShift
{
    private const int MostSteps = 5000;
    private const double Precision = 1e-10;

    /// <summary>q; 0 for a class without held-out samples.</summary>
    /// <param name="known">What is predicted of held-out source samples.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="unknown">What is predicted of the target.</param>
    /// <param name="source">The source's shares: where predictions leave q open, it stays as near to them as the search, which starts there, does.</param>
    public static double[] Shares(ClassProbabilities known, int[] labels, ClassProbabilities unknown, IReadOnlyList<double> source)
    {
        int classes = known.Classes;
        double[] counts = new double[classes];
        double[,] m = new double[classes, classes];
        for (int s = 0; s < known.Count; s++)
        {
            counts[labels[s]]++;
            for (int i = 0; i < classes; i++)
                m[i, labels[s]] += known[s][i];
        }

        int[] present = [.. Enumerable.Range(0, classes).Where(c => counts[c] > 0)];
        double[] mean = unknown.Mean();
        double[,] a = new double[present.Length, present.Length];
        double[] b = new double[present.Length];
        for (int j = 0; j < present.Length; j++)
        {
            for (int i = 0; i < classes; i++)
            {
                double own = m[i, present[j]] / counts[present[j]];
                b[j] += own * mean[i];
                for (int k = 0; k < present.Length; k++)
                    a[j, k] += own * m[i, present[k]] / counts[present[k]];
            }
        }

        double[] q = OnSimplex(a, b, Simplex.Project([.. present.Select(c => source[c])]));
        double[] shares = new double[classes];
        for (int j = 0; j < present.Length; j++)
            shares[present[j]] = q[j];
        return shares;
    }

    /// <summary>min ½ qᵀAq − bᵀq over the simplex, by projected gradient steps with momentum that starts anew where it leads uphill (O'Donoghue and Candès, 2015).</summary>
    private static double[] OnSimplex(double[,] a, double[] b, double[] start)
    {
        int n = b.Length;

        // No eigenvalue exceeds the largest sum of a row; A's entries are not negative.
        double step = 1 / Enumerable.Range(0, n).Max(i => Enumerable.Range(0, n).Sum(j => a[i, j]));
        double[] q = start, ahead = start, moved = new double[n];
        double momentum = 1;
        for (int round = 0; round < MostSteps; round++)
        {
            for (int i = 0; i < n; i++)
            {
                double slope = -b[i];
                for (int j = 0; j < n; j++)
                    slope += a[i, j] * ahead[j];
                moved[i] = ahead[i] - (step * slope);
            }

            double[] next = Simplex.Project(moved);
            double uphill = 0, change = 0, greater = (1 + Math.Sqrt(1 + (4 * momentum * momentum))) / 2;
            double[] further = new double[n];
            for (int i = 0; i < n; i++)
            {
                uphill += (ahead[i] - next[i]) * (next[i] - q[i]);
                change = Math.Max(change, Math.Abs(next[i] - ahead[i]));
                further[i] = next[i] + ((momentum - 1) / greater * (next[i] - q[i]));
            }

            (q, ahead, momentum) = uphill > 0 ? (next, next, 1) : (next, further, greater);
            if (change < Precision)
                break;
        }

        return q;
    }
}
