using Acclimate.Features;
using Acclimate.Features.Shared;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class DistributionMatchingTests
{
    [Theory]
    [InlineData(DistributionDistance.Mmd)]
    [InlineData(DistributionDistance.Hellinger)]
    public void Distance_SmallSamples_IsWhatTheDefinitionGives(DistributionDistance kind)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, Tensor weights, Tensor target) = Samples(9, 7, 3);

        double value = kind.At(source, weights, target, 0.3).Value;

        Assert.Equal(ByLoops(kind, Rows(source), weights.ToArray<double>(), Rows(target), 0.3), value, 1e-12);
    }

    [Theory]
    [InlineData(DistributionDistance.Mmd)]
    [InlineData(DistributionDistance.Hellinger)]
    public void Distance_MoreRowsThanABlock_IsThatOfSmallerBlocks(DistributionDistance kind)
    {
        // Every sample three times over, with a third of its weight, is the same distribution: one block of rows or two.
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, Tensor weights, Tensor target) = Samples(400, 350, 2);

        DistanceSlope one = kind.At(source, weights, target, 0.3);
        DistanceSlope three = kind.At(Thrice(source), Thrice(weights) / 3, Thrice(target), 0.3);

        Assert.Equal(one.Value, three.Value, 1e-12);
        Assert.True((Thrice(one.Source) - (three.Source * 3)).Abs().Max().ToDouble() <= 1e-12);
        Assert.True((Thrice(one.Target) - (three.Target * 3)).Abs().Max().ToDouble() <= 1e-12);
        Assert.True((Thrice(one.Weights) - three.Weights).Abs().Max().ToDouble() <= 1e-12);

        static Tensor Thrice(Tensor x) => Tensor.Concatenate([x, x, x]);
    }

    [Theory]
    [InlineData(DistributionDistance.Mmd)]
    [InlineData(DistributionDistance.Hellinger)]
    public void Distance_Derivatives_AreTheDifferenceQuotients(DistributionDistance kind)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, Tensor weights, Tensor target) = Samples(6, 5, 3);
        DistanceSlope slope = kind.At(source, weights, target, 0.4);

        Check(slope.Source, source, moved => kind.At(moved, weights, target, 0.4).Value);
        Check(slope.Target, target, moved => kind.At(source, weights, moved, 0.4).Value);
        Check(slope.Weights, weights, moved => kind.At(source, moved, target, 0.4).Value);

        static void Check(Tensor derivative, Tensor at, Func<Tensor, double> f)
        {
            // Central differences: off by h² times third derivatives of about 1, and by rounding of 1e-16/h.
            const double H = 1e-5;
            double[] claimed = derivative.ToArray<double>(), values = at.ToArray<double>();
            for (int i = 0; i < values.Length; i++)
            {
                double[] up = [.. values], down = [.. values];
                up[i] += H;
                down[i] -= H;
                double quotient = (f(Tensor.From(up, at.Shape)) - f(Tensor.From(down, at.Shape))) / (2 * H);
                Assert.Equal(quotient, claimed[i], 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(DistributionDistance.Mmd)]
    [InlineData(DistributionDistance.Hellinger)]
    public void Distance_SamplesTurnedTogether_StaysAndVanishesForTheSameSamples(DistributionDistance kind)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, Tensor weights, Tensor target) = Samples(20, 15, 4);
        using Generator generator = new(9);
        Tensor turn = Grassmann.Orthonormal(Tensor.Normal([4, 4], generator, ScalarType.Float64));

        Assert.Equal(kind.At(source, weights, target, 0.3).Value, kind.At(source.MatMul(turn) + 1, weights, target.MatMul(turn) + 1, 0.3).Value, 1e-12);
        Tensor even = Tensor.Full([20, 1], 1.0 / 20, ScalarType.Float64);
        DistanceSlope same = kind.At(source, even, source, 0.3);
        Assert.Equal(0, same.Value, 1e-14);
        Assert.True(same.Source.Abs().Max().ToDouble() <= 1e-14);
    }

    [Theory]
    [InlineData("dip", "")]
    [InlineData("dip-cc", "")]
    [InlineData("statistical-manifold", "")]
    [InlineData("dme", "kernel=primal")]
    [InlineData("dme", "distance=mmd")]
    [InlineData("dme", "distance=hellinger")]
    public void Fit_Rounds_NeverRaiseTheObjectiveAndEndAtAStationaryPoint(string method, string option)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 8, seed: 1);
        Dictionary<string, string> options = new() { ["dimensions"] = "3", ["rounds"] = "400" };
        if (option.Length > 0)
            options[option.Split('=')[0]] = option.Split('=')[1];

        using FittedFeatures fitted = ((FeatureMethod)Acclimate.Catalog.MethodCatalog.Find(method).Create(options)).Fit(data);

        Assert.Equal(fitted.Certificate.Objective.OrderDescending(), fitted.Certificate.Objective);
        Assert.True(fitted.Certificate.Objective[^1] < fitted.Certificate.Objective[0]);
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-4);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-12);
    }

    [Theory]
    [InlineData("dip")]
    [InlineData("statistical-manifold")]
    public void Fit_DomainsThatDifferAlongOneDirection_LeavesItOut(string method)
    {
        // Six directions of the same distribution, and one, the strongest, along which the target is elsewhere.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor x = Tensor.Normal([120, 7], generator, ScalarType.Float64), y = Tensor.Normal([100, 7], generator, ScalarType.Float64);
        Tensor shift = Tensor.From([4.0, 0, 0, 0, 0, 0, 0], 1, 7);
        FeatureData data = new(x, ToyFeatures.Classes(120), 3, y + shift);

        using FittedFeatures fitted = ((FeatureMethod)Acclimate.Catalog.MethodCatalog.Find(method).Create(new Dictionary<string, string> { ["dimensions"] = "3" })).Fit(data);

        // The linear part of the map; principal directions, where it starts, take the shift in whole.
        Tensor w = fitted.Source.Apply(Tensor.Eye(7, ScalarType.Float64)) - fitted.Source.Apply(Tensor.Zeros([1, 7], ScalarType.Float64));
        Assert.True(w.Slice(0, 0, 1).Norm().ToDouble() < 0.2, $"{w.Slice(0, 0, 1).Norm().ToDouble()}");
    }

    [Fact]
    public void DipCc_WithoutCompactness_IsDip()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 24, 6, seed: 3);

        using FittedFeatures dip = new DomainInvariantProjection { Dimensions = 3 }.Fit(data);
        using FittedFeatures none = new CompactDomainInvariantProjection { Dimensions = 3, ClassCompactness = 0 }.Fit(data);
        using FittedFeatures much = new CompactDomainInvariantProjection { Dimensions = 3, ClassCompactness = 100 }.Fit(data);

        Assert.True(dip.Source.Apply(data.Source).SameAs(none.Source.Apply(data.Source)));
        Assert.True(Spread(much) < 0.9 * Spread(dip));

        double Spread(FittedFeatures fitted)
        {
            Tensor z = fitted.Source.Apply(data.Source);
            return Enumerable.Range(0, 3).Sum(c =>
            {
                Tensor some = z.Slice(0, c, 30, 3);
                return (some - some.Mean(0, keep: true)).Square().Sum().ToDouble();
            });
        }
    }

    [Theory]
    [InlineData(DistributionDistance.Mmd)]
    [InlineData(DistributionDistance.Hellinger)]
    public void SourceWeights_SourceWithStrangers_TurnsFromThem(DistributionDistance kind)
    {
        // Half of each class is where the target is, the other half is far from it.
        using TensorScope scope = TensorScope.Begin();
        (Tensor source, _, Tensor target) = Samples(24, 40, 2);
        int[] labels = [.. Enumerable.Range(0, 24).Select(static i => i % 3 == 0 ? 2 : 0)];
        Tensor far = Tensor.From([.. Enumerable.Range(0, 24).Select(static i => i < 12 ? 0.0 : 6.0)], 24, 1);
        FeatureData data = new(source + far, labels, 4, target);
        Tensor even = Tensor.Full([24, 1], 1.0 / 24, ScalarType.Float64);

        Tensor weights = SourceWeights.Learn(data, even, a => kind.At(data.Source, a, target, 0.3));

        double[] found = weights.ToArray<double>();
        Assert.All(found, static a => Assert.True(a >= 0));
        Assert.Equal(8.0 / 24, found.Where((_, i) => labels[i] == 2).Sum(), 1e-12);
        Assert.Equal(16.0 / 24, found.Where((_, i) => labels[i] == 0).Sum(), 1e-12);
        Assert.True(found[12..].Sum() < 0.1, $"{found[12..].Sum()}");
        Assert.True(kind.At(data.Source, weights, target, 0.3).Value < kind.At(data.Source, even, target, 0.3).Value);
    }

    [Fact]
    public void Dme_WithWeights_EndsLowerThanWithout()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(45, 30, 6, seed: 5);

        using FittedFeatures even = new DistributionMatchingEmbedding { Kernel = KernelChoice.Primal, Dimensions = 3 }.Fit(data);
        using FittedFeatures weighed = new DistributionMatchingEmbedding { Kernel = KernelChoice.Primal, Dimensions = 3, SampleWeightRounds = 2 }.Fit(data);

        Assert.True(weighed.Certificate.Objective[^1] < even.Certificate.Objective[^1]);
    }

    [Fact]
    public void Dip_Surf_IsAboveNoAdaptation() =>
        Assert.InRange(RealPairs.Accuracy("surf", "A>D", new DomainInvariantProjection(), "rowsum,zscore"), 25.48, 100);

    private static (Tensor Source, Tensor Weights, Tensor Target) Samples(int source, int target, int features)
    {
        using Generator generator = new(7);
        Tensor weights = Tensor.Uniform([source, 1], generator, 0.5, 1.5, ScalarType.Float64);
        return (
            Tensor.Normal([source, features], generator, ScalarType.Float64),
            weights / weights.Sum(),
            (Tensor.Normal([target, features], generator, ScalarType.Float64) * 0.8) + 0.3);
    }

    private static double[][] Rows(Tensor x) => [.. Enumerable.Range(0, (int)x.Size(0)).Select(i => x.Select(0, i).ToArray<double>())];

    private static double ByLoops(DistributionDistance kind, double[][] source, double[] a, double[][] target, double gamma)
    {
        double[] b = [.. target.Select(_ => 1.0 / target.Length)];
        if (kind == DistributionDistance.Mmd)
            return Pairs(source, a, source, a) + Pairs(target, b, target, b) - (2 * Pairs(source, a, target, b));
        return source.Zip(a, Term).Sum() + target.Zip(b, Term).Sum();

        double K(double[] x, double[] y) => Math.Exp(-gamma * x.Zip(y, static (p, q) => (p - q) * (p - q)).Sum());

        double Density(double[] x, double[][] of, double[] weights) => of.Zip(weights, (y, w) => w * K(x, y)).Sum();

        double Pairs(double[][] x, double[] u, double[][] y, double[] v) => x.Zip(u, (row, w) => w * Density(row, y, v)).Sum();

        // (√T − √(1 − T))² with T = p/(p + q), as the paper states it.
        double Term(double[] x, double weight)
        {
            double p = Density(x, source, a), q = Density(x, target, b), t = p / (p + q);
            return weight * Math.Pow(Math.Sqrt(t) - Math.Sqrt(1 - t), 2);
        }
    }
}
