using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Generated;
using Acclimate.Instances;
using Acclimate.Metrics;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Instances;

/// <summary>The weights against the truth of a generated shift, and against their definitions.</summary>
public sealed class DensityRatioTests
{
    // With 600 samples of two features the ratio's estimate errs by some hundredths, seed by seed; a constant has no correlation at all and the inverse ratio a negative one.
    [Theory]
    [InlineData("kmm", 0.9)]
    [InlineData("kliep", 0.9)]
    [InlineData("ulsif", 0.9)]
    [InlineData("rulsif", 0.8)]
    [InlineData("domain-classifier", 0.9)]
    public void Weigh_KnownShift_FollowsTheTruth(string method, double least)
    {
        for (long seed = 0; seed < 5; seed++)
        {
            using TensorScope scope = TensorScope.Begin();
            CovariateShift shift = CovariateShift.Draw(600, 600, seed);

            InstanceWeights found = ((InstanceWeighting)MethodCatalog.Find(method).Create()).Weigh(Shifts.Data(shift));

            double r = Correlation.Pearson(found.Values, shift.Weights);
            Assert.True(r > least, $"seed {seed}: correlation {r}");
        }
    }

    // A linear classifier can't follow the sine: learnt evenly it has the wrong slope where the target is. With 2,000 target samples an error of 0.3 is known to ±0.02; every weighting must
    // gain more than that, on the mean of the seeds.
    [Theory]
    [InlineData("kmm")]
    [InlineData("kliep")]
    [InlineData("ulsif")]
    [InlineData("rulsif")]
    [InlineData("domain-classifier")]
    [InlineData("nn-weighting")]
    [InlineData("selection-distance")]
    [InlineData("selection-clustering")]
    public void Fit_KnownShift_ErrsLessThanUnweighted(string method)
    {
        double gain = 0;
        const int Seeds = 3;
        for (long seed = 0; seed < Seeds; seed++)
        {
            using TensorScope scope = TensorScope.Begin();
            CovariateShift shift = CovariateShift.Draw(600, 2000, seed);
            FeatureData data = Shifts.Data(shift);
            LogisticRegression classifier = new();
            using FittedClassifier plain = classifier.Fit(data.Source, data.SourceLabels, 2);
            using FittedFeatures fitted = ((FeatureMethod)MethodCatalog.Find(method).Create(method == "selection-distance" ? new Dictionary<string, string> { ["soft"] = "true" } : null)).Fit(data, new FitContext { Classifier = classifier });
            using FittedClassifier weighed = fitted.ClassifierFor(data, classifier);
            gain += (Error(plain) - Error(weighed)) / Seeds;

            double Error(FittedClassifier by) => by.Predict(data.Target).Zip(shift.Target.Labels, static (a, b) => a == b ? 0.0 : 1).Average();
        }

        Assert.True(gain > 0.02, $"it gains {gain}");
    }

    // θ = (H + λI)⁻¹h by numpy, with every target sample a centre: the same sums, so 1e-9 of the weights.
    [Theory]
    [InlineData("ulsif", 0.0)]
    [InlineData("rulsif", 0.3)]
    public void LeastSquares_WidthAndPenaltyGiven_AreTheClosedForm(string method, double alpha)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Shifts.Data(CovariateShift.Draw(40, 25, 6));
        Dictionary<string, string> options = new() { ["gamma"] = "0.4", ["lambda"] = "0.05", ["centres"] = "25" };
        if (alpha > 0)
            options["alpha"] = alpha.ToString(CultureInfo.InvariantCulture);
        InstanceWeights found = ((InstanceWeighting)MethodCatalog.Find(method).Create(options)).Weigh(data);
        string script = $"""
            import numpy as np
            s = np.array([{Shifts.Written(data.Source)}]).reshape(-1, 2)
            t = np.array([{Shifts.Written(data.Target)}]).reshape(-1, 2)
            k = lambda a, b: np.exp(-0.4 * ((a[:, None] - b[None]) ** 2).sum(2))
            a, Ps, Pt = {alpha.ToString(CultureInfo.InvariantCulture)}, k(s, t), k(t, t)
            H = (1 - a) * Ps.T @ Ps / 40 + a * Pt.T @ Pt / 25
            w = Ps @ np.maximum(0, np.linalg.solve(H + 0.05 * np.eye(25), Pt.mean(0)))
            print(','.join(map(repr, map(float, w / w.mean()))))
            """;

        double[] expected = [.. Python.Run("numpy", script).Split(',').Select(static x => double.Parse(x, CultureInfo.InvariantCulture))];

        Assert.All(expected.Zip(found.Values), static pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    // The mixture's likelihood by expectation–maximisation, which climbs slowly but surely: after 20,000 rounds it may still lack what its own bound says.
    [Fact]
    public void Kliep_Shares_AreThoseOfTheLikelihoodsMaximum()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(8);
        Tensor phi = Tensor.Uniform([40, 6], generator, 0.05, 1, ScalarType.Float64).Square();
        (Tensor a, double lacks) = KullbackLeiblerImportance.Fit(phi, 1e-9);
        double[] rows = phi.ToArray<double>(), em = [.. Enumerable.Repeat(1.0 / 6, 6)];
        for (int round = 0; round < 20000; round++)
        {
            double[] next = new double[6];
            for (int j = 0; j < 40; j++)
            {
                double sum = Enumerable.Range(0, 6).Sum(l => rows[(j * 6) + l] * em[l]);
                for (int l = 0; l < 6; l++)
                    next[l] += em[l] * rows[(j * 6) + l] / sum / 40;
            }

            em = next;
        }

        Assert.InRange(lacks, 0, 1e-7);
        Assert.Equal(1, a.Sum().ToDouble(), 1e-12);
        Assert.Equal(Likelihood(em), Likelihood(a.ToArray<double>()), 1e-6);

        double Likelihood(double[] shares) => Enumerable.Range(0, 40).Average(j => Math.Log(Enumerable.Range(0, 6).Sum(l => rows[(j * 6) + l] * shares[l])));
    }

