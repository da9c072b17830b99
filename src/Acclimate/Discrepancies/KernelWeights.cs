namespace Acclimate.Discrepancies;

/// <summary>
/// Weights β of a family of kernels. The optimal ones make the two-sample test on Σᵤ βᵤ kᵤ as powerful as the family
/// allows: they maximise MMD² over its standard deviation. Gretton et al., "Optimal Kernel Choice for Large-Scale
/// Two-Sample Tests", NIPS 2012; DAN (Long et al., ICML 2015), equation 8.
/// </summary>
public sealed class KernelWeights
{
    /// <summary>DAN's regularisation of the covariance, ε = 0.001.</summary>
    public const double DefaultEpsilon = 1e-3;

    private KernelWeights(double[] normalised, double[]? solution)
    {
        Normalised = normalised;
        Solution = solution;
    }

    /// <summary>β scaled to the sum 1, as kernel weights are used.</summary>
    public IReadOnlyList<double> Normalised { get; }

    /// <summary>
    /// β as the quadratic programme has it, with dᵀβ = 1; none where the weights were not found by it: they are the
    /// equal ones, or no dᵤ was positive.
    /// </summary>
    public IReadOnlyList<double>? Solution { get; }

    /// <summary>1/m for each of m kernels.</summary>
    /// <param name="kernels">m, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kernels"/> is below 1.</exception>
    public static KernelWeights Equal(int kernels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kernels, 1);
        double[] weights = new double[kernels];
        Array.Fill(weights, 1.0 / kernels);
        return new KernelWeights(weights, null);
    }

    /// <summary>
    /// The β of min βᵀ(Q + εI)β subject to dᵀβ = 1 and β ≥ 0. Where no dᵤ is positive there is none: any combination of
    /// the kernels tests badly then, and the weights are equal (as in Shogun, where two of the paper's authors put it).
    /// </summary>
    /// <param name="discrepancies">d, the estimate of MMD² for each kernel.</param>
    /// <param name="covariance">Q, symmetric and positive semidefinite: <see cref="MaximumMeanDiscrepancy.QuadTupleCovariance"/>.</param>
    /// <param name="epsilon">ε, 0 or more; 0 only where Q alone is positive definite.</param>
    /// <exception cref="ArgumentException">
    /// There is no kernel, the sizes of d and Q differ, a number is not finite, or Q + εI is not symmetric positive definite.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is negative or not finite.</exception>
    public static KernelWeights Optimal(ReadOnlySpan<double> discrepancies, double[,] covariance, double epsilon = DefaultEpsilon)
    {
        Check(discrepancies, covariance, epsilon);
        int m = discrepancies.Length;
        bool anyPositive = false;
        foreach (double discrepancy in discrepancies)
            anyPositive |= discrepancy > 0;
        if (!anyPositive)
            return Equal(m);

        double[,] regularised = (double[,])covariance.Clone();
        for (int u = 0; u < m; u++)
            regularised[u, u] += epsilon;

        // x minimising ½ xᵀAx − dᵀx over x ≥ 0 meets the conditions of the programme but for its scale.
        double[] x = NonNegativeQuadratic.Minimise(regularised, discrepancies);
        double scale = 0, sum = 0;
        for (int u = 0; u < m; u++)
        {
            scale += discrepancies[u] * x[u];
            sum += x[u];
        }

        return new KernelWeights(Array.ConvertAll(x, value => value / sum), Array.ConvertAll(x, value => value / scale));
    }

    private static void Check(ReadOnlySpan<double> d, double[,] q, double epsilon)
    {
        ArgumentNullException.ThrowIfNull(q, "covariance");
        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε must be finite and 0 or more");
        int m = d.Length;
        if (m == 0)
            throw new ArgumentException("weights need one kernel or more, but no discrepancy was given", "discrepancies");
        if (q.GetLength(0) != m || q.GetLength(1) != m)
        {
            throw new ArgumentException(
                $"{m} discrepancies go with a {m} × {m} covariance, but it is {q.GetLength(0)} × {q.GetLength(1)}", "covariance");
        }

        for (int u = 0; u < m; u++)
        {
            if (!double.IsFinite(d[u]))
                throw new ArgumentException($"the discrepancy of kernel {u} is {d[u]}; it must be finite", "discrepancies");
            for (int v = 0; v < m; v++)
            {
                // Rounding in a product HHᵀ may differ between the halves by a few units in the last place.
                double slack = 1e-9 * (Math.Abs(q[u, u]) + Math.Abs(q[v, v]));
                if (!double.IsFinite(q[u, v]) || Math.Abs(q[u, v] - q[v, u]) > slack)
                    throw new ArgumentException($"the covariance at ({u}, {v}) is {q[u, v]} against {q[v, u]}; it must be finite and symmetric", "covariance");
            }
        }
    }
}
