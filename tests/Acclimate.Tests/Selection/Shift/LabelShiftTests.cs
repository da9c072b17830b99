using Acclimate.Selection;
using Acclimate.Tests.Selection.Validators;
using Acclimate.TestSupport;
using Acclimate.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Selection.Shift;

public sealed class LabelShiftTests
{
    /// <summary>Each estimate as what it minimises or maximises, by SciPy's sequential quadratic programming; the temperature by Brent's method.</summary>
    private const string Reference = """
        from scipy.optimize import minimize, minimize_scalar
        p = np.bincount(ys, minlength=C) / len(ys)
        def simplex(f, g):
            best = None
            for start in [p] + [0.1 / C + 0.9 * np.eye(C)[c] for c in range(C)]:
                r = minimize(f, start, jac=g, method="SLSQP", bounds=[(0, 1)] * C, constraints=dict(type="eq", fun=lambda q: q.sum() - 1, jac=lambda q: np.ones(C)), options=dict(ftol=1e-16, maxiter=2000))
                if best is None or r.fun < best.fun: best = r
            return best.x
        def bbse(known, y, unknown):
            M = np.stack([known[y == c].mean(0) for c in range(C)], 1)
            mu = unknown.mean(0)
            return simplex(lambda q: ((M @ q - mu) ** 2).sum(), lambda q: 2 * M.T @ (M @ q - mu))
        def sharp(x, power):
            x = x ** power
            return x / x.sum(1, keepdims=True)
        for c in pool:
            y = ys[c["held"]]
            power = np.exp(minimize_scalar(lambda l: -np.log(sharp(c["hp"], np.exp(l))[np.arange(len(y)), y]).sum(), bounds=(np.log(.05), np.log(20)), method="bounded", options=dict(xatol=1e-10)).x)
            prior = sharp(c["hp"], power).mean(0)
            t = sharp(c["p"], power) / prior
            em = simplex(lambda q: -np.log(t @ q).mean(), lambda q: -(t / (t @ q)[:, None]).mean(0))
            show(*bbse(np.eye(C)[c["hp"].argmax(1)], y, np.eye(C)[c["y"]]))
            show(*bbse(c["hp"], y, c["p"]))
            em = em / prior * np.bincount(y, minlength=C) / len(y)
            show(*(em / em.sum()))
        """;

    /// <summary>
    /// Both optimisers stop where the objective moves by about 1e-14; it is flat to second order, with curvatures of 0.01 at least in these cases, so shares
    /// agree to some 1e-6. EM stops where a round moves less than 1e-8, and shrinks the rest by a few per cent a round: 1e-6 again.
    /// </summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 2)]
    public void Estimate_RandomPredictions_IsSciPysOptimum(long seed, int classes)
    {
        using TensorScope scope = TensorScope.Begin();
        (LabelFreePair pair, Candidate[] pool) = Judged.Case(seed, 90, 120, classes: classes);
        double[][] expected = Judged.Python("scipy", Reference, pair, pool);

        for (int j = 0; j < pool.Length; j++)
        {
            LabelShift found = LabelShift.Estimate(pair, pool[j].HeldOut!, pool[j].Target);
            IReadOnlyList<double>[] shares = [found.Hard.Shares, found.Soft.Shares, found.Em.Shares];
            for (int e = 0; e < 3; e++)
                Assert.True(shares[e].Zip(expected[(3 * j) + e], static (a, b) => Math.Abs(a - b)).Max() < 1e-4, $"candidate {j}, estimate {e}: {string.Join(' ', shares[e])}, but SciPy has {string.Join(' ', expected[(3 * j) + e])}");
        }
    }

    /// <summary>Where a class is confused alike in both domains, black-box estimation undoes it to rounding.</summary>
    [Fact]
    public void Estimate_SameConfusionsInBothDomains_FindsTheShares()
    {
        using TensorScope scope = TensorScope.Begin();

        // Of ten of class a, eight are called a, two b; of ten of class b, three a, seven b. The target has 30 of a and 10 of b.
        double[][] source = [.. Said(1, 8, 2), .. Said(1, 3, 7)], target = [.. Said(3, 8, 2), .. Said(1, 3, 7)];
        LabelFreePair pair = Pair([.. Enumerable.Repeat(0, 10), .. Enumerable.Repeat(1, 10)], target.Length);
        LabelShift shift = LabelShift.Estimate(pair, new HeldOutSource([.. Enumerable.Range(0, 20)], Rows(source)), Rows(target));

        Assert.Equal(0.75, shift.Hard.Shares[0], 1e-7);
        Assert.Equal(0.75, shift.Soft.Shares[0], 1e-7);
        Assert.Equal([1.5, 0.5], shift.Hard.Weights.Select(static w => Math.Round(w, 6)));
        Assert.Equal(0.25, shift.Hard.TotalVariation, 1e-7);

        static double[][] Said(int times, int a, int b) =>
            [.. Enumerable.Range(0, times).SelectMany(_ => Enumerable.Repeat<double[]>([0.9, 0.1], a).Concat(Enumerable.Repeat<double[]>([0.1, 0.9], b)))];
    }

