using Acclimate.Discrepancies;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class SlicedWassersteinTests
{
    /// <summary>The same sums of some tens of numbers of order 1.</summary>
    [Fact]
    public void Distance_UnequalSizes_IsTheMeanOfScipysOverTheDirections()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, 14, 3), y = Loops.Sample(2, 9, 3, shift: 0.7);
        SlicedWasserstein sliced = new() { Directions = 11, Permutations = 3 };
        string script = $"""
            import numpy as np
            from scipy.stats import wasserstein_distance as w
            x, y, axes = {PythonArrays.Of(x)}, {PythonArrays.Of(y)}, {PythonArrays.Of(sliced.Axes(3))}
            print(repr(float(np.mean([w(x @ a, y @ a) for a in axes.T]))))
            """;

        Assert.Equal(PythonArrays.Read(Python.Run("scipy", script))[0], sliced.Run(x, y).Distance, 1e-12);
        Assert.All(sliced.Axes(3).Norm(0).ToArray<double>(), static length => Assert.Equal(1, length, 1e-14));
    }

    [Fact]
    public void Distance_OneFeature_IsItsWasserstein()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 20, 1), y = Loops.Sample(4, 30, 1, shift: 1);
        Assert.Equal(FeatureDrift.Wasserstein(x, y).ToArray<double>()[0], new SlicedWasserstein { Permutations = 1 }.Run(x, y).Distance, 1e-13);
    }

    [Fact]
    public void Run_MovedOrNot_IsSignificantOrNot()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(5, 80, 4), near = Loops.Sample(6, 60, 4), far = Loops.Sample(7, 60, 4, shift: 1);
        SlicedWassersteinResult still = new SlicedWasserstein().Run(x, near), moved = new SlicedWasserstein().Run(x, far);

        Assert.Equal(1 / 201.0, moved.PValue);
        Assert.True(moved.Distance > 3 * moved.ByChance);

        // Of one distribution, the distance is one draw of what divisions come to; this seed's is no rare one.
        Assert.InRange(still.PValue, 0.05, 1);
        Assert.InRange(still.Distance, still.ByChance / 2, 2 * still.ByChance);
        Assert.Equal(still, new SlicedWasserstein().Run(x, near));
    }

    [Fact]
    public void Run_OneDistribution_GivesEvenlySpreadPValues()
    {
        double[] found = new double[100];
        for (int i = 0; i < found.Length; i++)
        {
            using TensorScope scope = TensorScope.Begin();
            found[i] = new SlicedWasserstein { Directions = 5, Permutations = 99, Seed = i }.Run(Loops.Sample(1000 + i, 15, 2), Loops.Sample(2000 + i, 20, 2)).PValue;
        }

        // Kolmogorov–Smirnov: the greatest gap exceeds 1.63/√100 for one seed in a hundred; the seeds are fixed.
        Array.Sort(found);
        double gap = found.Select((p, i) => Math.Max(Math.Abs(p - (i / 100.0)), Math.Abs(p - ((i + 1) / 100.0)))).Max();
        Assert.True(gap < 0.163, $"greatest gap {gap}");
    }

    [Fact]
    public void Run_WhatCanNotBe_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(8, 4, 2);
        Assert.Throws<ArgumentException>(() => new SlicedWasserstein { Directions = 0 }.Run(x, x));
        Assert.Throws<ArgumentException>(() => new SlicedWasserstein().Run(x, Loops.Sample(9, 4, 3)));
    }
}
