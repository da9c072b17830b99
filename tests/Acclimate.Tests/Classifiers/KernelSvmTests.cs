using Acclimate.Classifiers;
using Acclimate.Features;
using Acclimate.Features.Maps;
using Acclimate.Tests.Features;
using Acclimate.Torch;

namespace Acclimate.Tests.Classifiers;

public sealed class KernelSvmTests
{
    [Theory]
    [InlineData(SvmKernel.Linear)]
    [InlineData(SvmKernel.Rbf)]
    [InlineData(SvmKernel.Precomputed)]
    public void Fit_TwoClasses_MeetsTheOptimalityConditions(SvmKernel kind)
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(1);
        const int N = 80;
        int[] labels = [.. Enumerable.Range(0, N).Select(static i => i % 2)];
        Tensor x = Tensor.Normal([N, 3], generator, ScalarType.Float64);
        x.Slice(1, 0, 1).AddInPlace(Tensor.From<double>([.. labels.Select(static l => (double)l)], N, 1), 1.5);
        Kernel kernel = kind == SvmKernel.Rbf ? Kernel.Rbf(0.4) : Kernel.Linear;
        Tensor k = kernel.Evaluate(x, x);
        Tensor given = kind == SvmKernel.Precomputed ? k : x;

        // The dual's variables are the coefficients of a machine trained on the kernel matrix, times the labels' signs.
        using FittedVotes onKernel = (FittedVotes)new KernelSvm { Kernel = SvmKernel.Precomputed, C = 2, Tolerance = 1e-6 }.Fit(k, labels, 2);
        using FittedVotes fitted = (FittedVotes)new KernelSvm { Kernel = kind, Gamma = 0.4, C = 2, Tolerance = 1e-6 }.Fit(given, labels, 2);
        double[] coefficients = ((AffineMap)onKernel.Decisions).Weight.ToArray<double>();
        double[] decisions = fitted.Decide(given).ToArray<double>();

        Assert.True(Math.Abs(coefficients.Sum()) < 1e-9);
        int inside = 0;
        for (int i = 0; i < N; i++)
        {
            double sign = labels[i] == 0 ? 1 : -1, alpha = sign * coefficients[i], margin = sign * decisions[i];
            Assert.InRange(alpha, 0, 2);
            if (alpha < 2)
                Assert.True(margin > 1 - 1e-5, $"{i}: α = {alpha}, margin {margin}");
            if (alpha > 0)
                Assert.True(margin < 1 + 1e-5, $"{i}: α = {alpha}, margin {margin}");
            inside += alpha is > 0 and < 2 ? 1 : 0;
        }

        Assert.True(inside >= 2);
    }

    [Fact]
    public void Fit_SamplesInAnotherOrder_SamePredictions()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 5, seed: 2);
        long[] order = [.. Enumerable.Range(0, 60).Select(static i => (long)(i * 37 % 60))];
        using FittedVotes one = (FittedVotes)new KernelSvm { Tolerance = 1e-8 }.Fit(data.Source, data.SourceLabels, 3);
        using FittedVotes two = (FittedVotes)new KernelSvm { Tolerance = 1e-8 }.Fit(
            data.Source.IndexSelect(0, Tensor.From(order)), [.. order.Select(i => data.SourceLabels[i])], 3);

        Assert.True((one.Decide(data.Target) - two.Decide(data.Target)).Abs().Max().ToDouble() < 1e-6);
    }

    [Fact]
    public void Fit_MoreSamplesThanOneMatrixHolds_SameAsByMatrix()
    {
        // libsvm's own kernel above 4,096 samples; here many copies, so that the machine stays what it was with a C of 1/70.
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(60, 45, 5, seed: 3);
        const int Copies = 70;
        Tensor many = Tensor.Concatenate([.. Enumerable.Repeat(data.Source, Copies)]);
        int[] labels = [.. Enumerable.Repeat(data.SourceLabels, Copies).SelectMany(static l => l)];
        foreach (SvmKernel kernel in (SvmKernel[])[SvmKernel.Linear, SvmKernel.Rbf])
        {
            using FittedVotes few = (FittedVotes)new KernelSvm { Kernel = kernel, Gamma = 0.1, C = 0.7, Tolerance = 1e-7 }.Fit(data.Source, data.SourceLabels, 3);
            using FittedVotes all = (FittedVotes)new KernelSvm { Kernel = kernel, Gamma = 0.1, C = 0.01, Tolerance = 1e-7 }.Fit(many, labels, 3);

            Assert.True((few.Decide(data.Target) - all.Decide(data.Target)).Abs().Max().ToDouble() < 1e-4);
        }
    }

    [Fact]
    public void Fit_PrecomputedNotSquare_IsRefused()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor x = Tensor.Ones([3, 2], ScalarType.Float64);

        Assert.Throws<ArgumentException>(() => new KernelSvm { Kernel = SvmKernel.Precomputed }.Fit(x, [0, 1, 0], 2));
    }
}
