namespace Acclimate.Discrepancies;

/// <summary>min ½ xᵀAx − bᵀx over x ≥ 0 for a symmetric positive definite A, exactly, by an active set.</summary>
/// <remarks>Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23, with A and b in place of EᵀE and Eᵀf.</remarks>
internal static class NonNegativeQuadratic
{
    /// <summary>A slope smaller than this, where A has a unit diagonal and b's greatest entry is 1, is rounding.</summary>
    private const double Tolerance = 1e-12;

    private const int RoundsPerVariable = 100;

    /// <summary>The one minimiser.</summary>
    /// <param name="a">A, symmetric.</param>
    /// <param name="b">b.</param>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static double[] Minimise(double[,] a, ReadOnlySpan<double> b)
    {
        int m = b.Length;

        // Variables in units in which A has a unit diagonal and b a greatest entry of 1: slopes can then be compared.
        double[] unit = new double[m];
        double[] right = new double[m];
        double greatest = 0;
        for (int i = 0; i < m; i++)
        {
            if (!(a[i, i] > 0))
                throw NotDefinite();
            unit[i] = 1 / Math.Sqrt(a[i, i]);
            right[i] = b[i] * unit[i];
            greatest = Math.Max(greatest, Math.Abs(right[i]));
        }

        double[,] matrix = new double[m, m];
        for (int i = 0; i < m; i++)
        {
            if (greatest > 0)
                right[i] /= greatest;
            for (int j = 0; j < m; j++)
                matrix[i, j] = a[i, j] * unit[i] * unit[j];
        }

        // Only a factor of the whole shows that the matrix is definite: the active set may never free every variable.
        SolveOn([.. Enumerable.Range(0, m)], matrix, right);
        double[] x = MinimiseScaled(matrix, right);
        for (int i = 0; i < m; i++)
            x[i] *= unit[i] * greatest;
        return x;
    }

    private static double[] MinimiseScaled(double[,] a, double[] b)
    {
        int m = b.Length;
        double[] x = new double[m];
        List<int> free = [];
        HashSet<int> refused = [];

        // Each round lowers the objective, so none repeats; the bound only keeps rounding from making one.
        for (int round = 0; round < RoundsPerVariable * m && free.Count < m; round++)
        {
            int enters = Steepest(a, b, x, free, refused);
            if (enters < 0)
                break;
            free.Add(enters);
            double[] solution = SolveOn(free, a, b);

            // In exact arithmetic the variable that enters becomes positive; where rounding denies it, it stays out.
            if (solution[^1] <= 0)
            {
                free.RemoveAt(free.Count - 1);
                refused.Add(enters);
                continue;
            }

            refused.Clear();
            while (!MoveTowards(solution, x, free))
                solution = SolveOn(free, a, b);
        }

        return x;
    }

    /// <summary>The variable at 0 along which the objective falls fastest; −1 where it falls along none.</summary>
    private static int Steepest(double[,] a, double[] b, double[] x, List<int> free, HashSet<int> refused)
    {
        int best = -1;
        double steepest = Tolerance;
        for (int i = 0; i < b.Length; i++)
        {
            if (free.Contains(i) || refused.Contains(i))
                continue;
            double slope = b[i];
            for (int j = 0; j < b.Length; j++)
                slope -= a[i, j] * x[j];
            if (slope > steepest)
                (best, steepest) = (i, slope);
        }

        return best;
    }

    /// <summary>
    /// Moves x to the solution on the free variables, or towards it until the first of them reaches 0; those at 0 are
    /// free no longer. True where the solution was reached.
    /// </summary>
    private static bool MoveTowards(double[] solution, double[] x, List<int> free)
    {
        double step = 1;
        int first = -1;
        for (int k = 0; k < free.Count; k++)
        {
            double from = x[free[k]];
            double reach = solution[k] > 0 ? 1 : from / (from - solution[k]);
            if (reach < step || (solution[k] <= 0 && first < 0))
                (step, first) = (Math.Min(reach, step), k);
        }

        for (int k = 0; k < free.Count; k++)
            x[free[k]] = first < 0 ? solution[k] : x[free[k]] + (step * (solution[k] - x[free[k]]));
        if (first < 0)
            return true;
        x[free[first]] = 0;
        for (int k = free.Count - 1; k >= 0; k--)
        {
            if (x[free[k]] <= 0)
            {
                x[free[k]] = 0;
                free.RemoveAt(k);
            }
        }

        return false;
    }

    /// <summary>The solution of A x = b with every variable that is not free left out, by Cholesky.</summary>
    private static double[] SolveOn(List<int> free, double[,] a, double[] b)
    {
        int n = free.Count;
        double[,] l = new double[n, n];
        double[] x = new double[n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = a[free[i], free[j]];
                for (int k = 0; k < j; k++)
                    sum -= l[i, k] * l[j, k];
                if (i == j && !(sum > 0))
                    throw NotDefinite();
                l[i, j] = i == j ? Math.Sqrt(sum) : sum / l[j, j];
            }

            double below = b[free[i]];
            for (int k = 0; k < i; k++)
                below -= l[i, k] * x[k];
            x[i] = below / l[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
                x[i] -= l[k, i] * x[k];
            x[i] /= l[i, i];
        }

        return x;
    }

    private static ArgumentException NotDefinite() =>
        new("the regularised covariance of the kernels is not positive definite; pass a covariance that is, or a larger ε");
}
