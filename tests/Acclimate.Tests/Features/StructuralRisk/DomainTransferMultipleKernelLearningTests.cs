using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.StructuralRisk;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class DomainTransferMultipleKernelLearningTests
{
    [Fact]
    public void Shares_RandomProblems_AreNoWorseThanAnyOfAGrid()
    {
        Random random = new(3);
        for (int trial = 0; trial < 50; trial++)
        {
            double scale = Math.Pow(10, random.Next(-8, 2));
            double[] p = [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble())], c = [.. Enumerable.Range(0, 3).Select(m => scale * (m == trial % 6 ? 1e-6 : random.NextDouble()))];

            double[] found = DomainTransferMultipleKernelLearning.Shares(p, c);

            Assert.Equal(1, found.Sum(), 1e-12);
            Assert.All(found, static share => Assert.InRange(share, 0, 1));
            double least = Value(found);
            for (int i = 0; i <= 60; i++)
            {
                for (int j = 0; i + j <= 60; j++)
                    Assert.True(Value([i / 60.0, j / 60.0, (60 - i - j) / 60.0]) >= least - (1e-12 * Math.Abs(least)));
            }

            double Value(double[] d)
            {
                double t = p.Zip(d, static (a, b) => a * b).Sum();
                return ((t * t) + c.Zip(d, static (a, b) => a / b).Sum()) / 2;
            }
        }
    }

    [Fact]
    public void Fit_OneKernel_IsASupportVectorMachineOfEachClassAgainstTheRest()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 5, seed: 1);

        using FittedFeatures fitted = new DomainTransferMultipleKernelLearning { Kernels = 1 }.Fit(data);

        KernelSvm svm = new() { C = 10, Gamma = Kernel.RbfAtMedian(data.Pooled()).Gamma, Tolerance = 1e-4 };
        Tensor found = fitted.Classifier!.Scores(data.Target);
        for (int c = 0; c < 3; c++)
        {
            using FittedClassifier plain = svm.Fit(data.Source, Array.ConvertAll(data.SourceLabels, label => label == c ? 0 : 1), 2);
            Assert.True((found.Slice(1, c, c + 1) - ((FittedVotes)plain).Decide(data.Target)).Abs().Max().ToDouble() < 1e-6);
        }
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-2)]
    public void Fit_TwoKernels_NoMixtureOfAGridIsBetter(double theta)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 5, seed: 2);
        DomainTransferMultipleKernelLearning dtmkl = new() { Kernels = 2, Theta = theta, C = 1, Rounds = 100 };

        using FittedFeatures fitted = dtmkl.Fit(data);

        IReadOnlyList<double> objective = fitted.Certificate.Objective;
        Assert.InRange(fitted.Certificate.KktResidual!.Value, 0, 1e-4);
        Assert.All(objective.Zip(objective.Skip(1)), static pair => Assert.True(pair.Second <= pair.First * (1 + 1e-3)));

        // The paper's objective by its definition, for mixtures on a grid. Machines are right to a thousandth.
        MultipleKernelMap map = (MultipleKernelMap)((FittedScores)fitted.Classifier!).Decisions;
        double[] p = [.. map.Gammas.Select(gamma => MaximumMeanDiscrepancy(Kernel.Rbf(gamma), data))];
        for (double d = 0; d <= 1; d += 0.1)
        {
            double[] shares = [d, 1 - d];
            double distance = p.Zip(shares, static (a, b) => a * b).Sum();
            Tensor k = Kernel.Rbf(map.Gammas[0]).Evaluate(data.Source, data.Source) * d;
            k += Kernel.Rbf(map.Gammas[1]).Evaluate(data.Source, data.Source) * (1 - d);
            double risk = 0;
            for (int c = 0; c < 3; c++)
            {
                using FittedClassifier machine = new KernelSvm { Kernel = SvmKernel.Precomputed, Tolerance = 1e-6 }
                    .Fit(k, Array.ConvertAll(data.SourceLabels, label => label == c ? 0 : 1), 2);
                Tensor beta = ((AffineMap)((FittedVotes)machine).Decisions).Weight;
                risk += (beta.Abs().Sum().ToDouble() - ((beta * k.MatMul(beta)).Sum().ToDouble() / 2)) / 3;
            }

            Assert.True((distance * distance / 2) + (theta * risk) >= objective[^1] * (1 - 1e-3));
        }
    }

    private static double MaximumMeanDiscrepancy(Kernel kernel, FeatureData data) =>
        kernel.Evaluate(data.Source, data.Source).Mean().ToDouble()
        + kernel.Evaluate(data.Target, data.Target).Mean().ToDouble()
        - (2 * kernel.Evaluate(data.Source, data.Target).Mean().ToDouble());
}
