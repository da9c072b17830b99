using System.Diagnostics;
using System.Globalization;
using Acclimate.Discrepancies;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Discrepancies;

public sealed class KernelWeightsTests
{
    private const string SciPy = """
        import sys, numpy, scipy.optimize
        m = int(sys.argv[1]); numbers = numpy.array(sys.argv[2].split(','), dtype=float)
        d, a = numbers[:m], numbers[m:].reshape(m, m)
        found = scipy.optimize.minimize(lambda b: b @ a @ b, numpy.full(m, 1 / abs(d).sum()), jac=lambda b: 2 * a @ b, method='SLSQP',
            bounds=[(0, None)] * m, constraints={'type': 'eq', 'fun': lambda b: d @ b - 1, 'jac': lambda b: d}, options={'ftol': 1e-15, 'maxiter': 1000})
        print(found.fun)
        """;

    [Fact]
    public void Optimal_RandomProgrammes_AgreesWithEverySupportTried() =>
        Prop.ForAll(Programmes(5).ToArbitrary(), programme =>
        {
            (double[] d, double[,] q) = programme;
            IReadOnlyList<double>? found = KernelWeights.Optimal(d, q, 1e-3).Solution;
            double best = BestOfAllSupports(d, q, 1e-3);
            if (found is null)
                return double.IsPositiveInfinity(best);

            // The condition of Q + εI is at most 1e5 here: about 1e-11 of error relative to the objective.
            return Math.Abs(Objective(found, q, 1e-3) - best) <= 1e-9 * best;
        }).Check(Draws.Seeded);

    [Fact]
    public void Optimal_RandomProgrammes_MeetsTheConditionsOfOptimality() =>
        Prop.ForAll(Programmes(33).ToArbitrary(), programme =>
        {
            (double[] d, double[,] q) = programme;
            KernelWeights weights = KernelWeights.Optimal(d, q, 1e-3);
            if (weights.Solution is not { } beta)
                return d.All(value => value <= 0);
            double constraint = d.Zip(beta, (x, y) => x * y).Sum();
            double multiplier = Objective(beta, q, 1e-3);
            bool ok = Math.Abs(constraint - 1) <= 1e-9 && Math.Abs(weights.Normalised.Sum() - 1) <= 1e-12;
            for (int u = 0; u < d.Length; u++)
            {
                // Slope 2((Q + εI)β)ᵤ − 2λdᵤ: zero where βᵤ > 0, not negative where βᵤ = 0, with λ the objective.
                double slope = 1e-3 * beta[u], size = Math.Abs(multiplier * d[u]);
                for (int v = 0; v < d.Length; v++)
                {
                    slope += q[u, v] * beta[v];
                    size += Math.Abs(q[u, v] * beta[v]);
                }

                slope -= multiplier * d[u];

                // The solver's own tolerance is 1e-12 in scaled units; λ and sums of 33 terms add rounding of 1e-14 of their size.
                ok &= beta[u] >= 0 && slope >= -1e-8 * (size + multiplier) && (beta[u] == 0 || Math.Abs(slope) <= 1e-8 * (size + multiplier));
            }

            return ok;
        }).Check(Draws.Seeded);

    [Fact]
    public void Optimal_OneKernelDominates_TakesItAlone()
    {
        KernelWeights weights = KernelWeights.Optimal([1, -1], new double[,] { { 1, 0 }, { 0, 1 } }, 0);
        Assert.Equal([1.0, 0.0], weights.Normalised);
        Assert.Equal([1.0, 0.0], weights.Solution);
    }

    [Fact]
    public void Optimal_DiagonalCovariance_IsInverseVarianceTimesDiscrepancy()
    {
        // x = d / q: (1/1, 2/4, 3/2), normalised by their sum 3.
        KernelWeights weights = KernelWeights.Optimal([1, 2, 3], new double[,] { { 1, 0, 0 }, { 0, 4, 0 }, { 0, 0, 2 } }, 0);
        Loops.Near([1 / 3.0, 0.5 / 3, 1.5 / 3], weights.Normalised, 1e-15);
    }

    [Fact]
    public void Optimal_NoPositiveDiscrepancy_IsEqualWeights()
    {
        KernelWeights weights = KernelWeights.Optimal([-1, 0], new double[,] { { 1, 0 }, { 0, 1 } });
        Assert.Equal([0.5, 0.5], weights.Normalised);
        Assert.Null(weights.Solution);
    }

    [Fact]
    public void Optimal_KernelsThatCoincide_ShareTheWeight()
    {
        KernelWeights weights = KernelWeights.Optimal([1, 1], new double[,] { { 1, 1 }, { 1, 1 } });

        // Q + εI has condition 2/ε = 2000: 2000 × 1e-16.
        Loops.Near([0.5, 0.5], weights.Normalised, 1e-12);
    }

