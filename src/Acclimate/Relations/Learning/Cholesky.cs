namespace Acclimate.Relations.Learning;

/// <summary>Solves small symmetric positive definite systems: as many unknowns as a network has clauses, too few for a call into libtorch at each step.</summary>
internal static class Cholesky
{
    /// <summary>x with Ax = b, by A = LLᵀ.</summary>
    /// <param name="matrix">A, which is overwritten.</param>
    /// <param name="right">b.</param>
    public static double[] Solve(double[,] matrix, IReadOnlyList<double> right)
    {
        int n = right.Count;
        double[] solution = [.. right];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                    sum -= matrix[i, k] * matrix[j, k];
                matrix[i, j] = i == j ? Math.Sqrt(Math.Max(sum, double.Epsilon)) : sum / matrix[j, j];
            }
        }

        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < i; k++)
                solution[i] -= matrix[i, k] * solution[k];
            solution[i] /= matrix[i, i];
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < n; k++)
                solution[i] -= matrix[k, i] * solution[k];
            solution[i] /= matrix[i, i];
        }

        return solution;
    }
}
