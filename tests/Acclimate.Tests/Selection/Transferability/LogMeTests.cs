using Acclimate.Data;
using Acclimate.Selection.Transferability;
using Acclimate.Torch;

namespace Acclimate.Tests.Selection.Transferability;

public sealed class LogMeTests
{
    /// <summary>
    /// The density of y ~ N(0, I/β + FFᵀ/α), maximised over both: the best of a grid (in FFᵀ's eigenvectors, for speed), then
    /// a simplex. No formula of LogME's.
    /// </summary>
    private const string Reference = """
        from scipy.optimize import minimize
        def evidence(logs, gram, y):
            covariance = np.eye(len(y)) * np.exp(logs[1]) + gram * np.exp(logs[0])
            _, volume = np.linalg.slogdet(2 * np.pi * covariance)
            return -0.5 * (volume + y @ np.linalg.solve(covariance, y))
        for f, labels in cases:
            gram, found = f @ f.T, []
            values, vectors = np.linalg.eigh(gram)
            signal = -np.log(values[-1]) + np.log(10) * np.linspace(-9, 9, 91)
            noise = np.log(10) * np.linspace(-6, 1, 71)
            variances = np.exp(noise)[None, :, None] + np.exp(signal)[:, None, None] * np.maximum(values, 0)
            for c in np.unique(labels):
                y = (labels == c).astype(float)
                grid = -0.5 * (np.log(2 * np.pi * variances) + (vectors.T @ y) ** 2 / variances).sum(-1)
                a, b = np.unravel_index(grid.argmax(), grid.shape)
                best = minimize(lambda v: -evidence(v, gram, y), (signal[a], noise[b]), method="Nelder-Mead", options=dict(xatol=1e-6, fatol=1e-10))
                found.append(-best.fun / len(y))
            print(repr(float(np.mean(found))))
        """;

    /// <summary>
    /// At a maximum, what the iteration leaves open in α/β (10⁻⁷ of it) counts squared, and the simplex stops at 10⁻¹⁰ nats; where
    /// the evidence grows without end towards α = ∞ both stop where less than 10⁻⁶ is to be had.
    /// </summary>
    [Fact]
    public void Of_EveryCase_IsTheGreatestEvidence()
    {
        using TensorScope scope = TensorScope.Begin();
        IReadOnlyList<(string Name, Tensor Features, Labels Labels)> cases = ScoreCases.All();
        double[] expected = ScoreCases.Python("scipy", Reference, cases);
        Assert.Equal(cases.Count, expected.Length);
        Assert.All(cases.Zip(expected), static pair =>
        {
            double found = LogMe.Of(pair.First.Features, pair.First.Labels);
            Assert.True(Math.Abs(found - pair.Second) < 1e-5, $"{pair.First.Name}: {found}, but the greatest evidence is {pair.Second}");
        });
    }

    [Fact]
    public void Of_ScaledFeatures_StaysAsItIs()
    {
        using TensorScope scope = TensorScope.Begin();
        (_, Tensor features, Labels labels) = ScoreCases.All()[0];

        Assert.Equal(LogMe.Of(features, labels), LogMe.Of(features * 1000, labels), 1e-9);
    }

    /// <summary>Without features all there is is noise: n/2 log β − n/2 log 2π − n/2 at 1/β = 1/3, the mean of y².</summary>
    [Fact]
    public void Of_ZeroFeatures_IsTheEvidenceOfNoise()
    {
        using Tensor zeros = Tensor.Zeros([6, 4]);

        Assert.Equal(-0.5 * (Math.Log(2 * Math.PI / 3) + 1), LogMe.Of(zeros, ScoreCases.Three(6)), 1e-12);
    }

    [Fact]
    public void Of_OneSampleOrPerfectFeatures_IsFinite()
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor perfect = Tensor.Eye(3).IndexSelect(0, ScoreCases.Three(30).ToTensor());
        double best = LogMe.Of(perfect, ScoreCases.Three(30));

        Assert.True(double.IsFinite(best) && best > LogMe.Of(ScoreCases.All()[0].Features, ScoreCases.Three(60)));
        Assert.True(double.IsFinite(LogMe.Of(Tensor.Ones([1, 3]), new Labels(["only"], [0]))));
    }
}
