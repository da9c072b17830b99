using System.Globalization;
using Acclimate.Generated;
using Acclimate.Metrics;
using Acclimate.SelfTaught.Clustering;
using Acclimate.Tests.Data;
using Acclimate.TestSupport;
using Acclimate.Torch;
using FsCheck;
using FsCheck.Fluent;

namespace Acclimate.Tests.SelfTaught;

public sealed class ClusteringTests
{
    [Fact]
    public void Fit_AnySamples_NoStepLosesMore() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        static seed =>
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator generator = new(seed);

            // Many zeros, as counts have.
            Tensor x = (Tensor.Uniform([20, 12], generator, type: ScalarType.Float64) - 0.5).Relu() + 1e-3, y = (Tensor.Uniform([30, 12], generator, type: ScalarType.Float64) - 0.7).Relu();
            y = Tensor.Concatenate([y.Slice(0, 0, 29), Tensor.Ones([1, 12], ScalarType.Float64)]).Clamp(low: 0);
            y += y.Sum(1, keep: true).Equals(0).To(ScalarType.Float64);
            CoClustering method = new() { Clusters = 3, AuxiliaryClusters = 4, FeatureClusters = 5, Starts = 1, Lambda = seed % 3 * 0.7 };

            IReadOnlyList<double> lost = method.Fit(x, y, seed).Objective;

            // Rounding of sums of 600 numbers whose logarithms are 10 or less.
            for (int i = 1; i < lost.Count; i++)
                Assert.True(lost[i] <= lost[i - 1] + 1e-12, $"step {i}: {lost[i]} after {lost[i - 1]}");
            Assert.True(lost[^1] >= -1e-12);
        }).Check(Draws.Seeded);

    [Fact]
    public void Fit_Objective_IsTheInformationLostInLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(5);
        Tensor x = Tensor.Uniform([9, 6], generator, type: ScalarType.Float64), y = Tensor.Uniform([7, 6], generator, type: ScalarType.Float64);
        CoClustering method = new() { Clusters = 2, AuxiliaryClusters = 3, FeatureClusters = 3, Lambda = 0.5 };

        CoClusters found = method.Fit(x, y, seed: 1);

        double lost = Lost(x, found.Target, found.Features) + (0.5 * Lost(y, found.Auxiliary, found.Features));
        Assert.Equal(lost, found.Objective[^1], 1e-12);

        static double Lost(Tensor samples, int[] rows, int[] columns)
        {
            double[][] table = [.. samples.ToArray<double>().Chunk(6)];
            double sum = table.Sum(static row => row.Sum());
            double Share(Func<int, bool> row, Func<int, bool> column) =>
                Enumerable.Range(0, table.Length).Where(row).Sum(i => Enumerable.Range(0, 6).Where(column).Sum(j => table[i][j])) / sum;
            double all = 0, grouped = 0;
            for (int i = 0; i < table.Length; i++)
            {
                for (int j = 0; j < 6; j++)
                    all += table[i][j] / sum * Math.Log(table[i][j] / sum / (Share(r => r == i, _ => true) * Share(_ => true, c => c == j)));
            }

            foreach (int a in rows.Distinct())
            {
                foreach (int b in columns.Distinct())
                {
                    double both = Share(r => rows[r] == a, c => columns[c] == b);
                    grouped += both == 0 ? 0 : both * Math.Log(both / (Share(r => rows[r] == a, _ => true) * Share(_ => true, c => columns[c] == b)));
                }
            }

            return all - grouped;
        }
    }

    [Fact]
    public void Fit_BlocksOfCounts_AreFound()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        RandomStream random = new(3);
        double[] counts = new double[30 * 12];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = (i / 12 % 3 == i % 12 / 4 ? 5 : 1) * random.Uniform();
        Tensor x = Tensor.From<double>(counts, 30, 12);

        CoClusters found = new CoClustering { Clusters = 3, AuxiliaryClusters = 3, FeatureClusters = 3 }.Fit(x, x);

        int[] truth = [.. Enumerable.Range(0, 30).Select(static i => i % 3)];
        Assert.Equal(1, MutualInformation.Normalised(truth, found.Target), 1e-12);
        Assert.Equal(1, MutualInformation.Normalised(truth, KMeans.Fit(x, 3, generator)), 1e-12);
        Assert.Equal(1, MutualInformation.Normalised([.. Enumerable.Range(0, 12).Select(static j => j / 4)], found.Features), 1e-12);
    }

    [Fact]
    public void Fit_WhatIsNoShare_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([5, 3], ScalarType.Float64);
        CoClustering method = new() { Clusters = 2, AuxiliaryClusters = 2 };

        Assert.Contains("below 0", Assert.Throws<ArgumentException>(() => method.Fit(x - 2, x)).Message, StringComparison.Ordinal);
        Assert.Contains("0 throughout", Assert.Throws<ArgumentException>(() => method.Fit(x, x * 0)).Message, StringComparison.Ordinal);
        Assert.Contains("3 features and the auxiliary samples 2", Assert.Throws<ArgumentException>(() => method.Fit(x, x.Slice(1, 0, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("10 groups", Assert.Throws<ArgumentException>(() => new CoClustering().Fit(x, x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nmi_EqualsScikitLearns()
    {
        RandomStream random = new(11);
        int[] one = new int[60], other = new int[60];
        for (int i = 0; i < one.Length; i++)
            (one[i], other[i]) = (random.Index(4), random.Chance(0.5f) ? i % 3 : random.Index(3));
        for (int i = 0; i < one.Length; i += 2)
            one[i] = other[i];
        string answer = Python.Run("sklearn", $"""
            from sklearn.metrics import normalized_mutual_info_score as nmi
            print(nmi([{string.Join(',', one)}], [{string.Join(',', other)}]))
            """);

        Assert.Equal(double.Parse(answer, CultureInfo.InvariantCulture), MutualInformation.Normalised(one, other), 1e-12);
        Assert.Equal(1, MutualInformation.Normalised([0, 0, 1], [5, 5, 2]), 1e-15);
        Assert.Equal(1, MutualInformation.Normalised([0, 0], [3, 3]));
        Assert.Equal(0, MutualInformation.Normalised([0, 0, 1, 1], [0, 1, 0, 1]), 1e-15);
        Assert.Throws<ArgumentException>(() => MutualInformation.Normalised([0], [0, 1]));
    }
}
