using Acclimate.Features;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class SamplingGeodesicFlowTests
{
    [Fact]
    public void Flow_ManySubspacesAndNoReduction_IsTheGeodesicFlowKernel()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 8, seed: 1);
        const int Subspaces = 801;

        using FittedFeatures sampled = new SamplingGeodesicFlow { Dimensions = 3, Subspaces = Subspaces, Reduction = FlowReduction.None }.Fit(data);
        using FittedFeatures kernel = new GeodesicFlowKernel { Dimensions = 3 }.Fit(data);

        // A sum over equally spaced points is the integral but for the ends' half weights: off by 1/m of the integrand.
        Tensor z = sampled.Source.Apply(data.Source), exact = kernel.Source.Apply(data.Source);
        Tensor one = z.MatMul(z.T) / Subspaces, two = exact.MatMul(exact.T);
        Assert.True((one - two).Norm().ToDouble() <= 2.0 / Subspaces * two.Norm().ToDouble());
    }

    [Fact]
    public void PartialLeastSquares_AllDirections_ScoresAreUncorrelatedAndFitLikeLeastSquares()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Labelled();

        Tensor r = LabelledProjections.PartialLeastSquares(x, y, 6);

        Tensor z = x - x.Mean(0, keep: true), yc = y - y.Mean(0, keep: true), scores = z.MatMul(r);
        Tensor products = scores.T.MatMul(scores), lengths = products.Diagonal();
        Assert.True((products - lengths.Diagonal()).Abs().Max().ToDouble() <= 1e-9 * lengths.Max().ToDouble());

        // The first direction has the largest covariance with the classes that a direction can have.
        double best = z.T.MatMul(yc).Svd().S.Max().ToDouble();
        Assert.Equal(best, z.MatMul(r.Slice(1, 0, 1)).T.MatMul(yc).Norm().ToDouble(), 1e-9 * best);

        // As many directions as features: the classes' regression on the scores is that on the samples themselves.
        Assert.Equal(6, r.Size(1));
        Tensor onScores = scores.MatMul(products.Solve(scores.T.MatMul(yc))), onSamples = z.MatMul(z.T.MatMul(z).Solve(z.T.MatMul(yc)));
        Assert.True((onScores - onSamples).Abs().Max().ToDouble() <= 1e-8);
    }

    [Fact]
    public void PartialLeastSquares_MoreThanThereAre_StopsWhereNothingIsLeft()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Labelled();
        Tensor twice = Tensor.Concatenate([x, x], 1);

        Tensor r = LabelledProjections.PartialLeastSquares(twice, y, 12);

        Assert.InRange(r.Size(1), 1, 6);
        Assert.True(r.IsFinite().All());
    }

    [Fact]
    public void Discriminants_ThreeClasses_SolveFishersEigenproblem()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor x, Tensor y) = Labelled();

        Tensor w = LabelledProjections.Discriminants(x, y);

        // By loops over the classes; the ridge is a thousandth of the mean diagonal.
        Tensor sw = Tensor.Zeros([6, 6], ScalarType.Float64), sb = Tensor.Zeros([6, 6], ScalarType.Float64), mean = x.Mean(0, keep: true);
        for (int c = 0; c < 3; c++)
        {
            Tensor some = x.Slice(0, c, 30, 3), middle = some.Mean(0, keep: true);
            sw += (some - middle).T.MatMul(some - middle);
            sb += (middle - mean).T.MatMul(middle - mean) * 10;
        }

        sw += Tensor.Eye(6, ScalarType.Float64) * (1e-3 * sw.Diagonal().Mean().ToDouble());
        Assert.Equal(2, w.Size(1));
        Assert.True((w.T.MatMul(sw).MatMul(w) - Tensor.Eye(2, ScalarType.Float64)).Abs().Max().ToDouble() <= 1e-10);
        Tensor theta = w.T.MatMul(sb).MatMul(w);
        Assert.True((sb.MatMul(w) - sw.MatMul(w).MatMul(theta)).Norm().ToDouble() <= 1e-9 * sb.MatMul(w).Norm().ToDouble());

        // All of the between-class scatter's trace under S_w is in them.
        Assert.Equal(sw.Solve(sb).Diagonal().Sum().ToDouble(), theta.Diagonal().Sum().ToDouble(), 1e-8);
    }

    [Theory]
    [InlineData(FlowReduction.None, 36.31)]
    [InlineData(FlowReduction.Pls, 42.04)]
    public void Sgf_Surf_GivesTheSameCellsAgain(FlowReduction reduction, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", "A>D", new SamplingGeodesicFlow { Reduction = reduction }, "rowsum,zscore"), 0.006);

    private static (Tensor X, Tensor Y) Labelled()
    {
        FeatureData data = ToyFeatures.Shifted(30, 3, 6, seed: 6);
        Tensor y = Tensor.From<long>([.. data.SourceLabels.Select(static label => (long)label)]).OneHot(3).To(ScalarType.Float64);
        return (data.Source, y);
    }
}
