using Acclimate.Discrepancies;
using Acclimate.TestSupport;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.Discrepancies;

public sealed class FalseDiscoveriesTests
{
    /// <summary>By its meaning: test i is among those that the procedure at level q rejects exactly where its adjusted value is at most q.</summary>
    [Fact]
    public void Adjust_AnyPValues_RejectsWhatTheProcedureRejects() =>
        Check.One(Draws.Seeded, Prop.ForAll(
            Gen.Choose(0, 40).Select(static n => n / 40.0).ListOf().Select(static list => list.ToArray()).ToArbitrary(),
            static pValues =>
            {
                double[] adjusted = FalseDiscoveries.Adjust(pValues);
                foreach (double q in (double[])[0.013, 0.051, 0.213, 0.77])
                {
                    // The largest k with p₍ₖ₎ ≤ qk/N; all p up to that one are rejected.
                    double[] sorted = [.. pValues.Order()];
                    double limit = sorted.Where((p, k) => p <= q * (k + 1) / sorted.Length).DefaultIfEmpty(-1).Max();
                    if (!pValues.Zip(adjusted).All(pair => pair.First <= limit == pair.Second <= q))
                        return false;
                }

                return true;
            }));

    [Fact]
    public void Adjust_KnownExample_IsAsWorkedOutByHand()
    {
        // Sorted: .01 (×4/1), .02 (×4/2), .03 (×4/3), .5 (×4/4); from the greatest down, the least so far.
        double[] found = FalseDiscoveries.Adjust([0.5, 0.01, 0.03, 0.02]);
        Assert.All(found.Zip((double[])[0.5, 0.04, 0.04, 0.04]), static pair => Assert.Equal(pair.Second, pair.First, 1e-15));
        Assert.Empty(FalseDiscoveries.Adjust([]));
    }

    [Fact]
    public void Adjust_NoPValue_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => FalseDiscoveries.Adjust([0.1, 1.1]));
        Assert.Throws<ArgumentException>(() => FalseDiscoveries.Adjust([double.NaN]));
    }
}
