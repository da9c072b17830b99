using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class TransferComponentAnalysisTests
{
    [Theory]
    [InlineData(KernelChoice.Primal, 0.01)]
    [InlineData(KernelChoice.Primal, 1)]
    [InlineData(KernelChoice.Primal, 100)]
    [InlineData(KernelChoice.Linear, 0.01)]
    [InlineData(KernelChoice.Linear, 1)]
    [InlineData(KernelChoice.Linear, 100)]
    [InlineData(KernelChoice.Rbf, 0.01)]
    [InlineData(KernelChoice.Rbf, 1)]
    [InlineData(KernelChoice.Rbf, 100)]
    public void Fit_AnyKernelAndMu_AgreesWithTheDenseProblem(KernelChoice kernel, double mu)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 1);
        const int Dimensions = 4;
        TransferComponentAnalysis tca = new() { Kernel = kernel, Gamma = kernel == KernelChoice.Rbf ? 0.1 : null, Mu = mu, Dimensions = Dimensions, Normalise = false, Scale = ColumnScale.Constraint, UnitRows = false };

        using FittedFeatures fitted = tca.Fit(data);

        // The textbook: K, H and L as n × n matrices; the leading eigenvectors of (KLK + μI)⁻¹KHK, by a solver for
        // symmetric definite pairs that knows no low rank: Cholesky of KLK + μI, and back.
        Tensor x = data.Pooled();
        Tensor k = kernel switch
        {
            KernelChoice.Primal => x.T,
            KernelChoice.Linear => x.MatMul(x.T),
            _ => (-0.1 * (x.Unsqueeze(1) - x.Unsqueeze(0)).Square().Sum(2)).Exp(),
        };
        long n = x.Size(0);
        Tensor h = Tensor.Eye(n, ScalarType.Float64) - (1.0 / n);
        Tensor e = Tensor.Concatenate([Tensor.Full([30, 1], 1.0 / 30, ScalarType.Float64), Tensor.Full([25, 1], -1.0 / 25, ScalarType.Float64)]);
        Tensor s = k.MatMul(e).MatMul(e.T).MatMul(k.T) + (Tensor.Eye(k.Size(0), ScalarType.Float64) * mu);
        Tensor b = k.MatMul(h).MatMul(k.T);
        Tensor l = s.Cholesky();
        Tensor inner = l.Solve(l.Solve(b).T);
        (_, Tensor u) = ((inner + inner.T) / 2).SymmetricEigen();
        Tensor w = l.T.Solve(u.Slice(1, k.Size(0) - Dimensions, k.Size(0)).Flip(1));
        w /= w.T.MatMul(b).MatMul(w).Diagonal().Sqrt();
        Tensor expected = k.T.MatMul(w);

        // Eigenvectors have a sign of their own: compare the embedded samples' inner products, which don't.
        Tensor z = fitted.Source.Apply(x);
        Tensor difference = z.MatMul(z.T) - expected.MatMul(expected.T);
        Assert.True(difference.Norm().ToDouble() <= 1e-8 * expected.MatMul(expected.T).Norm().ToDouble(), $"{difference.Norm().ToDouble()}");
        Assert.InRange(fitted.Certificate.EigenResidual!.Value, 0, 1e-10);
        Assert.InRange(fitted.Certificate.ConstraintError!.Value, 0, 1e-8);
    }
}
