using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Generated;
using Acclimate.Instances;
using Acclimate.Tests.Data;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Instances;

public sealed class KernelMeanMatchingTests
{
    // A prime of samples, one more than a round number, one alone: every sample is weighed whatever n.
    [Theory]
    [InlineData(1001)]
    [InlineData(97)]
    [InlineData(1)]
    public void Weigh_AnyNumberOfSamples_MeetsTheOptimalityConditions(int count)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Shifts.Data(CovariateShift.Draw(count, 300, 1));
        double n = count, epsilon = (Math.Sqrt(n) - 1) / Math.Sqrt(n);

        InstanceWeights found = new KernelMeanMatching { Gamma = 0.5, Ridge = 0 }.Weigh(data);

        Assert.Equal(count, found.Values.Length);
        Assert.InRange(found.Certificate.KktResidual!.Value, 0, 1e-6);
        Assert.InRange(found.Values.Sum(), n * (1 - epsilon) * (1 - 1e-6), n * (1 + epsilon) * (1 + 1e-6));

        // The conditions by themselves: with a sum inside its range Kβ − κ is 0 where 0 < β < B, at least 0 where β = 0.
        Kernel kernel = Kernel.Rbf(0.5);
        Tensor kappa = kernel.Evaluate(data.Source, data.Target).Sum(1) * (n / 300);
        double scale = Math.Max(1, kappa.Max().ToDouble());
        if (found.Values.Sum() < n * (1 + epsilon) * 0.999 && found.Values.Sum() > n * (1 - epsilon) * 1.001)
        {
            double[] slope = ((kernel.Evaluate(data.Source, data.Source).MatMul(Tensor.From<double>(found.Values)) - kappa) / scale).ToArray<double>();
            Assert.All(slope.Zip(found.Values), static pair => Assert.InRange(Math.Abs(pair.Second - Math.Clamp(pair.Second - pair.First, 0, 1000)), 0, 1e-6));
        }
    }

    // scipy minimises the same objective to its own tolerance of about 1e-9 relative; the minimum's value is unique where the minimiser need not be.
    [Fact]
    public void Weigh_SmallProblem_HasTheObjectiveThatScipyFinds()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = Shifts.Data(CovariateShift.Draw(30, 20, 4));
        InstanceWeights found = new KernelMeanMatching { Gamma = 0.3, B = 3, Epsilon = 0.1, Ridge = 0 }.Weigh(data);
        string script = $"""
            import numpy as np
            from scipy.optimize import minimize, LinearConstraint
            s = np.array([{Shifts.Written(data.Source)}]).reshape(-1, 2)
            t = np.array([{Shifts.Written(data.Target)}]).reshape(-1, 2)
            k = lambda a, b: np.exp(-0.3 * ((a[:, None] - b[None]) ** 2).sum(2))
            K, kappa = k(s, s), k(s, t).sum(1) * 30 / 20
            f = lambda b: b @ K @ b / 2 - kappa @ b
            r = minimize(f, np.ones(30), jac=lambda b: K @ b - kappa, hess=lambda b: K, bounds=[(0, 3)] * 30, method='trust-constr',
                         constraints=[LinearConstraint(np.ones((1, 30)), 27, 33)], options=dict(gtol=1e-10, xtol=1e-12, maxiter=3000))
            print(repr(float(r.fun)))
            print(repr(float(f(np.array([{Shifts.Written(Tensor.From<double>(found.Values))}])))))
            """;

        double[] values = [.. Python.Run("scipy", script).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => double.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];

        Assert.True(values[1] <= values[0] + (1e-6 * Math.Abs(values[0])), $"scipy {values[0]}, here {values[1]}");
        Assert.InRange(found.Values.Sum(), 27 - 1e-5, 33 + 1e-5);
        Assert.InRange(found.Values.Max(), 0, 3);
    }

    // Beyond the limit the kernel is Nyström's: it says so, its programme is solved as exactly, and the weights still follow the truth.
    [Fact]
    public void Weigh_MoreSamplesThanAMatrixHolds_IsApproximateAndSaysSo()
    {
        using TensorScope scope = TensorScope.Begin();
        CovariateShift shift = CovariateShift.Draw(KernelMeanMatching.Exact + 1, 2000, 2);

        InstanceWeights found = new KernelMeanMatching().Weigh(Shifts.Data(shift));

        Assert.Contains(found.Certificate.Notes, static note => note.StartsWith("approximate", StringComparison.Ordinal));
        Assert.InRange(found.Certificate.KktResidual!.Value, 0, 1e-6);
        Assert.True(Acclimate.Metrics.Correlation.Pearson(found.Values, shift.Weights) > 0.9);
    }

    [Fact]
    public void Weigh_Ridge_EvensTheWeightsOut()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(50, 40, 5, seed: 3);
        double before = 0;
        foreach (double ridge in (double[])[0, 0.1, 1, 10])
        {
            InstanceWeights found = new KernelMeanMatching { Ridge = ridge }.Weigh(data);
            Assert.InRange(found.Certificate.KktResidual!.Value, 0, 1e-6);
            Assert.True(found.EffectiveCount > before);
            before = found.EffectiveCount;
        }
    }
}
