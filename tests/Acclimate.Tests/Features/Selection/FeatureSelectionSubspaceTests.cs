using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Selection;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Selection;

public sealed class FeatureSelectionSubspaceTests
{
    [Fact]
    public void Fit_Penalised_LeavesOutFeaturesThatSayNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = WithNoise(features: 4, noise: 12);

        using FittedFeatures fitted = new FeatureSelectionSubspace { Penalty = 0.3 }.Fit(data);

        double[] rows = ((AffineMap)fitted.Source).Weight.Norm(1).ToArray<double>();
        Assert.All(rows[4..], row => Assert.True(row < rows[..4].Max() / 20));
        Assert.Contains(rows[4..], static row => row == 0);
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-4);
    }

    [Fact]
    public void Fit_ExactWithMoreFeaturesThanSamples_ReachesTheEmbedding()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(12, 9, 40, seed: 1);

        using FittedFeatures fitted = new FeatureSelectionSubspace { Form = EmbeddingForm.Exact }.Fit(data);

        // Y of the graph of classes: orthonormal, orthogonal to 1, the same for all of a class.
        Tensor z = fitted.Source.Apply(data.Source);
        Assert.Equal(2, z.Size(1));
        Assert.True((z.T.MatMul(z) - Tensor.Eye(2, ScalarType.Float64)).Abs().Max().ToDouble() < 1e-8);
        Assert.True(z.Sum(0).Abs().Max().ToDouble() < 1e-8);
        for (int i = 3; i < 12; i++)
            Assert.True((z.Slice(0, i, i + 1) - z.Slice(0, i % 3, (i % 3) + 1)).Abs().Max().ToDouble() < 1e-8);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-8);

        // 11 independent equations need about 11 features of the 40, not all.
        int used = ((AffineMap)fitted.Source).Weight.Norm(1).ToArray<double>().Count(static row => row > 1e-3);
        Assert.InRange(used, 2, 25);
    }

    [Theory]
    [InlineData(EmbeddingForm.Exact)]
    [InlineData(EmbeddingForm.Penalised)]
    public void Fit_Neighbours_EmbedsNearSamplesNearEachOther(EmbeddingForm form)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 30, 6, seed: 2, shift: 0.1);
        FeatureSelectionSubspace fssl = new() { Graph = EmbeddedGraph.Neighbours, Form = form, Dimensions = 2, Penalty = 0.01 };

        using FittedFeatures fitted = fssl.Fit(data);

        // Clusters are the smoothest functions on the graph: within them the embedding varies little of what it does in all.
        Tensor z = fitted.Source.Apply(data.Source);
        Tensor means = Tensor.Stack([.. Enumerable.Range(0, 3).Select(c => z.Slice(0, c, 30, 3).Mean(0))]);
        Tensor within = z - Tensor.Concatenate([.. Enumerable.Repeat(means, 10)]);
        double share = within.Square().Sum().ToDouble() / (z - z.Mean(0, keep: true)).Square().Sum().ToDouble();
        Assert.InRange(share, 0, 0.2);
    }

    [Theory]
    [InlineData("graph", -1, 0.1)]
    [InlineData("penalty is 1", 20, 1)]
    [InlineData("penalty is 0", 20, 0)]
    public void Fit_OptionOutOfRange_IsRefusedByName(string fault, int dimensions, double penalty)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureSelectionSubspace fssl = new() { Dimensions = dimensions, Penalty = penalty };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => fssl.Fit(ToyFeatures.Shifted(6, 6, 3, seed: 3)));

        Assert.Contains(dimensions < 0 ? "dimensions is -1" : fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_SurfWebcamToDslr_IsNearVdasTable()
    {
        // The table prints 76.79, which is no share of 157 samples; two or three samples apart.
        Assert.Equal(76.79, RealPairs.Accuracy("surf", "W>D", new FeatureSelectionSubspace(), "rowsum,zscore"), 2.5);
    }

    private static FeatureData WithNoise(int features, int noise)
    {
        using Generator generator = new(5);
        FeatureData plain = ToyFeatures.Shifted(60, 45, features, seed: 4);
        return new FeatureData(
            Tensor.Concatenate([plain.Source, Tensor.Normal([60, noise], generator, ScalarType.Float64)], 1), plain.SourceLabels, 3,
            Tensor.Concatenate([plain.Target, Tensor.Normal([45, noise], generator, ScalarType.Float64)], 1));
    }
}
