using Acclimate.Selection;
using Acclimate.Tests.Data;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Shift;

public sealed class DriftTests
{
    /// <summary>Every column by scipy's or by the definition; sums of some tens of numbers of order 1.</summary>
    [Fact]
    public void Between_SomeFeatures_IsScipysColumnByColumn()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 40, 5, scale: 2), y = Loops.Sample(2, 25, 5) + Tensor.From([0.0, 0.5, 3, 0, 1.5], 1, 5);
        string script = $"""
            import numpy as np
            from scipy.stats import wasserstein_distance, ks_2samp, kstwobign
            x, y = {PythonArrays.Of(x)}, {PythonArrays.Of(y)}
            d = (y.mean(0) - x.mean(0)) / np.sqrt((x.var(0, ddof=1) + y.var(0, ddof=1)) / 2)
            w = [wasserstein_distance(x[:, f], y[:, f]) / x[:, f].std() for f in range(5)]
            ks = np.array([ks_2samp(x[:, f], y[:, f]).statistic for f in range(5)])
            p = kstwobign.sf(ks * np.sqrt(40 * 25 / 65))
            q = [min(1, min(p[j] * 5 / (p <= p[j]).sum() for j in range(5) if p[j] >= p[i])) for i in range(5)]
            for row in zip(d, w, ks, p, q): print(*[repr(float(v)) for v in row])
            """;
        double[][] expected = [.. PythonArrays.Read(Python.Run("scipy", script)).Chunk(5)];
        IReadOnlyList<Drift> found = Drift.Between(x, y, ["a", "b", "c", "d", "e"]);

        Assert.Equal(found.Select(static d => Math.Abs(d.Deviations)).OrderDescending(), found.Select(static d => Math.Abs(d.Deviations)));
        Assert.All(found, drift =>
        {
            double[] row = expected[drift.Feature[0] - 'a'];
            Loops.Near(row, [drift.Deviations, drift.Wasserstein, drift.KolmogorovSmirnov, drift.PValue, drift.Adjusted], 1e-11);
        });
        Assert.Equal("c", found[0].Feature);
        Assert.True(found[0].IsSignificant);
    }

    [Fact]
    public void Between_ConstantFeatures_StaysFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<Drift> found = Drift.Between(Tensor.Ones([6, 2]), Tensor.From([1.0f, 3, 1, 3, 1, 3, 1, 3], 4, 2));

        Assert.Equal(("f1", double.MaxValue), (found[0].Feature, found[0].Deviations));
        Loops.Near([2, 1], [found[0].Wasserstein, found[0].KolmogorovSmirnov], 1e-14);
        Assert.Equal((0.0, 0.0, 0.0, 1.0), (found[1].Deviations, found[1].Wasserstein, found[1].KolmogorovSmirnov, found[1].PValue));
    }
}
