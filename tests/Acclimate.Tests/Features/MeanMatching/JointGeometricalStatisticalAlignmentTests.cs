using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class JointGeometricalStatisticalAlignmentTests
{
    [Theory]
    [InlineData(KernelChoice.Primal, ColumnScale.UnitLength)]
    [InlineData(KernelChoice.Primal, ColumnScale.Constraint)]
    [InlineData(KernelChoice.Linear, ColumnScale.Constraint)]
    [InlineData(KernelChoice.Rbf, ColumnScale.UnitLength)]
    [InlineData(KernelChoice.Rbf, ColumnScale.Constraint)]
    public void Fit_Rounds_AgreeWithTheDenseProblem(KernelChoice kernel, ColumnScale scale)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 31);
        JointGeometricalStatisticalAlignment jgsa = new()
        {
            Kernel = kernel,
            Gamma = kernel == KernelChoice.Rbf ? 0.05 : null,
            Scale = scale,
            Dimensions = 4,
            Rounds = 3,
            Alpha = 0.7,
            Mu = 1.3,
            Beta = 0.2,
        };

        using FittedFeatures fitted = jgsa.Fit(data);

        // The columns that take the place of features: the samples in the primal, the centred kernel's columns else; and
        // what ‖A − B‖² and ‖B‖² are measured by: I, the centred kernel.
        bool primal = kernel == KernelChoice.Primal;
        Tensor x = data.Pooled(), h = DenseProblem.Centring(55);
        Tensor k = primal ? x.T : h.MatMul(DenseProblem.Kernel(kernel, 0.05, x)).MatMul(h);
        Tensor by = primal ? DenseProblem.Eye(7) : k;
        Tensor ks = k.Slice(1, 0, 30), kt = k.Slice(1, 30, 55), none = by.ZerosLike();
        Tensor within = DenseProblem.Within(ks, data.SourceLabels), between = DenseProblem.Between(ks, data.SourceLabels);
        Tensor target = primal ? kt.MatMul(DenseProblem.Centring(25)).MatMul(kt.T) : kt.MatMul(kt.T);
        Tensor largest = Blocks(between * 0.2, none, target * 1.3);
        Tensor fixedPart = Blocks((by * 0.7) + (within * 0.2), by * -0.7, by * 2.0);
        double norm = DenseProblem.Mmd(data.SourceLabels, null, 25, 3, marginal: 3).Norm().ToDouble();
        Tensor both = Tensor.Concatenate([Tensor.Concatenate([ks, ks.ZerosLike()]), Tensor.Concatenate([kt.ZerosLike(), kt])], 1);
        int[] pseudo = DenseProblem.Nearest(data.Source, data.SourceLabels, data.Target);
        (Tensor zs, Tensor zt) = (x, x);
        for (int round = 0; round < 3; round++)
        {
            Tensor m = DenseProblem.Mmd(data.SourceLabels, pseudo, 25, 3, marginal: 3) / norm;

            // A kernel's matrices have directions without any samples: the released code's 1e-9 keeps them definite.
            Tensor s = fixedPart + both.MatMul(m).MatMul(both.T) + (DenseProblem.Eye(largest.Size(0)) * 1e-9);
            (Tensor w, _) = DenseProblem.Largest(largest, s, 4);
            if (scale == ColumnScale.Constraint)
                w /= w.T.MatMul(s).MatMul(w).Diagonal().Sqrt();
            long half = w.Size(0) / 2;
            (zs, zt) = (ks.T.MatMul(w.Slice(0, 0, half)), kt.T.MatMul(w.Slice(0, half, 2 * half)));
            pseudo = DenseProblem.Nearest(zs, data.SourceLabels, zt);
        }

        // 1e-9 beside eigenvalues of 1e-3 and more of the kernel.
        Tensor found = Tensor.Concatenate([fitted.Source.Apply(data.Source), fitted.Target.Apply(data.Target)]);
        DenseProblem.AssertSame(Tensor.Concatenate([zs, zt]), found, primal ? 1e-8 : 1e-5);
        Assert.InRange(fitted.Certificate.EigenResidual!.Value, 0, 1e-10);
    }

    [Fact]
    public void Fit_LargeAlpha_ProjectionsAreOne()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 32);
        Assert.True(Apart(1e6) < 1e-3 && Apart(0.1) > 1e-2, $"{Apart(1e6)} {Apart(0.1)}");

        double Apart(double alpha)
        {
            using FittedFeatures fitted = new JointGeometricalStatisticalAlignment { Alpha = alpha, Dimensions = 4, Rounds = 2 }.Fit(data);
            Tensor source = fitted.Source.Apply(data.Target), target = fitted.Target.Apply(data.Target);
            return (source - target).Norm().ToDouble() / target.Norm().ToDouble();
        }
    }

    [Theory]
    [InlineData(KernelChoice.Primal, "W>D", 90.45)]
    [InlineData(KernelChoice.Primal, "D>W", 91.86)]
    [InlineData(KernelChoice.Linear, "W>D", 90.45)]
    [InlineData(KernelChoice.Linear, "D>W", 91.86)]
    public void Fit_Surf_PrintedCell(KernelChoice kernel, string task, double printed) =>
        Assert.Equal(printed, RealPairs.Accuracy("surf", task, new JointGeometricalStatisticalAlignment { Kernel = kernel }, "rowsum,zscore,l2"), 0.005);

    [Theory]
    [InlineData("U>M", 68.2)]
    [InlineData("M>U", 80.4)]
    public void Fit_Digits_PrintedCell(string task, double printed) =>
        Assert.Equal(printed, RealPairs.Accuracy("digits", task, new JointGeometricalStatisticalAlignment { Dimensions = 100, Beta = 0.01 }, "l2"), 0.06);

    private static Tensor Blocks(Tensor p, Tensor q, Tensor r) => Tensor.Concatenate([Tensor.Concatenate([p, q], 1), Tensor.Concatenate([q, r], 1)]);
}
