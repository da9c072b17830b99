using Acclimate.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Deep;

public class SoftmaxEntropyTests
{
    [Fact]
    public void Entropies_EqualTheLoops()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor logits = Tensor.Normal([7, 4], generator, ScalarType.Float64) * 3;

        double[][] shares = [.. Fitting.Rows(logits).Select(Fitting.Softmax)];
        double[] mean = [.. Enumerable.Range(0, 4).Select(k => shares.Average(row => row[k]))];

        // A hundred float64 operations of size 1: 1e-13 leaves room for their roundings.
        Assert.Equal(shares.Average(Fitting.Entropy), SoftmaxEntropy.OfEach(logits).ToDouble(), 1e-13);
        Assert.Equal(Fitting.Entropy(mean), SoftmaxEntropy.OfMean(logits).ToDouble(), 1e-13);
    }

    [Fact]
    public void Entropies_SlopesEqualDifferences()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor logits = Tensor.Normal([5, 3], generator, ScalarType.Float64).WithGrad();

        Fitting.AssertSlopes(() => SoftmaxEntropy.OfEach(logits), logits);
        Fitting.AssertSlopes(() => SoftmaxEntropy.OfMean(logits), logits);
    }

    [Fact]
    public void Entropies_OfSurePredictions_AreZeroAndSoAreTheirSlopes()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor logits = Tensor.From([1000f, -1000, 0, 1000, -1000, 0], 2, 3).WithGrad();

        (SoftmaxEntropy.OfEach(logits) + SoftmaxEntropy.OfMean(logits)).Backward();

        Assert.Equal(0, SoftmaxEntropy.OfEach(logits).ToDouble());
        Assert.Equal(0, SoftmaxEntropy.OfMean(logits).ToDouble());
        using Tensor slope = logits.Grad!;
        Assert.All(slope.ToArray<float>(), static s => Assert.Equal(0, s));
    }
}
