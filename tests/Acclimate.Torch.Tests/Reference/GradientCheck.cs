namespace Acclimate.Torch.Tests.Reference;

/// <summary>Compares the gradients that autograd gives with central finite differences.</summary>
internal static class GradientCheck
{
    /// <summary>
    /// Checks Σ c·f(x) for numbers c that are unlike each other, so that no two faults cancel. With h = 10⁻⁵ and values
    /// near 1 the difference is off by about h²·f‴ ≈ 10⁻¹⁰ and by ε·|f| / h ≈ 10⁻¹¹·(terms summed): 10⁻⁶ leaves room for
    /// steep functions and catches any fault of a formula.
    /// </summary>
    private const double H = 1e-5;
    private const double Tolerance = 1e-6;

    public static void Check(Func<Tensor[], Tensor> function, params (double[] Values, long[] Shape)[] inputs)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor[] leaves = Array.ConvertAll(inputs, static input => Tensor.From(input.Values, input.Shape).WithGrad());
        Weighted(function(leaves)).Backward();
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] gradient = (leaves[i].Grad ?? throw new InvalidOperationException($"no gradient reached input {i}")).ToArray<double>();
            double[] values = inputs[i].Values;
            for (int j = 0; j < values.Length; j++)
            {
                double before = values[j];
                values[j] = before + H;
                double above = Evaluate(function, inputs);
                values[j] = before - H;
                double below = Evaluate(function, inputs);
                values[j] = before;
                double expected = (above - below) / (2 * H);
                double error = Math.Abs(gradient[j] - expected);
                Assert.True(
                    error <= Tolerance * Math.Max(1, Math.Abs(expected)),
                    $"input {i}, element {j}: autograd gives {gradient[j]:R}, the difference quotient {expected:R}");
            }
        }
    }

    private static double Evaluate(Func<Tensor[], Tensor> function, (double[] Values, long[] Shape)[] inputs)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        return Weighted(function(Array.ConvertAll(inputs, static input => Tensor.From(input.Values, input.Shape)))).ToDouble();
    }

    private static Tensor Weighted(Tensor result)
    {
        double[] weights = [.. Enumerable.Range(0, (int)result.Count).Select(static i => Math.Cos(1 + (2.3 * i)))];
        return (result.Reshape(-1) * Tensor.From(weights)).Sum();
    }
}
