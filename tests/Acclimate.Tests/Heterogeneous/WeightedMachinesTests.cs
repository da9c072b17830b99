using System.Globalization;
using Acclimate.Classifiers;
using Acclimate.Heterogeneous;
using Acclimate.Tests.Data;
using Acclimate.Torch;

namespace Acclimate.Tests.Heterogeneous;

public sealed class WeightedMachinesTests
{
    [Fact]
    public void Train_WeightedSamples_EqualsScikitLearns()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        int[] labels = [.. Enumerable.Range(0, 45).Select(static i => i % 3)];
        Tensor x = Tensor.Normal([45, 4], generator, ScalarType.Float64) + (Tensor.From(Array.ConvertAll(labels, static l => (long)l)).OneHot(4).To(ScalarType.Float64) * 1.5);
        double[] weights = [.. Enumerable.Range(0, 45).Select(static i => i % 5 / 2.0)];
        string answer = Python.Run("sklearn", $"""
            import numpy as np
            from sklearn.svm import LinearSVC
            x = np.array([{Listed(x.ToArray<double>())}]).reshape(45, 4); s = np.array([{Listed(weights)}])
            m = LinearSVC(C=0.5, loss='squared_hinge', max_iter=1000000, tol=1e-8).fit(x, np.arange(45) % 3, sample_weight=s)
            print(','.join(repr(float(v)) for v in np.vstack([m.coef_.T, m.intercept_]).ravel()))
            """);

        using FittedLinear found = WeightedMachines.Train(x, labels, 4, weights, 0.5);

        double[] wanted = [.. answer.Split(',').Select(static v => double.Parse(v, CultureInfo.InvariantCulture))], mine = found.Weight.ToArray<double>(), offset = found.Offset.ToArray<double>();

        // Ours stops where no step moves a margin by 1e-4.
        for (int j = 0; j < 4; j++)
        {
            for (int k = 0; k < 3; k++)
                Assert.Equal(wanted[(j * 3) + k], mine[(j * 4) + k], 2e-3);
        }

        Assert.All(Enumerable.Range(0, 3), k => Assert.Equal(wanted[12 + k], offset[k], 2e-3));
        Assert.Equal(double.NegativeInfinity, offset[3]);
    }

    private static string Listed(double[] values) => string.Join(',', values.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)));
}
