using Acclimate.Features;
using Acclimate.Features.MeanMatching;
using Acclimate.Features.Shared;
using Acclimate.Torch;

namespace Acclimate.Tests.Features.MeanMatching;

public sealed class SemiSupervisedTransferComponentAnalysisTests
{
    [Theory]
    [InlineData(KernelChoice.Primal)]
    [InlineData(KernelChoice.Linear)]
    [InlineData(KernelChoice.Rbf)]
    public void Fit_AnyKernel_AgreesWithTheDenseProblem(KernelChoice kernel)
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 41);
        SemiSupervisedTransferComponentAnalysis sstca = new()
        {
            Kernel = kernel,
            Gamma = kernel == KernelChoice.Rbf ? 0.1 : null,
            Mu = 0.5,
            Dependence = 0.4,
            Lambda = 20,
            Neighbours = 4,
            Dimensions = 4,
        };

        using FittedFeatures fitted = sstca.Fit(data);

        // K̃ = γK_yy + (1 − γ)I and 𝓛 = D − W entry by entry.
        Tensor x = data.Pooled(), k = DenseProblem.Kernel(kernel, 0.1, x), h = DenseProblem.Centring(55);
        double[] label = new double[55 * 55];
        for (int i = 0; i < 55; i++)
        {
            for (int j = 0; j < 55; j++)
                label[(i * 55) + j] = (i < 30 && j < 30 && data.SourceLabels[i] == data.SourceLabels[j] ? 0.4 : 0) + (i == j ? 0.6 : 0);
        }

        Tensor m = DenseProblem.Mmd(data.SourceLabels, null, 25, 3, marginal: 1);
        Tensor s = k.MatMul((m / m.Norm()) + (Laplacian(x, 4) * (20 / (55.0 * 55)))).MatMul(k.T) + (DenseProblem.Eye(k.Size(0)) * 0.5);
        Tensor b = k.MatMul(h).MatMul(Tensor.From(label, 55, 55)).MatMul(h).MatMul(k.T);
        Tensor expected = DenseProblem.UnitRows(k.T.MatMul(DenseProblem.Largest(b, s, 4).W));
        DenseProblem.AssertSame(expected, fitted.Source.Apply(x), 1e-8);
    }

    [Fact]
    public void Fit_NeitherLabelsNorNeighbours_IsTca()
    {
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 42);
        using FittedFeatures sstca = new SemiSupervisedTransferComponentAnalysis { Dependence = 0, Lambda = 0, Dimensions = 5 }.Fit(data);
        using FittedFeatures tca = new TransferComponentAnalysis { Dimensions = 5 }.Fit(data);

        DenseProblem.AssertSame(tca.Source.Apply(data.Target), sstca.Source.Apply(data.Target), 1e-9);
    }

    [Fact]
    public void Fit_LabelsAlone_AsManyDimensionsAsTheyTell()
    {
        // Three classes' centred means span two directions and their pull on the centre of all a third.
        using TensorScope scope = TensorScope.Begin();
        FeatureData data = ToyFeatures.Shifted(30, 25, 7, seed: 43);
        using FittedFeatures fitted = new SemiSupervisedTransferComponentAnalysis { Dependence = 1, Dimensions = 6 }.Fit(data);

        Assert.Equal(3, fitted.Source.Apply(data.Target).Size(1));
    }

    /// <summary>D − W: i and j joined where either is among the other's nearest, by exp(−d²/t), t the mean d² of neighbours.</summary>
    private static Tensor Laplacian(Tensor x, int neighbours)
    {
        int n = (int)x.Size(0);
        double[] d = (x.Unsqueeze(1) - x.Unsqueeze(0)).Square().Sum(2).ToArray<double>();
        (int I, int J)[] edges = [.. Enumerable.Range(0, n).SelectMany(i =>
            Enumerable.Range(0, n).Where(j => j != i).OrderBy(j => d[(i * n) + j]).Take(neighbours).Select(j => (i, j)))];
        double t = edges.Average(e => d[(e.I * n) + e.J]);
        double[] l = new double[n * n];
        foreach ((int i, int j) in edges)
            l[(i * n) + j] = l[(j * n) + i] = -Math.Exp(-d[(i * n) + j] / t);
        for (int i = 0; i < n; i++)
            l[(i * n) + i] = -Enumerable.Range(0, n).Where(j => j != i).Sum(j => l[(i * n) + j]);
        return Tensor.From(l, n, n);
    }
}