    [Fact]
    public void Optimal_WrongInput_IsRefusedByName()
    {
        double[,] one = { { 1 } };
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([], new double[0, 0]));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([1, 2], one));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([double.NaN], one));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([1], new double[,] { { double.NaN } }));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([1, 1], new double[,] { { 1, 0.5 }, { 0, 1 } }));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([1], new double[,] { { -1 } }));
        Assert.Throws<ArgumentException>(() => KernelWeights.Optimal([1, 1], new double[,] { { 1, 2 }, { 2, 1 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelWeights.Optimal([1], one, -1));
    }

    [Fact]
    public void Optimal_AgainstSciPy_IsAsGood()
    {
        const int m = 5;
        (double[] D, double[,] Q)[] programmes =
        [
            .. Programmes(m).Sample(400, new Rnd(1), 400).Where(static programme => programme.D.Length == m && programme.D.Max() > 0.1).Take(10),
        ];
        Assert.Equal(10, programmes.Length);
        foreach ((double[] d, double[,] q) in programmes)
        {
            double[,] a = (double[,])q.Clone();
            for (int u = 0; u < m; u++)
                a[u, u] += 1e-3;
            string numbers = string.Join(',', d.Concat(a.Cast<double>()).Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
            double reference = Python(SciPy, $"{m}", numbers);

            // SLSQP stops where the objective changes by 1e-15 a step; from there to the minimum is far below 1e-5 of it.
            double ours = Objective(KernelWeights.Optimal(d, q, 1e-3).Solution!, q, 1e-3);
            Assert.True(ours <= reference * (1 + 1e-9) && ours >= reference * (1 - 1e-5), $"ours {ours:R}, SciPy's {reference:R}");
        }
    }

    /// <summary>d of mixed signs, and Q = HHᵀ of any rank, for 1 to <paramref name="most"/> kernels.</summary>
    private static Gen<(double[] D, double[,] Q)> Programmes(int most)
    {
        Gen<double> number = Gen.Choose(-1000, 1000).Select(value => value / 500.0);
        return from m in Gen.Choose(1, most)
               from rank in Gen.Choose(1, m + 1)
               from d in number.ArrayOf(m)
               from h in number.ArrayOf(m * rank)
               select (d, Product(h, m, rank));
    }

    private static double[,] Product(double[] h, int m, int rank)
    {
        double[,] q = new double[m, m];
        for (int u = 0; u < m; u++)
        {
            for (int v = 0; v < m; v++)
            {
                for (int k = 0; k < rank; k++)
                    q[u, v] += h[(u * rank) + k] * h[(v * rank) + k];
            }
        }

        return q;
    }

    private static double Objective(IReadOnlyList<double> beta, double[,] q, double epsilon)
    {
        double sum = 0;
        for (int u = 0; u < beta.Count; u++)
        {
            sum += epsilon * beta[u] * beta[u];
            for (int v = 0; v < beta.Count; v++)
                sum += q[u, v] * beta[u] * beta[v];
        }

        return sum;
    }

    /// <summary>The least objective over all supports S: there β_S = A_SS⁻¹ d_S / (d_Sᵀ A_SS⁻¹ d_S), where that is not negative.</summary>
    private static double BestOfAllSupports(double[] d, double[,] q, double epsilon)
    {
        double best = double.PositiveInfinity;
        for (int mask = 1; mask < 1 << d.Length; mask++)
        {
            int[] support = [.. Enumerable.Range(0, d.Length).Where(u => (mask & (1 << u)) != 0)];
            double[] x = Eliminate(support, d, q, epsilon);
            double scale = support.Select((u, k) => d[u] * x[k]).Sum();
            if (scale <= 0 || x.Any(value => value / scale < 0))
                continue;
            double[] beta = new double[d.Length];
            for (int k = 0; k < support.Length; k++)
                beta[support[k]] = x[k] / scale;
            best = Math.Min(best, Objective(beta, q, epsilon));
        }

        return best;
    }

    /// <summary>A_SS x = d_S by Gauss–Jordan elimination with pivoting.</summary>
    private static double[] Eliminate(int[] support, double[] d, double[,] q, double epsilon)
    {
        int n = support.Length;
        double[][] rows = [.. support.Select((u, i) => support.Select((v, j) => q[u, v] + (i == j ? epsilon : 0)).Append(d[u]).ToArray())];
        for (int c = 0; c < n; c++)
        {
            int pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(rows[r][c]));
            (rows[c], rows[pivot]) = (rows[pivot], rows[c]);
            for (int r = 0; r < n; r++)
            {
                double factor = r == c ? 0 : rows[r][c] / rows[c][c];
                for (int k = c; k <= n; k++)
                    rows[r][k] -= factor * rows[c][k];
            }
        }

        return [.. rows.Select((row, i) => row[n] / row[i])];
    }

    private static double Python(string script, params string[] arguments)
    {
        string program = Environment.GetEnvironmentVariable("ACCLIMATE_PYTHON") ?? "/usr/bin/python3";
        if (!File.Exists(program))
            Assert.Skip($"there is no {program}; name a Python with scipy by ACCLIMATE_PYTHON");
        using Process process = Process.Start(new ProcessStartInfo(program, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (error.Contains("ModuleNotFoundError", StringComparison.Ordinal))
            Assert.Skip($"{program} has no scipy");
        Assert.True(process.ExitCode == 0, error);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}
