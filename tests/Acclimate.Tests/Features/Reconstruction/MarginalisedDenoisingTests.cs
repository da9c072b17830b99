using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.Reconstruction;
using Acclimate.Tests.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Reconstruction;

public sealed class MarginalisedDenoisingTests
{
    // The expectation over noise has 2³ terms here: least squares over every way to drop features, each counted by its probability.
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    public void Mapping_IsLeastSquaresOverEveryWayToDropFeatures(double noise)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(3, 7, 3, shift: 0.5);
        Tensor one = Tensor.Ones([7, 1], ScalarType.Float64), left = Tensor.Zeros([4, 4], ScalarType.Float64), right = Tensor.Zeros([4, 3], ScalarType.Float64);
        for (int ways = 0; ways < 8; ways++)
        {
            double[] kept = [ways & 1, (ways >> 1) & 1, (ways >> 2) & 1];
            double chance = kept.Aggregate(1.0, (p, keeps) => p * (keeps > 0 ? 1 - noise : noise));
            Tensor noisy = Tensor.Concatenate([x * Tensor.From(kept, 1, 3), one], 1);
            left += noisy.T.MatMul(noisy) * chance;
            right += noisy.T.MatMul(x) * chance;
        }

        (Tensor weight, double residual) = MarginalisedDenoising.Mapping(x, noise, 1e-13);

        // The ridge of 1e-13 moves the solution by about that times the matrix's condition, far below a thousand here.
        Loops.Near(left.Solve(right).ToArray<double>(), weight.ToArray<double>(), 1e-9);
        Assert.InRange(residual, 0, 1e-12);
    }

    [Fact]
    public void Fit_TwoLayers_StandBehindTheSamplesThemselves()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(20, 16, 4, seed: 1);
        using FittedFeatures fitted = new MarginalisedDenoising { Layers = 2, Noise = 0.4 }.Fit(data);

        double[][] mapped = Loops.Rows(fitted.Target.Apply(data.Target));

        Tensor x = data.Pooled();
        Tensor first = Layer(x), second = Layer(first);
        double[][] expected = Loops.Rows(Tensor.Concatenate([x, first, second], 1).Slice(0, 20, 36));
        for (int i = 0; i < 16; i++)
            Loops.Near(expected[i], mapped[i], 1e-12);

        static Tensor Layer(Tensor h)
        {
            double[][] w = Loops.Rows(MarginalisedDenoising.Mapping(h, 0.4, 1e-5).Weight), rows = Loops.Rows(h);
            double[] hidden = [.. rows.SelectMany(row => Enumerable.Range(0, 4).Select(j => Math.Tanh(w[4][j] + row.Select((value, i) => value * w[i][j]).Sum())))];
            return Tensor.From(hidden, rows.Length, 4);
        }
    }

    [Fact]
    public void Map_SamplesOfAnotherWidth_AreRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        DenoisingMap map = new(Tensor.Zeros([4, 3], ScalarType.Float64));

        Assert.Contains("takes 3 features", Assert.Throws<ArgumentException>(() => map.Apply(Tensor.Zeros([2, 4], ScalarType.Float64))).Message, StringComparison.Ordinal);
        Assert.Equal(9, map.Apply(Tensor.Zeros([2, 6], ScalarType.Float64)).Size(1));
    }
}
