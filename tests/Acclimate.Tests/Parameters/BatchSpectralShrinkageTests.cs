using Acclimate.Deep;
using Acclimate.Parameters;
using Acclimate.Tests.Deep;
using Acclimate.Torch;

namespace Acclimate.Tests.Parameters;

public sealed class BatchSpectralShrinkageTests
{
    // With two rows or two columns the Gram matrix is 2×2, whose smallest eigenvalue is (tr − √(tr² − 4 det))/2.
    [Theory]
    [InlineData(2, 5)]
    [InlineData(6, 2)]
    public void Loss_OneValue_EqualsTheClosedFormInValueAndGradient(int samples, int features)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        Tensor matrix = Tensor.Normal([samples, features], generator, ScalarType.Float64).Detach().WithGrad();
        using BatchSpectralShrinkage method = new() { Eta = 0.25 };

        LossTerm term = Assert.Single(method.Loss(Step(matrix)));

        double[][] rows = Fitting.Rows(matrix.Detach());
        double[][] two = samples == 2 ? rows : [.. Enumerable.Range(0, 2).Select(j => rows.Select(row => row[j]).ToArray())];
        double aa = Dot(two[0], two[0]), bb = Dot(two[1], two[1]), ab = Dot(two[0], two[1]);
        double smallest = (aa + bb - Math.Sqrt(((aa + bb) * (aa + bb)) - (4 * ((aa * bb) - (ab * ab))))) / 2;
        Assert.Equal(("spectral", 0.25), (term.Name, term.Weight));
        Assert.Equal(smallest, term.Value.ToDouble(), 1e-12);
        Fitting.AssertSlopes(() => Assert.Single(method.Loss(Step(matrix))).Value, matrix);
    }

    // All singular values together are the Frobenius norm: Σ σ² = Σ x².
    [Theory]
    [InlineData(3)]
    [InlineData(40)]
    public void Loss_AllValues_IsTheFrobeniusNorm(int values)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor matrix = Tensor.Normal([3, 7], generator, ScalarType.Float64);
        using BatchSpectralShrinkage method = new() { Values = values };

        Assert.Equal(matrix.Square().Sum().ToDouble(), Assert.Single(method.Loss(Step(matrix))).Value.ToDouble(), 1e-12);
    }

    [Fact]
    public void Loss_EqualValuesAndNoughts_GradientStaysFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchSpectralShrinkage method = new() { Values = 2 };
        foreach (Tensor matrix in (Tensor[])[Tensor.Eye(3), Tensor.Zeros([2, 3]), Tensor.Ones([3, 3])])
        {
            matrix.WithGrad();
            Assert.Single(method.Loss(Step(matrix))).Value.Backward();
            Assert.True(matrix.Grad!.IsFinite().All());
        }
    }

    [Fact]
    public void Loss_FeaturesThatAreNoNumbers_IsNoNumberEither()
    {
        using TensorScope scope = TensorScope.Begin();
        using BatchSpectralShrinkage method = new();

        Assert.False(double.IsFinite(Assert.Single(method.Loss(Step(Tensor.Full([3, 2], float.NaN)))).Value.ToDouble()));
    }

    // ∂σ²/∂F = 2 σ u vᵀ for the smallest alone: what is strong stays.
    [Fact]
    public void Loss_Descended_ShrinksTheWeakestDirectionAlone()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor matrix = (Tensor.Eye(3) * Tensor.From([5f, 2f, 1f])).Detach().WithGrad();
        using BatchSpectralShrinkage method = new();

        Assert.Single(method.Loss(Step(matrix))).Value.Backward();

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 2], matrix.Grad!.ToArray<float>().Select(static g => Math.Round(g, 4) + 0.0));
    }

    private static TrainingStep Step(Tensor features)
    {
        Activations batch = new([("features", features)]);
        return new TrainingStep(new StepInfo(0, 10), batch, features, batch);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, static (x, y) => x * y).Sum();
}
