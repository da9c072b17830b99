using Acclimate.Data;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

public sealed class HScoreTests
{
    /// <summary>tr(Σ⁺ Σ_B), and the same with Σ shrunk by Ledoit's and Wolf's formula, summed sample by sample.</summary>
    private const string Reference = """
        def between(x, y):
            means = np.stack([x[y == c].mean(0) for c in y])
            return means.T @ means / len(x)
        for f, y in cases:
            x = f - f.mean(0)
            x[:, np.abs(x).max(0) < 1e-12] = 0
            n, d = x.shape
            s = x.T @ x / n
            plain = np.trace(np.linalg.pinv(s, rcond=1e-12) @ between(x, y))
            target = np.trace(s) / d * np.eye(d)
            apart = ((s - target) ** 2).sum()
            spread = sum(((np.outer(row, row) - s) ** 2).sum() for row in x) / n ** 2
            shrinkage = min(1, spread / apart)
            print(repr(float(plain)))
            print(repr(float(np.trace(np.linalg.inv((1 - shrinkage) * s + shrinkage * target) @ ((1 - shrinkage) * between(x, y))))))
        """;

    /// <summary>float64 through an eigenproblem of FᵀF, whose condition here is below 10⁸: half of the 16 digits.</summary>
    [Fact]
    public void BothScores_EveryCase_AreNumpysTraces()
    {
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<(string Name, Tensor Features, Labels Labels)> cases = ScoreCases.All();
        double[] expected = ScoreCases.Python("numpy", Reference, cases);
        Assert.Equal(2 * cases.Count, expected.Length);
        for (int i = 0; i < cases.Count; i++)
        {
            double plain = HScore.Of(cases[i].Features, cases[i].Labels), regularised = HScore.Regularised(cases[i].Features, cases[i].Labels);
            Assert.True(Math.Abs(plain - expected[2 * i]) < 1e-7, $"{cases[i].Name}: {plain}, but numpy has {expected[2 * i]}");
            Assert.True(Math.Abs(regularised - expected[(2 * i) + 1]) < 1e-7, $"{cases[i].Name}, regularised: {regularised}, but numpy has {expected[(2 * i) + 1]}");
        }
    }

    [Fact]
    public void Of_MoreFeaturesThanSamples_IsOneLessThanTheClasses_AndOnlyTheRegularisedOneTellsMore()
    {
        using TensorScope scope = TensorScope.Begin();
        using Generator generator = new(2);
        Tensor noise = Tensor.Normal([12, 30], generator);

        Assert.Equal(2, HScore.Of(noise, ScoreCases.Three(12)), 1e-9);
        Assert.InRange(HScore.Regularised(noise, ScoreCases.Three(12)), 0, 1);
    }

    [Fact]
    public void BothScores_ConstantFeaturesOrOneSample_AreZero()
    {
        using Tensor constant = Tensor.Full([7, 3], 0.1, ScalarType.Float64);
        using Tensor one = Tensor.Ones([1, 3]);

        Assert.Equal(0, HScore.Of(constant, ScoreCases.Three(7)));
        Assert.Equal(0, HScore.Regularised(constant, ScoreCases.Three(7)));
        Assert.Equal(0, HScore.Of(one, ScoreCases.Three(1)));
        Assert.Equal(0, HScore.Regularised(one, ScoreCases.Three(1)));
    }
}
