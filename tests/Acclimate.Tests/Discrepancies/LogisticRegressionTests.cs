using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Tests.Discrepancies;

public sealed class LogisticRegressionTests
{
    [Theory]
    [InlineData(40, 3)]
    [InlineData(10, 25)]
    public void Fit_AnyShape_LeavesNoSlope(int n, int features)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Loops.Sample(1, n, features);
        double[] signs = [.. Enumerable.Range(0, n).Select(i => i % 3 == 0 ? 1.0 : -1.0)];
        double[] counts = [.. Enumerable.Range(0, n).Select(i => i % 3 == 0 ? 2.0 : 0.5)];
        Tensor penalty = Tensor.Full([features], 0.7, ScalarType.Float64);
        double[] w = LogisticRegression.Fit(x, Tensor.From(signs), Tensor.From(counts), penalty).ToArray<double>();

        double[][] rows = Loops.Rows(x);
        double[] slope = Slope(w);
        double first = Math.Sqrt(Slope(new double[features]).Sum(value => value * value));

        // The fit stops at 1e-5 of the first slope.
        Assert.True(Math.Sqrt(slope.Sum(value => value * value)) <= 1.01e-5 * first);

        double[] Slope(double[] at)
        {
            double[] sum = [.. at.Select(value => 0.7 * value)];
            for (int i = 0; i < n; i++)
            {
                double margin = signs[i] * rows[i].Zip(at, (a, b) => a * b).Sum();
                for (int f = 0; f < features; f++)
                    sum[f] -= counts[i] * signs[i] * rows[i][f] / (1 + Math.Exp(margin));
            }

            return sum;
        }
    }
}
