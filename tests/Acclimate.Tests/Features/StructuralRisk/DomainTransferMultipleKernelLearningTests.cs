using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Features.StructuralRisk;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.StructuralRisk;

public sealed class DomainTransferMultipleKernelLearningTests
{
    [Fact]
    public void Fit_OneKernel_IsASupportVectorMachineOfEachClassAgainstTheRest()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(40, 30, 5, seed: 1);

        using FittedFeatures fitted = new DomainTransferMultipleKernelLearning { Kernels = 1 }.Fit(data);

        KernelSvm svm = new() { C = 10, Gamma = Kernel.RbfAtMedian(data.Pooled()).Gamma, Tolerance = 1e-6 };
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
        DomainTransferMultipleKernelLearning dtmkl = new() { Kernels = 2, Theta = theta, C = 1 };

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