    [Theory]
    [InlineData("kliep")]
    [InlineData("ulsif")]
    public void Weigh_OneTargetSample_ClaimsNoCrossValidation(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData one = Shifts.Data(CovariateShift.Draw(20, 1, 3)), ten = Shifts.Data(CovariateShift.Draw(20, 10, 3));
        InstanceWeighting weighing = (InstanceWeighting)MethodCatalog.Find(method).Create();

        Assert.DoesNotContain("cross-validation", weighing.Weigh(one).Certificate.Notes[0], StringComparison.Ordinal);
        Assert.Contains("5-fold cross-validation", weighing.Weigh(ten).Certificate.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void NearestNeighbours_Counts_AreThoseOfPlainLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        CovariateShift shift = CovariateShift.Draw(50, 80, 9);
        FeatureData data = Shifts.Data(shift);
        double[] expected = [.. Enumerable.Repeat(1.0, 50)], s = shift.Source.X, t = shift.Target.X;
        for (int j = 0; j < 80; j++)
            expected[Enumerable.Range(0, 50).MinBy(i => Math.Pow(s[2 * i] - t[2 * j], 2) + Math.Pow(s[(2 * i) + 1] - t[(2 * j) + 1], 2))]++;
        double mean = expected.Average();

        InstanceWeights found = new NearestNeighbourWeighting().Weigh(data);
        InstanceWeights kept = new SelectionByDistance { Neighbours = 1 }.Weigh(data);

        Assert.All(expected.Zip(found.Values), pair => Assert.Equal(pair.First / mean, pair.Second, 1e-12));
        Assert.Equal(expected.Select(static count => count > 1 ? 1.0 : 0), kept.Values);
    }

    // Two clusters far apart, and the target in one of them.
    [Fact]
    public void Clustering_SourceWhereTheTargetIsNot_IsLeftOut()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(10);
        Tensor near = Tensor.Normal([30, 3], generator, ScalarType.Float64), far = Tensor.Normal([20, 3], generator, ScalarType.Float64) + 50;
        FeatureData data = new(Tensor.Concatenate([near, far]), new int[50], 1, Tensor.Normal([25, 3], generator, ScalarType.Float64));

        InstanceWeights hard = new SelectionByClustering { Clusters = 2 }.Weigh(data), soft = new SelectionByClustering { Clusters = 2, Soft = true }.Weigh(data);

        Assert.Equal(Enumerable.Range(0, 50).Select(static i => i < 30 ? 1.0 : 0), hard.Values);
        Assert.All(soft.Values.Skip(30), static w => Assert.Equal(0, w));
        Assert.All(soft.Values.Take(30), static w => Assert.Equal(50.0 / 30, w, 1e-12));
    }

    // Labels that contradict what the rest of the samples say are the first to go.
    [Fact]
    public void Uncertainty_WrongLabels_AreLeftOut()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData right = Acclimate.Tests.Features.ToyFeatures.Shifted(60, 45, 8, seed: 11, shift: 0.2);
        int[] labels = [.. right.SourceLabels.Select(static (label, i) => i < 6 ? (label + 1) % 3 : label)];

        InstanceWeights found = new SelectionByUncertainty { Drop = 0.1 }.Weigh(new FeatureData(right.Source, labels, 3, right.Target));

        Assert.All(found.Values.Take(6), static w => Assert.Equal(0, w));
        Assert.Equal(54, found.Values.Sum());
    }

    [Fact]
    public void Fit_ClassifierThatCountsAllTheSame_IsRefusedByName()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Shifts.Data(CovariateShift.Draw(30, 30, 1));
        using FittedFeatures fitted = new NearestNeighbourWeighting().Fit(data);

        string message = Assert.Throws<ArgumentException>(() => fitted.ClassifierFor(data, new NearestNeighbours())).Message;

        Assert.Contains("1nn", message, StringComparison.Ordinal);
        Assert.Contains("logistic", message, StringComparison.Ordinal);
        Assert.Contains("svm-rbf", message, StringComparison.Ordinal);
    }

    // No source sample within reach of the narrow kernels: nothing can be said, and all count the same.
    [Theory]
    [InlineData("kmm")]
    [InlineData("kliep")]
    [InlineData("ulsif")]
    public void Weigh_DomainsOutOfReach_StaysFinite(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(12);
        FeatureData data = new(Tensor.Normal([20, 2], generator, ScalarType.Float64), new int[20], 1, Tensor.Normal([15, 2], generator, ScalarType.Float64) + 1e4);

        InstanceWeights found = ((InstanceWeighting)MethodCatalog.Find(method).Create(new Dictionary<string, string> { ["gamma"] = "1" })).Weigh(data);

        Assert.All(found.Values, static w => Assert.True(double.IsFinite(w) && w >= 0));
        Assert.True(found.Values.Sum() > 0);
    }
}
