using System.Globalization;
using Acclimate.Features.OpenSet;
using Acclimate.Generated;
using Acclimate.Tests.Data;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Features.OpenSet;

/// <summary>The linear program of ATI-λ against everything that could be tried, and against scipy.</summary>
public sealed class ClassAssignmentTests
{
    // Whole costs: sums are exact, and ties are many.
    [Fact]
    public void Solve_SmallProblems_CostsWhatTheBestOfAllAssignmentsDoes() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            RandomStream random = new(seed);
            int classes = 1 + random.Index(3), samples = classes + random.Index(7 - classes);
            double[][] costs = [.. Enumerable.Range(0, samples).Select(_ => Enumerable.Range(0, classes + 1).Select(c => c < classes && random.Index(8) == 0 ? double.PositiveInfinity : (double)random.Index(12)).ToArray())];
            bool[] needed = [.. Enumerable.Range(0, classes).Select(_ => random.Index(4) > 0)];
            double best = Best(costs, needed);
            if (double.IsPositiveInfinity(best))
            {
                Assert.Throws<ArgumentException>(() => ClassAssignment.Solve(costs, needed));
                return;
            }

            ClassAssignment found = ClassAssignment.Solve(costs, needed);

            Assert.Equal(best, found.Cost);
            Assert.Equal(found.Cost, found.Places.Select((place, t) => costs[t][place]).Sum());
            Assert.All(Enumerable.Range(0, classes).Where(c => needed[c]), c => Assert.Contains(c, found.Places));

            // The dual proves it; its prices are sums of a few whole numbers, exact but for a large one where a class can't be reached.
            Assert.Equal(found.Cost, found.Bound, 1e-9);
        }).Check(Draws.Seeded);

    [Fact]
    public void Solve_RealCosts_EqualsScipysLinearProgram()
    {
        RandomStream random = new(3);
        const int Samples = 40, Classes = 8;
        double[][] costs = [.. Enumerable.Range(0, Samples).Select(_ => (double[])[.. Enumerable.Range(0, Classes).Select(c => (c < 4 ? 0.2 : 1) + random.Uniform()), 0.9])];
        string rows = string.Join(";", costs.Select(static row => string.Join(',', row.Select(static cost => cost.ToString("R", CultureInfo.InvariantCulture)))));
        string answer = Python.Run("scipy", $$"""
            import numpy as np
            from scipy.optimize import linprog
            d = np.array([[float(x) for x in r.split(',')] for r in '{{rows}}'.split(';')])
            n, p = d.shape
            one = np.zeros((n, n * p))
            for t in range(n): one[t, t * p:(t + 1) * p] = 1
            some = np.zeros((p - 1, n * p))
            for c in range(p - 1): some[c, c::p] = -1
            r = linprog(d.ravel(), A_ub=some, b_ub=-np.ones(p - 1), A_eq=one, b_eq=np.ones(n), bounds=(0, None), method='highs')
            print(repr(r.fun))
            """);

        ClassAssignment found = ClassAssignment.Solve(costs, [.. Enumerable.Repeat(true, Classes)]);

        // Both are sums of 40 numbers near 1; highs is exact to about 1e-9.
        double reference = double.Parse(answer, CultureInfo.InvariantCulture);
        Assert.Equal(reference, found.Cost, 1e-8);
        Assert.Equal(reference, found.Bound, 1e-8);
        Assert.True(costs.Select((row, t) => row.Min()).Sum() < found.Cost - 0.1, "the classes' constraints must bind for this to test anything");
    }

    private static double Best(double[][] costs, bool[] needed)
    {
        int places = needed.Length + 1, all = (int)Math.Pow(places, costs.Length);
        double best = double.PositiveInfinity;
        for (int code = 0; code < all; code++)
        {
            int[] at = new int[costs.Length];
            for (int t = 0, rest = code; t < at.Length; t++, rest /= places)
                at[t] = rest % places;
            if (Enumerable.Range(0, needed.Length).All(c => !needed[c] || at.Contains(c)))
                best = Math.Min(best, at.Select((place, t) => costs[t][place]).Sum());
        }

        return best;
    }
}
