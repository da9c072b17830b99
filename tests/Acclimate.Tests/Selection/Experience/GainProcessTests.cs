using Acclimate.Selection.Experience;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Experiences;

public sealed class GainProcessTests
{
    private const double Spread = 0.7, Left = 2, Share = 0.6, Length = 1.3;
    private static readonly StatisticsKind Kind = new("two of three", 1..3);

    [Theory]
    [InlineData("0 1 2 3 4 5 6")]
    [InlineData("0 0 1 1 1 2 2")]
    [InlineData("2 0 1 0 2 1 1")]
    [InlineData("0 0 0 0 0 0 0")]
    public void LeftOut_ByTheInverse_IsWhatThePredictionOfAllOtherGroupsMisses(string groups)
    {
        int[] group = [.. groups.Split(' ').Select(int.Parse)];
        int n = group.Length;
        Random random = new(3);
        double[][] pairs = [.. Enumerable.Range(0, n).Select(_ => new[] { random.NextDouble(), 2 * random.NextDouble(), 2 * random.NextDouble() })];
        double[][] gains = [.. Enumerable.Range(0, n).Select(_ => new[] { 4 * random.NextDouble(), 4 * random.NextDouble() })];

        using TensorScope scope = TensorScope.Begin();
        GainProcess process = new(Spread, Left, Kind, Share, Length);
        double[][] found = GainProcess.LeftOut(process.Covariance(pairs), Tensor.From([.. gains.SelectMany(static row => row)]).Reshape(n, 2), group);

        for (int i = 0; i < n; i++)
        {
            int[] others = [.. Enumerable.Range(0, n).Where(j => group[j] != group[i])];
            double[,] k = new double[others.Length, others.Length];
            for (int a = 0; a < others.Length; a++)
            {
                for (int b = 0; b < others.Length; b++)
                    k[a, b] = Kernel(pairs[others[a]], pairs[others[b]]) + (a == b ? (1 - Share) * Left : 0);
            }

            for (int method = 0; method < 2; method++)
            {
                double[] weights = Solve(k, [.. others.Select(j => gains[j][method])]);
                double predicted = others.Select((j, at) => Kernel(pairs[i], pairs[j]) * weights[at]).Sum();

                // Both solve systems of seven or fewer with a condition below 100 in float64: rounding is below 1e-12 of numbers near four.
                Assert.Equal(gains[i][method] - predicted, found[i][method], 1e-10);
            }
        }

        static double Kernel(double[] x, double[] y)
        {
            double distance = 0;
            for (int i = 1; i < 3; i++)
                distance += (x[i] - y[i]) * (x[i] - y[i]);
            return Spread + (Share * Left * Math.Exp(-distance / (2 * 2 * Length * Length)));
        }
    }

    /// <summary>Gauss–Jordan with pivots.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        int n = right.Length;
        double[,] a = (double[,])matrix.Clone();
        double[] b = [.. right];
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(a[row, column]));
            for (int j = 0; j < n; j++)
                (a[column, j], a[pivot, j]) = (a[pivot, j], a[column, j]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (int row = 0; row < n; row++)
            {
                if (row == column)
                    continue;
                double factor = a[row, column] / a[column, column];
                for (int j = 0; j < n; j++)
                    a[row, j] -= factor * a[column, j];
                b[row] -= factor * b[column];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => b[i] / a[i, i])];
    }
}
