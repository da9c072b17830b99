using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// How far the classes' mean features lie apart, measured in the features' own variances, after Bao, Li, Huang, Zhang, Zheng,
/// Zamir, Guibas, "An Information-Theoretic Approach to Transferability in Task Transfer Learning", ICIP 2019.
/// </summary>
/// <remarks>
/// <code>H(F) = tr(Σ⁻¹ Σ_B),   Σ the covariance of the features,   Σ_B that of each sample's class mean</code>
/// The inverse is a pseudo-inverse: directions without variance don't count. With K classes it lies between 0 and
/// min(K − 1, d); where there are more features than samples it is K − 1 whatever the features mean, and only
/// <see cref="Regularised"/> tells networks apart.
/// </remarks>
public static class HScore
{
    /// <summary>The score; the higher, the better.</summary>
    /// <param name="features">Samples × features, floating point, finite.</param>
    /// <param name="labels">One a sample.</param>
    /// <returns>From 0, where the class means agree, to the number of classes that occur, less one.</returns>
    /// <exception cref="ArgumentException">The features are no matrix of finite numbers, or have another number of rows than there are labels.</exception>
    public static double Of(Tensor features, Labels labels)
    {
        using TensorScope scope = TensorScope.Begin();
        return Spread(LabelledSpectrum.Of(ScoreArguments.Features(features, labels), labels, centred: true), labels.Count, 0, 0);
    }

    /// <summary>
    /// The score with a shrunk covariance, after Ibrahim, Ponomareva, Mazumder, "Newer is not always better: Rethinking
    /// Transferability Metrics, Their Peculiarities, Stability and Performance", ECML PKDD 2022 (arXiv 2021).
    /// </summary>
    /// <remarks>
    /// <code>H_λ(F) = tr(Σ_λ⁻¹ (1 − λ) Σ_B),   Σ_λ = (1 − λ) Σ + λ tr(Σ)/d · I</code>
    /// where λ is Ledoit's and Wolf's ("A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices", Journal of
    /// Multivariate Analysis 88, 2004): the variance of Σ's entries over their distance from tr(Σ)/d · I, 1 at most.
    /// </remarks>
    /// <param name="features">Samples × features, floating point, finite.</param>
    /// <param name="labels">One a sample.</param>
    /// <returns>From 0 to the number of classes that occur, less one.</returns>
    /// <exception cref="ArgumentException">The features are no matrix of finite numbers, or have another number of rows than there are labels.</exception>
    public static double Regularised(Tensor features, Labels labels)
    {
        using TensorScope scope = TensorScope.Begin();
        Tensor f = ScoreArguments.Features(features, labels);
        LabelledSpectrum spectrum = LabelledSpectrum.Of(f, labels, centred: true);
        double n = labels.Count, d = f.Size(1);
        double trace = spectrum.Squares.Sum() / n, ofSquare = spectrum.Squares.Sum(square => square / n * (square / n));
        double distance = ofSquare - (trace * trace / d);
        double fourth = (f - f.Mean(0, keep: true)).Square().Sum(1).Square().Sum().ToDouble();
        double variance = ((fourth / n) - ofSquare) / n;
        double shrinkage = variance >= distance ? 1 : Math.Max(0, variance / distance);
        return Spread(spectrum, n, shrinkage, trace / d);
    }

    /// <summary>Class c's mean is Σ_i σ_i (Uᵀ1_c)_i / n_c on the i-th direction, where the variance is σ²/n.</summary>
    private static double Spread(LabelledSpectrum spectrum, double n, double shrinkage, double variance)
    {
        double sum = 0;
        for (int i = 0; i < spectrum.Squares.Length; i++)
        {
            double own = spectrum.Squares[i] / n, shrunk = ((1 - shrinkage) * own) + (shrinkage * variance);
            for (int c = 0; c < spectrum.Counts.Length; c++)
                sum += (1 - shrinkage) * own / shrunk * spectrum.Places[i, c] * spectrum.Places[i, c] / spectrum.Counts[c];
        }

        return sum;
    }
}
