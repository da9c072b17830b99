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
/// explain a class without remainder have evidence without bound. The evidence may have several maxima, so the iteration starts
/// from the best of 41 values of t. The score doesn't change with the features' scale.
/// </remarks>
public static class LogMe
{
    private const double LeastNoise = 1e-10;

    /// <summary>How far α/β is looked for to either side of the greatest σ².</summary>
    private const int Decades = 10;
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
        double[] x2 = [.. Enumerable.Range(0, spectrum.Squares.Length).Select(i => spectrum.Places[i, target] * spectrum.Places[i, target])];
        Regression regression = new(spectrum.Squares, x2, Math.Max(0, spectrum.Counts[target] - x2.Sum()), n);
        if (x2.Length == 0)
            return regression.Evidence(1);
        double scale = spectrum.Squares[^1];
        double start = Enumerable.Range(-2 * Decades, (4 * Decades) + 1).Select(half => scale * Math.Pow(10, half / 2.0)).MaxBy(regression.Evidence), ratio = start;
        for (int round = 0; round < MostRounds; round++)
        {
            double next = Math.Clamp(regression.Next(ratio), scale * Math.Pow(10, -Decades), scale * Math.Pow(10, Decades));
            bool done = Math.Abs(next - ratio) <= Converged * ratio;
            ratio = next;
            if (done)
                break;
        }

        return Math.Max(regression.Evidence(start), regression.Evidence(ratio));
    }

    /// <summary>A class's regression in the coordinates of the features' singular vectors.</summary>
    /// <param name="Squares">σ².</param>
    /// <param name="X2">x².</param>
    /// <param name="Outside">‖y‖² − ‖x‖².</param>
    /// <param name="N">The number of samples.</param>
    private sealed record Regression(double[] Squares, double[] X2, double Outside, int N)
    {
        /// <summary>The greatest evidence at α/β = <paramref name="ratio"/>.</summary>
        public double Evidence(double ratio)
        {
            double volume = 0, unexplained = Outside;
            for (int i = 0; i < Squares.Length; i++)
            {
                volume -= Math.Log(1 + (Squares[i] / ratio));
                unexplained += X2[i] * ratio / (Squares[i] + ratio);
            }

            double noise = Math.Max(unexplained / N, LeastNoise);
            return (volume - (N * Math.Log(2 * Math.PI * noise)) - (unexplained / noise)) / 2;
        }

        /// <summary>A round of the iteration; without bound where there is nothing to explain.</summary>
        public double Next(double ratio)
        {
            // n − γ as a sum of what is left, since their difference would lose all digits where features outnumber samples.
            double gamma = 0, left = N - Squares.Length, norm = 0, residual = Outside;
            for (int i = 0; i < Squares.Length; i++)
            {
                double share = Squares[i] / (Squares[i] + ratio), rest = ratio / (Squares[i] + ratio);
                gamma += share;
                left += rest;
                norm += share * X2[i] / (Squares[i] + ratio);
                residual += X2[i] * rest * rest;
            }

            return norm > 0 ? gamma * residual / (left * norm) : double.PositiveInfinity;
        }
    }
}
