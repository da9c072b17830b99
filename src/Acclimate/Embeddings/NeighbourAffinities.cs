using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Embeddings;

/// <summary>
/// How near samples are to each other, as probabilities: pⱼ|ᵢ ∝ exp(−βᵢ‖xᵢ − xⱼ‖²), βᵢ such that i has as many neighbours
/// as the perplexity says, and pᵢⱼ = (pⱼ|ᵢ + pᵢ|ⱼ) / 2n. Van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9, 2008.
/// </summary>
internal static class NeighbourAffinities
{
    /// <summary>Halvings of β's interval: enough to reach the tolerance from any scale of the distances.</summary>
    private const int Halvings = 100;

    /// <summary>How near the entropy, in nats, has to come to ln(perplexity).</summary>
    private const double Tolerance = 1e-7;

    /// <summary>Of all pairs of samples.</summary>
    /// <param name="samples">[n, d], n ≥ 2, finite.</param>
    /// <param name="perplexity">1 to n − 1.</param>
    /// <returns>p, row by row: symmetric, its diagonal 0, its sum 1.</returns>
    public static double[] Of(Tensor samples, double perplexity)
    {
        using TensorScope scope = TensorScope.Begin();
        int n = (int)samples.Size(0);
        double[] squared = PairwiseDistances.SquaredWithin(samples.To(ScalarType.Float64)).ToArray<double>(), conditional = new double[n * n];
        for (int i = 0; i < n; i++)
            Row(squared.AsSpan(i * n, n), i, Math.Log(perplexity), conditional.AsSpan(i * n, n));
        double[] joint = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
                joint[(i * n) + j] = (conditional[(i * n) + j] + conditional[(j * n) + i]) / (2 * n);
        }

        return joint;
    }

    /// <summary>pⱼ|ᵢ for one i, by bisection on βᵢ.</summary>
    private static void Row(ReadOnlySpan<double> squared, int i, double entropy, Span<double> p)
    {
        // Distances count from the nearest, so that the greatest weight is 1 and none overflows.
        double nearest = double.PositiveInfinity, mean = 0;
        for (int j = 0; j < squared.Length; j++)
        {
            nearest = j == i ? nearest : Math.Min(nearest, squared[j]);
            mean += squared[j] / squared.Length;
        }

        double beta = mean > nearest ? 1 / (mean - nearest) : 1, low = 0, high = double.PositiveInfinity;
        for (int halving = 0; halving < Halvings; halving++)
        {
            double found = Weigh(squared, i, nearest, beta, p) - entropy;
            if (Math.Abs(found) <= Tolerance)
                return;
            if (found > 0)
                low = beta;
            else
                high = beta;
            beta = double.IsPositiveInfinity(high) ? beta * 2 : (low + high) / 2;
        }
    }

    /// <summary>Fills in the probabilities of a β and gives their entropy in nats.</summary>
    private static double Weigh(ReadOnlySpan<double> squared, int i, double nearest, double beta, Span<double> p)
    {
        double sum = 0, weighted = 0;
        for (int j = 0; j < squared.Length; j++)
        {
            double farther = squared[j] - nearest;
            p[j] = j == i ? 0 : Math.Exp(-beta * farther);
            sum += p[j];
            weighted += p[j] == 0 ? 0 : p[j] * farther;
        }

        for (int j = 0; j < p.Length; j++)
            p[j] /= sum;
        return Math.Log(sum) + (beta * weighted / sum);
    }
}
