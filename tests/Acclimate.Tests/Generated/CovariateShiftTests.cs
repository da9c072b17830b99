using Acclimate.Data;
using Acclimate.Generated;

namespace Acclimate.Tests.Generated;

public sealed class CovariateShiftTests
{
    // E_s[w] = 1 and E_s[w x] is the target's mean, (1, 0). The ratio's variance is Σ, with σ² = 0.36: E_s[w²] = e^{1/(2 − 0.36)}/(0.36 (2 − 0.36)) = 3.1, so 20,000 samples know the mean of w to
    // ±0.011 and that of w x to about ±0.02: five deviations are left.
    [Fact]
    public void Weights_OfManySamples_TurnTheSourceIntoTheTarget()
    {
        CovariateShift shift = CovariateShift.Draw(20000, 20000, 3);
        double[] x = shift.Source.X;

        Assert.Equal(1, shift.Weights.Average(), 0.06);
        Assert.Equal(1, shift.Weights.Select((w, i) => w * x[2 * i]).Average(), 0.1);
        Assert.Equal(0, shift.Weights.Select((w, i) => w * x[(2 * i) + 1]).Average(), 0.1);
        Assert.Equal(1, Enumerable.Range(0, 20000).Average(i => shift.Target.X[2 * i]), 0.03);

        // The law of y is the same: at the same place the class's share differs by chance alone.
        Assert.Equal(Share(shift.Source), Share(shift.Target), 0.05);

        static double Share(CovariateShift.Side side) => Enumerable.Range(0, side.Labels.Length)
            .Where(i => side.X[2 * i] is > 0.7 and < 1.3 && side.X[(2 * i) + 1] is > 0.5 and < 1.1).Average(i => side.Labels[i]);
    }

    [Fact]
    public void Open_ByName_HasClassesOrNumbers()
    {
        using Domain classes = Domain.Open("generated:shift-source?count=50&seed=2"), numbers = Domain.Open("generated:shift-target?count=50&seed=2&label=y");
        CovariateShift shift = CovariateShift.Draw(50, 50, 2);

        Assert.Equal(["below", "above"], classes.Labels!.Classes);
        Assert.Equal(shift.Source.Labels, classes.Labels.Indices);
        Assert.Equal(shift.Target.Values, numbers.Labels!.Indices.Select(at => double.Parse(numbers.Labels.Classes[at], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains("label=z", Assert.Throws<DataException>(() => Domain.Open("generated:shift-source?label=z")).Message, StringComparison.Ordinal);
        Assert.Contains("shift-target", Assert.Throws<DataException>(() => Domain.Open("generated:shift")).Message, StringComparison.Ordinal);
    }
}
