using Acclimate.Data;
using Acclimate.Torch;

namespace Acclimate.Selection.Transferability;

/// <summary>
/// The logarithm of maximum evidence, after You, Liu, Wang, Long, "LogME: Practical Assessment of Pre-trained Models for
/// Transfer Learning", ICML 2021, by the fixed-point iteration of You, Liu, Zhang, Wang, Jordan, Long, "Ranking and Tuning
/// Pre-trained Models", JMLR 23, 2022.
/// </summary>
/// <remarks>
/// Each class's indicator y (1 for its samples, 0 for others) is explained by a linear model of the features, w ~ N(0, α⁻¹I)
/// and y | F, w ~ N(Fw, β⁻¹I). Its evidence, with w integrated out, is
/// <code>log p(y | F, α, β) = n/2 log β + d/2 log α − n/2 log 2π − β/2 ‖Fm − y‖² − α/2 mᵀm − ½ log|A|,   A = αI + βFᵀF,   m = βA⁻¹Fᵀy</code>
/// and the score is its maximum over α and β, divided by n, averaged over the classes that occur. With F = UΣVᵀ, x = Uᵀy and t = α/β
/// a round costs one pass over the singular values:
/// <code>γ = Σ σ²/(σ² + t),   t ← γ ‖Fm − y‖² / ((n − γ) mᵀm),   mᵀm = Σ σ²x²/(σ² + t)²,   ‖Fm − y‖² = Σ t²x²/(σ² + t)² + ‖y‖² − ‖x‖²</code>
/// and the best β for a t has the closed form 1/β = (‖Fm − y‖² + t mᵀm)/n. It is held at 10⁻¹⁰ or more, since features that
/// explain a class without remainder have evidence without bound. The score doesn't change with the features' scale.
/// </remarks>
public static class LogMe
{
    private const double LeastNoise = 1e-10;
    private const double Reach = 1e10;
    private const double Converged = 1e-7;
    private const int MostRounds = 1000;

    /// <summary>The score; the higher, the better.</summary>
    /// <param name="features">Samples × features, floating point, finite.</param>
    /// <param name="labels">One a sample.</param>
    /// <returns>Nats per sample; it may have either sign.</returns>
    /// <exception cref="ArgumentException">The features are no matrix of finite numbers, or have another number of rows than there are labels.</exception>
    public static double Of(Tensor features, Labels labels)
    {
        using TensorScope scope = TensorScope.Begin();
        LabelledSpectrum spectrum = LabelledSpectrum.Of(ScoreArguments.Features(features, labels), labels, centred: false);
        return Enumerable.Range(0, spectrum.Counts.Length).Average(c => Evidence(spectrum, c, labels.Count)) / labels.Count;
    }

    private static double Evidence(LabelledSpectrum spectrum, int target, int n)
    {
        double[] squares = spectrum.Squares;
        double[] x2 = [.. Enumerable.Range(0, squares.Length).Select(i => spectrum.Places[i, target] * spectrum.Places[i, target])];
        double outside = Math.Max(0, spectrum.Counts[target] - x2.Sum());
        double ratio = Maximise(squares, x2, outside, n);
        double volume = 0, unexplained = outside;
        for (int i = 0; i < squares.Length; i++)
        {
            volume -= Math.Log(1 + (squares[i] / ratio));
            unexplained += x2[i] * ratio / (squares[i] + ratio);
        }

        double noise = Math.Max(unexplained / n, LeastNoise);
        return (volume - (n * Math.Log(2 * Math.PI * noise)) - (unexplained / noise)) / 2;
    }

    /// <summary>The α/β at which the evidence is greatest.</summary>
    private static double Maximise(double[] squares, double[] x2, double outside, int n)
    {
        if (squares.Length == 0)
            return 1;
        double greatest = squares[^1], ratio = squares.Average();
        for (int round = 0; round < MostRounds; round++)
        {
            // n − γ as a sum of what is left, since their difference would lose all digits where features outnumber samples.
            double gamma = 0, left = n - squares.Length, norm = 0, residual = outside;
            for (int i = 0; i < squares.Length; i++)
            {
                double share = squares[i] / (squares[i] + ratio), rest = ratio / (squares[i] + ratio);
                gamma += share;
                left += rest;
                norm += share * x2[i] / (squares[i] + ratio);
                residual += x2[i] * rest * rest;
            }

            double next = norm > 0 ? Math.Clamp(gamma * residual / (left * norm), greatest / Reach, greatest * Reach) : greatest * Reach;
            if (Math.Abs(next - ratio) <= Converged * ratio)
                return next;
            ratio = next;
        }

        return ratio;
    }
}
