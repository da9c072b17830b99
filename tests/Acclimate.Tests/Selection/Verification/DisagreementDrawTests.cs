using Acclimate.Generated;
using Acclimate.Selection.Verification;
using Acclimate.Training;

namespace Acclimate.Tests.Selection.Verification;

public sealed class DisagreementDrawTests
{
    private const int Seeds = 2000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(39)]
    [InlineData(40)]
    [InlineData(47)]
    [InlineData(333)]
    public void Order_AnyNumber_HasEachOnceAndIsTheSeeds(int count)
    {
        double[] lean = Lean(count);

        int[] order = DisagreementDraw.Order(lean, 7);

        Assert.Equal(Enumerable.Range(0, count), order.Order());
        Assert.Equal(order, DisagreementDraw.Order(lean, 7));
        if (count > 10)
            Assert.NotEqual(order, DisagreementDraw.Order(lean, 8));
    }

    // 40 of 101: 2,000 draws of probability 40/101 have a deviation of 21.9 around 792; six of them are allowed, over 101 places.
    [Fact]
    public void Order_FirstBatch_HasEachPlaceAsOften()
    {
        double[] lean = Lean(101);
        int[] counts = new int[101];
        for (int seed = 0; seed < Seeds; seed++)
        {
            foreach (int place in DisagreementDraw.Order(lean, seed)[..DisagreementDraw.FirstBatch])
                counts[place]++;
        }

        Assert.All(counts, static count => Assert.InRange(count, 792 - 131, 792 + 131));
    }

    [Fact]
    public void Order_FirstBatchOf80_TakesOneOfEachPairOfNeighbours()
    {
        double[] lean = Lean(80);
        int[] rank = [.. lean.Select(value => lean.Count(other => other < value))];

        int[] first = DisagreementDraw.Order(lean, 3)[..DisagreementDraw.FirstBatch];

        Assert.Equal(Enumerable.Range(0, 40), first.Select(place => rank[place] / 2).Order());
        Assert.NotEqual(first.Select(place => rank[place]).Order(), first.Select(place => rank[place]));
    }

    // What the models' confidence guesses says something of who is right: the estimate stays unbiased (its mean over 2,000 draws has a deviation of at
    // most 1/√(40 · 2,000) = 0.0035; four are allowed), and varies less than 40 drawn without regard to it, (1 − 40/200) (t − δ²)/40.
    [Fact]
    public void Order_EstimateFromTheFirstBatch_IsUnbiasedAndVariesLess()
    {
        (double[] lean, int[] outcome) = Population(200, 0.1, 1);
        double truth = outcome.Average();
        double[] estimates = [.. Enumerable.Range(0, Seeds).Select(seed => DisagreementDraw.Order(lean, seed)[..40].Average(place => outcome[place]))];

        double mean = estimates.Average(), variance = estimates.Average(one => (one - mean) * (one - mean));

        Assert.Equal(truth, mean, 0.014);
        Assert.InRange(variance, 0, 0.95 * 0.8 * (outcome.Average(static one => (double)one * one) - (truth * truth)) / 40 * (200.0 / 199));
    }

    // A part of the first batch is as fair: whoever stops after 15 has no other samples than whoever goes on.
    [Fact]
    public void Order_EstimateFromTheFirst15_IsUnbiased()
    {
        (double[] lean, int[] outcome) = Population(200, 0.1, 1);

        double mean = Enumerable.Range(0, Seeds).Average(seed => DisagreementDraw.Order(lean, seed)[..15].Average(place => outcome[place]));

        Assert.Equal(outcome.Average(), mean, 0.024);
    }

    // Equal models: 2,000 tests at 5 % err in 100 ± 10; strata and few samples make it less, never more.
    [Fact]
    public void Order_EqualModels_TheTestDecidesInNoMoreThanFivePercent()
    {
        (double[] lean, int[] outcome) = Population(200, 0, 2);
        Assert.Equal(0, outcome.Sum());
        int decided = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            int[] labelled = [.. DisagreementDraw.Order(lean, seed)[..40].Select(place => outcome[place])];
            decided += PairedTest.IsDecided(labelled.Count(static one => one > 0), labelled.Count(static one => one < 0)) ? 1 : 0;
        }

        Assert.InRange(decided, 0, 130);
    }

    [Fact]
    public void Of_TwoModels_GivesTheSamplesOnWhichTheyDiffer()
    {
        Predictions one = Said(0, 1, 1, 0), other = Said(0, 0, 1, 1);

        Assert.Equal([1, 3], DisagreementDraw.Of(one, other, 0).Order());
        Assert.Empty(DisagreementDraw.Of(one, one, 0));
        Assert.Throws<ArgumentException>(() => DisagreementDraw.Of(one, Said(0, 1), 0));
    }

    private static Predictions Said(params int[] indices) =>
        new(["ant", "bee"], indices, [.. indices.Select(static index => index == 0 ? (float[])[0.7f, 0.3f] : [0.3f, 0.7f])]);

    private static double[] Lean(int count)
    {
        RandomStream random = new(11, count);
        double[] lean = new double[count];
        for (int i = 0; i < count; i++)
            lean[i] = random.Uniform();
        return lean;
    }

    /// <summary>Who is right on each (1 the adapted model, −1 the source's, 0 neither), the more probably the adapted one the higher the guess.</summary>
    private static (double[] Lean, int[] Outcome) Population(int count, double lead, long seed)
    {
        RandomStream random = new(seed, count);
        double[] lean = Lean(count);
        int[] outcome = new int[count];
        for (int i = 0; i < count; i++)
            outcome[i] = !random.Chance(0.75f) ? 0 : random.Chance((float)Math.Clamp(lean[i] + lead, 0, 1)) ? 1 : -1;

        // Without a lead the two are made exactly equal.
        for (int i = 0; lead == 0 && outcome.Sum() != 0; i++)
            outcome[i] = outcome[i] == Math.Sign(outcome.Sum()) ? 0 : outcome[i];
        return (lean, outcome);
    }
}
