using Acclimate.Catalog;
using Acclimate.Data;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Shared;
using Acclimate.Features.Subspaces;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Subspaces;

public sealed class TensorAlignedSubspaceTests
{
    [Fact]
    public void MultilinearMap_ThreeModes_IsTheKroneckerProductsMap()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor[] factors = [Normal(generator, 2, 3), Normal(generator, 4, 2), Normal(generator, 3, 3)];
        Tensor x = Normal(generator, 5, 24);

        Tensor mapped = new MultilinearMap(factors).Apply(x);

        Tensor kronecker = Kronecker(Kronecker(factors[0], factors[1]), factors[2]);
        Assert.Equal([5L, 18L], mapped.Shape);
        Assert.True((mapped - x.MatMul(kronecker)).Abs().Max().ToDouble() <= 1e-12);
        Assert.Throws<ArgumentException>(() => new MultilinearMap(factors).Apply(Normal(generator, 5, 23)));
    }

    [Fact]
    public void Tucker_OneMode_IsTheLeadingEigenvectorsOfTheGramMatrix()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor x = Normal(generator, 20, 7);

        Tensor u = TuckerSubspace.Of(x, [3])[0];

        Tensor expected = x.Svd().Vt.Slice(0, 0, 3).T;
        Assert.True((u.MatMul(u.T) - expected.MatMul(expected.T)).Abs().Max().ToDouble() <= 1e-10);
    }

    [Fact]
    public void Tucker_SamplesOfThatRank_HoldsThemWhole()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        Tensor x = new MultilinearMap([Normal(generator, 2, 6), Normal(generator, 3, 5)]).Apply(Normal(generator, 30, 6)).Reshape(30, 6, 5);

        Tensor[] u = TuckerSubspace.Of(x, [2, 3]);

        Assert.True((x - TuckerSubspace.Project(x, u)).Abs().Max().ToDouble() <= 1e-10 * x.Abs().Max().ToDouble());
        Assert.All(u, static factor => Assert.True(Grassmann.ConstraintError(factor) <= 1e-12));
    }

    [Fact]
    public void Fit_SourceTurnedModeByMode_IsTurnedBack()
    {
        // The target lies in a Tucker subspace; the source is such samples with each mode turned away from it.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(4);
        Tensor[] basis = [Normal(generator, 2, 6), Normal(generator, 3, 5)];
        Tensor[] turn = [.. basis.Select(factor => Grassmann.Orthonormal(Tensor.Eye(factor.Size(1), ScalarType.Float64) + (Normal(generator, factor.Size(1), factor.Size(1)) * 0.2)))];
        Tensor inside = new MultilinearMap(basis).Apply(Normal(generator, 60, 6));
        Tensor source = new MultilinearMap(turn).Apply(inside), target = new MultilinearMap(basis).Apply(Normal(generator, 50, 6));
        FeatureData data = new(source, ToyFeatures.Classes(60), 3, target);

        using FittedFeatures one = new TensorAlignedSubspace { Shape = [6, 5], Ranks = [2, 3], Rounds = 1 }.Fit(data);
        using FittedFeatures fitted = new TensorAlignedSubspace { Shape = [6, 5], Ranks = [2, 3], Rounds = 200 }.Fit(data);

        IReadOnlyList<double> left = fitted.Certificate.Objective;
        Assert.All(left.Zip(left.Skip(1)), static pair => Assert.True(pair.Second <= pair.First + 1e-15));
        Assert.True(left[^1] < 0.05 * one.Certificate.Objective[0], string.Join(' ', left));
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-12);

        // What is left out is what the maps lose of the samples: they are orthonormal in each mode.
        double held = fitted.Source.Apply(source).Square().Sum().ToDouble() + fitted.Target.Apply(target).Square().Sum().ToDouble();
        double total = source.Square().Sum().ToDouble() + target.Square().Sum().ToDouble();
        Assert.Equal(left[^1], 1 - (held / total), 1e-10);
    }

    [Fact]
    public void Fit_ShapeOfTheSamples_IsTheDefault()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData plain = ToyFeatures.Shifted(20, 15, 12, seed: 5);
        FeatureData shaped = new(plain.Source, plain.SourceLabels, 3, plain.Target, sampleShape: [3, 4]);

        using FittedFeatures own = new TensorAlignedSubspace().Fit(shaped);
        using FittedFeatures given = new TensorAlignedSubspace { Shape = [3, 4] }.Fit(plain);

        Assert.IsType<MultilinearMap>(own.Source);
        Assert.Equal(4, own.Source.Apply(plain.Source).Size(1));
        Assert.True(own.Source.Apply(plain.Source).SameAs(given.Source.Apply(plain.Source)));
    }

    [Fact]
    public void Read_SamplesThatAreNoRows_KeepsTheirShape()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(7);
        using Domain source = Domain.FromTensor("s", Tensor.Normal([6, 3, 4], generator).LeaveScopes(), new Labels(["ant", "bee"], [0, 1, 0, 1, 0, 1]));
        using Domain target = Domain.FromTensor("t", Tensor.Normal([5, 3, 4], generator).LeaveScopes());

        FeatureData data = FeatureData.Read(source, target, Preprocessing.None, Preprocessing.None);

        Assert.Equal([3L, 4L], data.SampleShape);
        Assert.Equal([6L, 12L], data.Source.Shape);
        Assert.Equal([5L, 12L], data.Target.Shape);
    }

    [Fact]
    public void Fit_WrongShapeOrRanks_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(20, 15, 12, seed: 6);

        Assert.Contains("shape is 5,2", Assert.Throws<ArgumentException>(() => new TensorAlignedSubspace { Shape = [5, 2] }.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("ranks is 2,2,2", Assert.Throws<ArgumentException>(() => new TensorAlignedSubspace { Shape = [3, 4], Ranks = [2, 2, 2] }.Fit(data)).Message, StringComparison.Ordinal);
        Assert.Contains("ranks is 0", Assert.Throws<ArgumentException>(() => new TensorAlignedSubspace { Ranks = [0] }.Fit(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ListsOfNumbers_AreReadAndWritten()
    {
        MethodEntry entry = MethodCatalog.Find("taisl");

        TensorAlignedSubspace made = (TensorAlignedSubspace)entry.Create(new Dictionary<string, string> { ["shape"] = "16,16", ["ranks"] = "none" });

        Assert.Equal([16, 16], made.Shape);
        Assert.Empty(made.Ranks);
        Assert.Equal("16,16", MethodCatalog.OptionsOf(made)["shape"]);
        Assert.Equal("none", MethodCatalog.OptionsOf(made)["ranks"]);
        Assert.Contains("expected whole numbers", Assert.Throws<ArgumentException>(() => entry.Create(new Dictionary<string, string> { ["shape"] = "16,x" })).Message, StringComparison.Ordinal);
    }

    private static Tensor Normal(Generator generator, params long[] shape) => Tensor.Normal(shape, generator, ScalarType.Float64);

    private static Tensor Kronecker(Tensor a, Tensor b) =>
        (a.Unsqueeze(1).Unsqueeze(3) * b.Unsqueeze(0).Unsqueeze(2)).Reshape(a.Size(0) * b.Size(0), a.Size(1) * b.Size(1));
}
