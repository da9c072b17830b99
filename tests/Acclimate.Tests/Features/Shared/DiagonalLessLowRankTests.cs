using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class DiagonalLessLowRankTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1e-15)]
    [InlineData(1e-12)]
    [InlineData(1e-3)]
    public void Largest_WhereEntriesAreNearlyEqual_IsThatOfTheWholeMatrix(double apart)
    {
        // A Gaussian kernel that is far too narrow is the identity but for rounding, and its scatter has one eigenvalue many times over.
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        const int r = 300, c = 4, k = 40;
        Tensor d = Tensor.From<double>([.. Enumerable.Range(0, r).Select(i => 1 + (apart * i))]), y = Tensor.Normal([r, c], generator, ScalarType.Float64) * 0.05;

        (Tensor values, Tensor vectors) = DiagonalLessLowRank.Largest(d, y, k);

        Tensor whole = d.Diagonal() - y.MatMul(y.T);
        (Tensor expected, _) = DiagonalLessLowRank.Top(whole, k);

        // Both are decompositions of matrices of norm near 1 in float64: eigenvalues are off by some hundred roundings at most.
        Assert.All(values.ToArray<double>().Zip(expected.ToArray<double>()), static pair => Assert.Equal(pair.Second, pair.First, 1e-12));
        Assert.True((whole.MatMul(vectors) - (vectors * values)).Abs().Max().ToDouble() < 1e-12);
    }
}
