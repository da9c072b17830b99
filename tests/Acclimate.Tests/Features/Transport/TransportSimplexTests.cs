using Acclimate.Features.Transport;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Features.Transport;

public sealed class TransportSimplexTests
{
    /// <summary>A problem: costs, and masses of the same sum.</summary>
    private sealed record Problem(double[] Cost, long[] Supply, long[] Demand)
    {
        public double Value(List<(int I, int J, long Mass)> plan) => plan.Sum(arc => arc.Mass * Cost[(arc.I * Demand.Length) + arc.J]);
    }

    [Fact]
    public void Solve_Assignments_AgreesWithEveryPermutationTried() =>
        Prop.ForAll(Assignments().ToArbitrary(), problem =>
        {
            (List<(int I, int J, long Mass)> plan, _, _) = TransportSimplex.Solve(problem.Cost, problem.Supply, problem.Demand);
            double best = Permutations(problem.Demand.Length).Min(p => p.Select((j, i) => problem.Cost[(i * p.Length) + j]).Sum());

            // Costs are rounded at 2⁻³⁸ of the largest, which is 1 at most.
            return Math.Abs(problem.Value(plan) - best) <= 1e-10 && plan.Count == problem.Demand.Length && plan.All(static arc => arc.Mass == 1);
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_AnyMasses_KeepsThemAndMeetsComplementarySlackness() =>
        Prop.ForAll(Problems().ToArbitrary(), problem =>
        {
            (List<(int I, int J, long Mass)> plan, double[] u, double[] v) = TransportSimplex.Solve(problem.Cost, problem.Supply, problem.Demand);
            int m = v.Length;
            bool ok = plan.All(static arc => arc.Mass > 0) && plan.Count <= u.Length + m - 1;
            for (int i = 0; i < u.Length; i++)
                ok &= plan.Where(arc => arc.I == i).Sum(static arc => arc.Mass) == problem.Supply[i];
            for (int j = 0; j < m; j++)
                ok &= plan.Where(arc => arc.J == j).Sum(static arc => arc.Mass) == problem.Demand[j];

            // Both sides' conditions together are optimality: no arc is cheaper than its potentials, and those in use cost as much.
            double largest = problem.Cost.Max();
            for (int k = 0; k < problem.Cost.Length; k++)
                ok &= u[k / m] + v[k % m] <= problem.Cost[k] + (1e-11 * largest);
            return ok && plan.All(arc => Math.Abs(u[arc.I] + v[arc.J] - problem.Cost[(arc.I * m) + arc.J]) <= 1e-11 * largest);
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_SidesExchanged_SameCost() =>
        Prop.ForAll(Problems().Where(static problem => problem.Supply.All(static a => a > 0)).ToArbitrary(), problem =>
        {
            int n = problem.Supply.Length, m = problem.Demand.Length;
            Problem exchanged = new([.. Enumerable.Range(0, n * m).Select(k => problem.Cost[(k % n * m) + (k / n)])], problem.Demand, problem.Supply);
            double one = problem.Value(TransportSimplex.Solve(problem.Cost, problem.Supply, problem.Demand).Plan);
            double two = exchanged.Value(TransportSimplex.Solve(exchanged.Cost, exchanged.Supply, exchanged.Demand).Plan);
            return Math.Abs(one - two) <= 1e-10 * problem.Cost.Max() * problem.Supply.Sum();
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_CostsScaledAndMovedBySide_CostMovesAlong() =>
        Prop.ForAll(Problems().ToArbitrary(), problem =>
        {
            // c′_ij = 3c_ij + i + 2j costs 3 times as much, and Σ a_i i + 2 Σ b_j j more, whatever the plan.
            int m = problem.Demand.Length;
            Problem moved = problem with { Cost = [.. problem.Cost.Select((c, k) => (3 * c) + (k / m) + (2 * (k % m)))] };
            double one = problem.Value(TransportSimplex.Solve(problem.Cost, problem.Supply, problem.Demand).Plan);
            double two = moved.Value(TransportSimplex.Solve(moved.Cost, moved.Supply, moved.Demand).Plan);
            double more = problem.Supply.Select(static (a, i) => (double)a * i).Sum() + (2 * problem.Demand.Select(static (b, j) => (double)b * j).Sum());
            return Math.Abs(two - (3 * one) - more) <= 1e-10 * moved.Cost.Max() * problem.Supply.Sum();
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_MassesThatDoNotBalance_AreRefused()
    {
        Assert.Throws<ArgumentException>(static () => TransportSimplex.Solve([1, 2], [1], [1, 1]));
        Assert.Throws<ArgumentException>(static () => TransportSimplex.Solve([1, 2], [-1, 2], [1]));
        Assert.Throws<ArgumentException>(static () => TransportSimplex.Solve([1, 2], [1], [1]));
    }

    private static Gen<Problem> Assignments() =>
        from n in Gen.Choose(1, 6)
        from cost in Costs(n * n)
        select new Problem(cost, Enumerable.Repeat(1L, n).ToArray(), Enumerable.Repeat(1L, n).ToArray());

    /// <summary>Up to 25 sources, some without mass, and up to 25 targets with; the last target takes what is left over.</summary>
    private static Gen<Problem> Problems() =>
        from n in Gen.Choose(1, 25)
        from m in Gen.Choose(1, 25)
        from supply in Gen.ArrayOf(Gen.Choose(0, 9), n)
        from demand in Gen.ArrayOf(Gen.Choose(1, 9), m)
        from cost in Costs(n * m)
        select Balanced(cost, [.. supply.Select(static a => (long)a)], [.. demand.Select(static b => (long)b)]);

    private static Problem Balanced(double[] cost, long[] supply, long[] demand)
    {
        long more = supply.Sum() - demand.Sum();
        if (more > 0)
            demand[^1] += more;
        else
            supply[0] -= more;
        return new Problem(cost, supply, demand);
    }

    /// <summary>Of many values, or of four, which makes ties.</summary>
    private static Gen<double[]> Costs(int count) =>
        from ties in Gen.Elements(4, 1_000_000)
        from whole in Gen.ArrayOf(Gen.Choose(0, ties), count)
        select Array.ConvertAll(whole, c => (double)c / ties);

    private static IEnumerable<int[]> Permutations(int n) => n == 0
        ? [[]]
        : Permutations(n - 1).SelectMany(p => Enumerable.Range(0, n).Select(at => (int[])[.. p[..at], n - 1, .. p[at..]]));
}
