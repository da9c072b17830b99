using System.Globalization;
using Acclimate.SelfTaught;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.SelfTaught;

public sealed class SparseCodingTests
{
    [Fact]
    public void Codes_MeetTheFirstOrderConditions()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, Tensor bases) = Problem(seed: 1);

        Tensor codes = SparseCoding.Codes(samples, bases, 0.3);

        // The error of k accelerated steps falls with 1/k² until the signs are settled: 500 leave far less than 1e-3 of the slope here.
        Assert.InRange(SparseCoding.Violation(samples, bases, 0.3, codes), 0, 1e-3);
        double share = codes.Equals(0).To(ScalarType.Float64).Mean().ToDouble();
        Assert.InRange(share, 0.2, 0.95);

        // The test of the conditions is one: codes that are a little off break them.
        Assert.True(SparseCoding.Violation(samples, bases, 0.3, codes * 1.05) > 5e-3);
    }

    [Fact]
    public void Codes_EqualScikitLearnsLasso()
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor samples, Tensor bases) = Problem(seed: 2);
        string answer = Python.Run("sklearn", $"""
            import numpy as np
            from sklearn.decomposition import sparse_encode
            y = np.array([{Listed(samples)}]).reshape(20, 8); b = np.array([{Listed(bases)}]).reshape(12, 8)
            # sklearn minimises ½‖y − aB‖² + α‖a‖₁
            a = sparse_encode(y, b, algorithm='lasso_cd', alpha=0.15, max_iter=100000, positive=False)
            print(np.mean(np.sum((y - a @ b) ** 2, 1) + 0.3 * np.abs(a).sum(1)))
            """);

        double mine = SparseCoding.Objective(samples, bases, 0.3, SparseCoding.Codes(samples, bases, 0.3));

        // Their tolerance is 1e-4 of the samples' size; both are minima from above.
        Assert.Equal(double.Parse(answer, CultureInfo.InvariantCulture), mine, 1e-3 * mine);
    }

    [Fact]
    public void Learn_EachTurn_LowersTheObjectiveAndKeepsBasesShort()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(3);
        (Tensor samples, _) = Problem(seed: 3);
        List<double> heard = [];

        Tensor bases = SparseCoding.Learn(samples, 12, 0.3, 12, generator, (_, value) => heard.Add(value));

        // Codes are minimised to 1e-3 of β: what is left of that is far below a turn's gain, until nothing more is gained.
        for (int i = 1; i < heard.Count; i++)
            Assert.True(heard[i] <= heard[i - 1] * (1 + 1e-5), $"turn {i + 1}: {heard[i]} after {heard[i - 1]}");
        Assert.True(heard[^1] < heard[0] * 0.98);
        Assert.True(bases.Norm(1).Max().ToDouble() <= 1 + 1e-12);
    }

    /// <summary>Samples made of two of twelve bases each, with noise.</summary>
    private static (Tensor Samples, Tensor Bases) Problem(long seed)
    {
        using Generator generator = new(seed);
        Tensor bases = Tensor.Normal([12, 8], generator, ScalarType.Float64);
        bases /= bases.Norm(1, keep: true);
        Tensor weights = Tensor.Normal([20, 12], generator, ScalarType.Float64) * Tensor.Uniform([20, 12], generator, type: ScalarType.Float64).LessThan(0.2).To(ScalarType.Float64);
        return (weights.MatMul(bases) + (Tensor.Normal([20, 8], generator, ScalarType.Float64) * 0.1), bases);
    }

    private static string Listed(Tensor matrix) => string.Join(',', matrix.ToArray<double>().Select(static value => value.ToString("R", CultureInfo.InvariantCulture)));
}
