using Acclimate.Selection.Experience;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class ReflectionTests
{
    [Fact]
    public void Likelihood_ByTheInverse_IsThatOfLeavingEachOutInTurn()
    {
        Random random = new(3);
        double[][] points = [.. Enumerable.Range(0, 7).Select(_ => new[] { random.NextDouble(), random.NextDouble() })];
        double[] gains = [.. Enumerable.Range(0, 7).Select(_ => 4 * random.NextDouble())];
        const double grand = 1.5, spread = 0.7, left = 2, share = 0.6, length = 1.3;

        double expected = 0;
        for (int i = 0; i < gains.Length; i++)
        {
            int[] others = [.. Enumerable.Range(0, gains.Length).Where(j => j != i)];
            double[,] k = new double[others.Length, others.Length];
            for (int a = 0; a < others.Length; a++)
            {
                for (int b = 0; b < others.Length; b++)
                    k[a, b] = Kernel(points[others[a]], points[others[b]]) + (a == b ? (1 - share) * left : 0);
            }

            double[] with = [.. others.Select(j => Kernel(points[i], points[j]))];
            double mean = grand + with.Zip(Solve(k, [.. others.Select(j => gains[j] - grand)]), static (x, y) => x * y).Sum();
            double variance = spread + left - with.Zip(Solve(k, with), static (x, y) => x * y).Sum();
            expected -= 0.5 * ((Math.Pow(gains[i] - mean, 2) / variance) + Math.Log(2 * Math.PI * variance));
        }

        // Both solve well-conditioned systems of six or seven in float64: rounding is below 1e-12 of sums near ten.
        Assert.Equal(expected, Reflection.Likelihood(points, gains, grand, spread, left, share, length), 1e-9);

        static double Kernel(double[] a, double[] b) =>
            spread + (share * left * Math.Exp(-a.Zip(b, static (x, y) => (x - y) * (x - y)).Sum() / (2 * a.Length * length * length)));
    }

    [Fact]
    public void Expect_WhereThePairDecides_SaysWhichMethodFits()
    {
        // "near" gains where domains are close, "far" where they are apart; neither is better on the whole.
        Reflection learnt = Reflection.Learn([.. Pairs(40).SelectMany(static pair => new[]
        {
            Some.Experience("near", 10 * (1 - pair.ADistance), pair, $"t{pair.SourceSamples}"),
            Some.Experience("far", 10 * (pair.ADistance - 1), pair, $"t{pair.SourceSamples}"),
        })]);

        Assert.True(learnt.Share > 0, $"q = {learnt.Share}");
        Assert.Equal(["near", "far"], learnt.Order(Some.Pair with { ADistance = 0.3 }, ["far", "near"]));
        Assert.Equal(["far", "near"], learnt.Order(Some.Pair with { ADistance = 1.7 }, ["near", "far"]));
    }

    [Fact]
    public void Expect_WhereThePairTellsNothing_ShrinksToTheMethodsMean()
    {
        Random random = new(5);
        Reflection learnt = Reflection.Learn([.. Pairs(40).SelectMany(pair => new[]
        {
            Some.Experience("good", 5 + random.NextDouble() - 0.5, pair, $"t{pair.SourceSamples}"),
            Some.Experience("bad", -5 + random.NextDouble() - 0.5, pair, $"t{pair.SourceSamples}"),
        })]);

        // The means of 40 numbers with a deviation of 0.29 are within 0.2 of 5 (four standard errors); fitting noise may add no more than it has.
        foreach (PairStatistics pair in Pairs(10))
        {
            Assert.Equal(5, learnt.Expect(pair, "good").Gain, 0.7);
            Assert.Equal(-5, learnt.Expect(pair, "bad").Gain, 0.7);
        }
    }

    [Fact]
    public void Expect_OfAMethodThatNobodyTried_IsTheMeanAndWide()
    {
        Reflection learnt = Reflection.Learn([Some.Experience("a", 2), Some.Experience("b", 4)]);

        ExpectedGain unknown = learnt.Expect(Some.Pair, "c"), known = learnt.Expect(Some.Pair, "a");

        Assert.Equal(3, unknown.Gain, 1e-12);
        Assert.Equal(0, unknown.Pairs);
        Assert.Equal(1, known.Pairs);
        Assert.True(known.Deviation < unknown.Deviation);
    }

    [Fact]
    public void Learn_SeveralTimesOnOnePair_CountsItOnce()
    {
        Reflection once = Reflection.Learn([Some.Experience("a", 2), Some.Experience("b", 6)]);
        Reflection often = Reflection.Learn([Some.Experience("a", 1), Some.Experience("a", 3), Some.Experience("b", 6)]);
        Assert.Equal(once.Expect(Some.Pair, "a"), often.Expect(Some.Pair, "a"));
    }

    [Fact]
    public void Learn_WithoutAKnownGain_IsRefused() =>
        Assert.Throws<ArgumentException>(static () => Reflection.Learn([Some.Experience("a", null)]));

    private static IEnumerable<PairStatistics> Pairs(int count) => Enumerable.Range(0, count).Select(i =>
    {
        Random random = new(100 + i);
        return Some.Pair with { SourceSamples = 500 + (10 * i), ADistance = 2 * random.NextDouble(), Confidence = random.NextDouble(), Mmd = 0.1 * random.NextDouble() };
    });

    /// <summary>Gauss–Jordan with pivots.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        int n = right.Length;
        double[,] a = (double[,])matrix.Clone();
        double[] b = [.. right];
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(a[row, column]));
            for (int j = 0; j < n; j++)
                (a[column, j], a[pivot, j]) = (a[pivot, j], a[column, j]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (int row = 0; row < n; row++)
            {
                if (row == column)
                    continue;
                double factor = a[row, column] / a[column, column];
                for (int j = 0; j < n; j++)
                    a[row, j] -= factor * a[column, j];
                b[row] -= factor * b[column];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => b[i] / a[i, i])];
    }
}
