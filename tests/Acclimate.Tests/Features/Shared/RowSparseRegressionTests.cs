using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.Shared;

public sealed class RowSparseRegressionTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Penalised_AnyPenalty_MeetsTheOptimalityConditions(double share)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor q, Tensor b) = Problem(seed: 1);
        double rho = share * RowSparseRegression.Largest(b);

        (Tensor a, IReadOnlyList<double> objective, double violation) = RowSparseRegression.Penalised(q, b, rho, 1e-9, 100_000);

        // 0 ∈ QA − B + ρ ∂‖A‖₂,₁: a row at zero has a gradient of ρ at most, another one of exactly −ρaⁱ/‖aⁱ‖.
        double[] gradient = (q.MatMul(a) - b).ToArray<double>(), rows = a.ToArray<double>();
        int zero = 0;
        for (int i = 0; i < 6; i++)
        {
            double length = Math.Sqrt((rows[3 * i] * rows[3 * i]) + (rows[(3 * i) + 1] * rows[(3 * i) + 1]) + (rows[(3 * i) + 2] * rows[(3 * i) + 2]));
            double slope = Math.Sqrt(Enumerable.Range(0, 3).Sum(k => gradient[(3 * i) + k] * gradient[(3 * i) + k]));
            if (length == 0)
            {
                zero++;
                Assert.InRange(slope, 0, rho * (1 + 1e-6));
            }
            else
            {
                for (int k = 0; k < 3; k++)
                    Assert.Equal(-rho * rows[(3 * i) + k] / length, gradient[(3 * i) + k], rho * 1e-4);
            }
        }

        Assert.True(share < 0.9 || zero >= 3, $"{zero} rows are zero at nine tenths of the penalty that leaves none");
        Assert.InRange(violation, 0, 1e-9);
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First + (1e-12 * Math.Abs(pair.First))));
    }

    [Fact]
    public void Penalised_AtTheLargestPenalty_SelectsNothing()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor q, Tensor b) = Problem(seed: 2);

        (Tensor a, _, _) = RowSparseRegression.Penalised(q, b, RowSparseRegression.Largest(b));

        Assert.Equal(0, a.Abs().Max().ToDouble());
    }

    [Fact]
    public void Constrained_OneEquation_TakesTheOneBestFeature()
    {
        // min Σ|aᵢ| subject to c·a = b is reached by the largest |cᵢ| alone: b/|cᵢ|.
        using TensorScope scope = TensorScope.Begin();
        Tensor c = Tensor.From<double>([0.48, 0.64, -0.6], 1, 3);

        (Tensor a, IReadOnlyList<double> objective) = RowSparseRegression.Constrained(c, Tensor.From<double>([2.0], 1, 1), 2000);

        double[] found = a.ToArray<double>();
        Assert.Equal(2 / 0.64, found[1], 1e-2);
        Assert.Equal(0, found[0], 1e-2);
        Assert.Equal(0, found[2], 1e-2);
        Assert.Equal(2, c.MatMul(a).ToDouble(), 1e-9);
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First * (1 + 1e-9)));
    }

    [Fact]
    public void Constrained_TwoEquations_BeatsEveryFeasiblePointAround()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        (Tensor _, Tensor _, Tensor vt) = Tensor.Normal([2, 5], generator, ScalarType.Float64).Svd();
        Tensor c = vt.Slice(0, 0, 2), b = Tensor.Normal([2, 2], generator, ScalarType.Float64);

        (Tensor a, _) = RowSparseRegression.Constrained(c, b, 500);

        double least = RowSparseRegression.Norm(a);
        Assert.True((c.MatMul(a) - b).Abs().Max().ToDouble() < 1e-9);
        for (int i = 0; i < 200; i++)
        {
            Tensor step = Tensor.Normal([5, 2], generator, ScalarType.Float64) * Math.Pow(10, -(i % 4));
            Tensor other = a + step - c.T.MatMul(c.MatMul(step));

            // Smoothing by 1e-4 of a row's mean length costs at most that for each row.
            Assert.True(RowSparseRegression.Norm(other) >= least * (1 - 5e-4));
        }
    }

    private static (Tensor Q, Tensor B) Problem(long seed)
    {
        using Generator generator = new(seed);
        Tensor x = Tensor.Normal([20, 6], generator, ScalarType.Float64);
        Tensor y = Tensor.Normal([20, 3], generator, ScalarType.Float64) + x.Slice(1, 0, 3);
        return (x.T.MatMul(x), x.T.MatMul(y));
    }
}