    /// <summary>
    /// 600 samples of each side from two overlapping Gaussians with their true posterior: shares are known to about 0.03, so a shift of 0.3 is ten deviations, and the intervals hold what is true.
    /// </summary>
    [Fact]
    public void Estimate_GaussiansWithAndWithoutShift_SuspectsTheOneAndNotTheOther()
    {
        using TensorScope scope = TensorScope.Begin();
        LabelShift still = Drawn(0.5, 3), moved = Drawn(0.8, 4);

        Assert.False(still.Suspected);
        Assert.InRange(still.Soft.TotalVariation, 0, 0.1);
        Assert.InRange(still.Chance, 0.01, 0.12);
        Assert.True(moved.Suspected);
        Assert.InRange(moved.Agreed, 0.2, 0.4);
        Assert.InRange(moved.Disagreement, 0, 0.1);
        Assert.True(moved.Interval.Low is > 0.15 and < 0.3 && moved.Interval.High is > 0.3 and < 0.45);
        Assert.Equal(moved.Interval, Drawn(0.8, 4).Interval);

        static LabelShift Drawn(double share, long seed)
        {
            using Generator generator = new(seed);
            const int n = 600;
            int[] labels = [.. Enumerable.Range(0, n).Select(static i => i % 2)], hidden = [.. Enumerable.Range(0, n).Select(i => i < share * n ? 1 : 0)];
            LabelFreePair pair = Pair(labels, n);
            return LabelShift.Estimate(pair, new HeldOutSource([.. Enumerable.Range(0, n)], Posterior(labels)), Posterior(hidden));

            Tensor Posterior(int[] y)
            {
                Tensor x = Tensor.Normal([n], generator, ScalarType.Float64) + Tensor.From(Array.ConvertAll(y, static c => c == 1 ? 1.0 : -1));
                return Functional.Softmax(Tensor.Stack([-x, x], 1), 1);
            }
        }
    }

    [Fact]
    public void Estimate_PredictionsThatSayNothing_StaysWithTheSource()
    {
        using TensorScope scope = TensorScope.Begin();
        LabelFreePair pair = Pair([0, 0, 0, 1, 1, 2], 9);
        LabelShift shift = LabelShift.Estimate(pair, new HeldOutSource([0, 1, 2, 3, 4, 5], Tensor.Full([6, 3], 1.0 / 3, ScalarType.Float64)), Tensor.Full([9, 3], 1.0 / 3, ScalarType.Float64));

        Assert.Equal(0, shift.Soft.TotalVariation, 1e-9);
        Assert.Equal(0, shift.Em.TotalVariation, 1e-9);
        Assert.False(shift.Suspected);
    }

    [Fact]
    public void Estimate_ClassNotHeldOut_IsTakenToBeAbsent_AndOneSampleIsEnough()
    {
        using TensorScope scope = TensorScope.Begin();
        LabelFreePair pair = Pair([0, 1, 2], 1);
        LabelShift shift = LabelShift.Estimate(pair, new HeldOutSource([0, 1], Tensor.From([0.8, 0.1, 0.1, 0.1, 0.8, 0.1], 2, 3)), Tensor.From([0.7, 0.2, 0.1], 1, 3));

        Assert.Equal(0, shift.Soft.Shares[2]);
        Assert.Equal(1, shift.Soft.Shares.Sum(), 1e-9);
        Assert.InRange(shift.Chance, 0, 1);
    }

    [Fact]
    public void Estimate_OtherClassesThanThePair_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        LabelFreePair pair = Pair([0, 1], 2);
        Tensor half = Tensor.Full([2, 2], 0.5, ScalarType.Float64), third = Tensor.Full([2, 3], 1.0 / 3, ScalarType.Float64);

        Assert.Contains("for 2 target samples of 2 classes", Assert.Throws<ArgumentException>(() => LabelShift.Estimate(pair, new HeldOutSource([0, 1], half), third)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Estimate_AnyPredictions_GivesSharesOnTheSimplex_WhateverClassesAreCalled() =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), static seed =>
        {
            using TensorScope scope = TensorScope.Begin();
            (LabelFreePair pair, Candidate[] pool) = Judged.Case(seed, 30, 20, 4);
            LabelShift one = LabelShift.Estimate(pair, pool[3].HeldOut!, pool[3].Target);

            // a, b, c become c, a, b.
            LabelFreePair renamed = new(pair.Source, [.. pair.SourceLabels.Select(static label => (label + 2) % 3)], 3, pair.Target);
            LabelShift other = LabelShift.Estimate(renamed, new HeldOutSource(pool[3].HeldOut!.Indices, Turned(pool[3].HeldOut!.Probabilities)), Turned(pool[3].Target));
            return Sound(one.Hard, other.Hard) && Sound(one.Soft, other.Soft) && Sound(one.Em, other.Em) && one.Suspected == other.Suspected;

            bool Sound(LabelShiftEstimate a, LabelShiftEstimate b) =>
                a.Shares.All(static share => share >= 0) && Math.Abs(a.Shares.Sum() - 1) < 1e-9 && a.TotalVariation is >= 0 and <= 1
                && Math.Abs(a.Weights.Zip(one.Source, static (w, p) => w * p).Sum() - 1) < 1e-9
                && Enumerable.Range(0, 3).All(c => Math.Abs(a.Shares[c] - b.Shares[(c + 2) % 3]) < 1e-5);

            static Tensor Turned(Tensor columns) => columns.IndexSelect(1, Tensor.From<long>([1, 2, 0]));
        }).Check(Draws.Seeded.WithMaxTest(8));

    private static LabelFreePair Pair(int[] labels, int targets) =>
        new(Tensor.Zeros([labels.Length, 1], ScalarType.Float64), labels, labels.Max() + 1, Tensor.Zeros([targets, 1], ScalarType.Float64));

    private static Tensor Rows(double[][] rows) => Tensor.From([.. rows.SelectMany(static row => row)], rows.Length, rows[0].Length);
}
