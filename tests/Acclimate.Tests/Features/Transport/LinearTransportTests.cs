using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Transport;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Transport;

public sealed class LinearTransportTests
{
    [Fact]
    public void Fit_AnyRegularisation_MapsAsPot()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 6, seed: 1);
        Tensor unseen = ToyFeatures.Shifted(9, 3, 6, seed: 2).Source;
        double[] regularisations = [1e-8, 0.1, 10];
        Tensor[] expected = PythonOptimalTransport.Evaluate(
            "np.vstack([ot.da.LinearTransport(reg=reg).fit(Xs=x, Xt=y).transform(Xs=z) for reg in regs[0]])",
            ("x", data.Source), ("y", data.Target), ("z", unseen), ("regs", Tensor.From(regularisations, 1, 3))).Split([9, 9, 9]);

        foreach ((double regularisation, Tensor there) in regularisations.Zip(expected))
        {
            using FittedFeatures fitted = new LinearTransport { Regularisation = regularisation }.Fit(data);
            Assert.InRange((fitted.Source.Apply(unseen) - there).Abs().Max().ToDouble(), 0, 1e-9);
        }
    }

    [Fact]
    public void Fit_HardlyRegularised_GivesTheSourceTheTargetsMoments()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 6, seed: 3);

        using FittedFeatures fitted = new LinearTransport { Regularisation = 1e-12 }.Fit(data);

        using Moments mapped = Moments.Of(fitted.Source.Apply(data.Source)), target = Moments.Of(data.Target);
        Assert.InRange((mapped.Mean - target.Mean).Abs().Max().ToDouble(), 0, 1e-10);
        Assert.InRange(((mapped.Scatter / 40) - (target.Scatter / 30)).Abs().Max().ToDouble(), 0, 1e-8);

        // Optimal among the maps that do so is the gradient of a convex function: A symmetric with no negative eigenvalue.
        Tensor a = ((AffineMap)fitted.Source).Weight;
        Assert.True(a.SameAs(a.T.Contiguous()));
        Assert.True(a.SymmetricEigen().Values.Min().ToDouble() > 0);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-10);
    }

    [Fact]
    public void Fit_OneFeature_IsTheRatioOfDeviations()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.From<double>([1, 3], 2, 1), y = Tensor.From<double>([10, 14, 18], 3, 1);

        using FittedFeatures fitted = new LinearTransport { Regularisation = 1e-14 }.Fit(new FeatureData(x, [0, 1], 2, y));

        // Variances 1 and 32/3: x ↦ 14 + (x − 2)√(32/3).
        Assert.Equal(14 + Math.Sqrt(32.0 / 3), fitted.Source.Apply(x).ToArray<double>()[1], 1e-10);
    }

    [Fact]
    public void Fit_IdenticalDomains_IsTheIdentity()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(12, 4, 30, seed: 4);

        using FittedFeatures fitted = new LinearTransport().Fit(new FeatureData(plain.Source, plain.SourceLabels, 3, plain.Source));

        Assert.InRange((fitted.Source.Apply(plain.Source) - plain.Source).Abs().Max().ToDouble(), 0, 1e-9);
    }

    [Fact]
    public void Fit_Moments_IsTheSameAsFromSamples()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 6, seed: 5);
        using Moments source = Moments.Of(data.Source.Slice(0, 0, 11)), target = Moments.Of(data.Target);
        source.Add(data.Source.Slice(0, 11, 40));

        using FittedFeatures one = new LinearTransport().Fit(data), two = new LinearTransport().Fit(source, target);

        Assert.InRange((one.Source.Apply(data.Source) - two.Source.Apply(data.Source)).Abs().Max().ToDouble(), 0, 1e-10);
    }
}
