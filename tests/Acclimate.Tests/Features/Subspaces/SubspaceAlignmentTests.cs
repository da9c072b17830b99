using Acclimate.Features;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class SubspaceAlignmentTests
{
    [Theory]
    [InlineData("A>D", 20, "rowsum,zscore", 36.31)]
    [InlineData("A>D", 30, "rowsum,zscore", 38.85)]
    [InlineData("W>D", 30, "rowsum,zscore,l2", 82.80)]
    public void Sa_SurfWithOneNearestNeighbour_GivesTheReferenceCells(string task, int dimensions, string preprocess, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new SubspaceAlignment { Dimensions = dimensions }, preprocess), 0.006);

    [Theory]
    [InlineData("A>D", 26.75)]
    [InlineData("D>W", 84.41)]
    public void Coral_SurfWithOneNearestNeighbour_GivesTheReferenceCells(string task, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new CorrelationAlignment(), "rowsum,zscore"), 0.006);

    [Theory]
    [InlineData("A>D", 39.5)]
    [InlineData("W>D", 86.6)]
    public void Coral_SurfOnSimilarities_GivesThePrintedCells(string task, double expected) =>
        Assert.Equal(expected, RealPairs.Accuracy("surf", task, new CorrelationAlignment { Similarity = true }, "rowsum,zscore"), 0.06);

    [Fact]
    public void Coral_Similarity_IsAClassifierWhoseMachinesAreLinearInTheTarget()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 6, seed: 6);
        CorrelationAlignment coral = new() { Similarity = true };

        using FittedFeatures fitted = coral.Fit(data);

        Assert.False(coral.NeedsOnlyMoments);
        int[] found = fitted.Classifier!.Predict(fitted.Target.Apply(data.Target));
        Assert.True(found.Zip(ToyFeatures.Classes(45), static (a, b) => a == b ? 1.0 : 0).Average() > 0.8);
    }

    [Fact]
    public void Sa_AnyDomains_IsTheBestLinearAlignmentOfTheBases()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 7, seed: 1);

        using FittedFeatures fitted = new SubspaceAlignment { Dimensions = 3 }.Fit(data);

        // The bases by the singular value decomposition of the centred samples, and M by the normal equations of ‖PₛM − Pₜ‖².
        Tensor ps = Basis(data.Source), pt = Basis(data.Target);
        Tensor m = ps.T.MatMul(ps).Solve(ps.T.MatMul(pt));
        Close(data.Source.MatMul(ps).MatMul(m), fitted.Source.Apply(data.Source), pt, fitted, data);

        static Tensor Basis(Tensor x) => (x - x.Mean(0, keep: true)).Svd().Vt.Slice(0, 0, 3).T;
    }

    [Fact]
    public void Sa_FewSamples_KeepsTheDimensionsThatBothDomainsHave()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 3, 12, seed: 2);

        using FittedFeatures fitted = new SubspaceAlignment().Fit(data);

        // Three samples vary in two directions; the others would be arbitrary.
        Assert.Equal(2, fitted.Target.Apply(data.Target).Size(1));
        Assert.Equal(2, fitted.Source.Apply(data.Source).Size(1));
    }

    [Fact]
    public void Sda_TargetThatIsTheSourceStretched_GivesTheSourceTheTargetsCovariance()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor source = ToyFeatures.Shifted(40, 30, 6, seed: 3).Source;
        FeatureData data = new(source, ToyFeatures.Classes(40), 3, (source * 3) + 1);

        using FittedFeatures sda = new SubspaceDistributionAlignment { Dimensions = 4 }.Fit(data), sa = new SubspaceAlignment { Dimensions = 4 }.Fit(data);

        Tensor target = Covariance(sda.Target.Apply(data.Target));
        Assert.True((Covariance(sda.Source.Apply(source)) - target).Norm().ToDouble() <= 1e-10 * target.Norm().ToDouble());
        Assert.True((Covariance(sa.Source.Apply(source)) - target).Norm().ToDouble() > 0.5 * target.Norm().ToDouble());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1e-6)]
    public void Coral_AnyRidge_GivesTheSourceTheTargetsCovariance(double lambda)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 50, 6, seed: 4);

        using FittedFeatures fitted = new CorrelationAlignment { Lambda = lambda }.Fit(data);

        Tensor a = fitted.Source.Apply(Tensor.Eye(6, ScalarType.Float64)), ridge = Tensor.Eye(6, ScalarType.Float64) * lambda;
        Tensor mapped = Covariance(fitted.Source.Apply(data.Source)) + (a.T.MatMul(a) * lambda), target = Covariance(data.Target) + ridge;
        Assert.True((mapped - target).Norm().ToDouble() <= 1e-10 * target.Norm().ToDouble());

        // Of all A that do so, it is the one that whitens by the symmetric root: (Cₛ + λI)^½ A is symmetric.
        Tensor cs = Covariance(data.Source) + ridge;
        (Tensor values, Tensor vectors) = cs.SymmetricEigen();
        Tensor colour = (vectors * values.Sqrt()).MatMul(vectors.T).MatMul(a);
        Assert.True((colour - colour.T).Norm().ToDouble() <= 1e-9 * colour.Norm().ToDouble());
        Assert.True(fitted.Target.Apply(data.Target).SameAs(data.Target));
    }

    [Theory]
    [InlineData("sa")]
    [InlineData("sda")]
    [InlineData("coral")]
    public void Fit_FromMoments_IsTheSameAsFromSamples(string method)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 6, seed: 5);
        FeatureMethod made = (FeatureMethod)Acclimate.Catalog.MethodCatalog.Find(method).Create();
        Moments source = Moments.Of(data.Source.Slice(0, 0, 15));
        source.Add(data.Source.Slice(0, 15, 40));

        using FittedFeatures whole = made.Fit(data), streamed = made.Fit(source, Moments.Of(data.Target));

        // Inner products, for eigenvectors have a sign of their own.
        Tensor one = whole.Source.Apply(data.Source).MatMul(whole.Target.Apply(data.Target).T);
        Tensor two = streamed.Source.Apply(data.Source).MatMul(streamed.Target.Apply(data.Target).T);
        Assert.True((one - two).Abs().Max().ToDouble() <= 1e-9 * one.Abs().Max().ToDouble());
    }

    private static void Close(Tensor expected, Tensor found, Tensor targetBasis, FittedFeatures fitted, FeatureData data)
    {
        // In the target's basis signs are free: compare inner products of the source with the target.
        Tensor one = expected.MatMul(data.Target.MatMul(targetBasis).T), two = found.MatMul(fitted.Target.Apply(data.Target).T);
        Assert.True((one - two).Abs().Max().ToDouble() <= 1e-9 * one.Abs().Max().ToDouble());
    }

    private static Tensor Covariance(Tensor x)
    {
        Tensor centred = x - x.Mean(0, keep: true);
        return centred.T.MatMul(centred) / (x.Size(0) - 1);
    }
}
