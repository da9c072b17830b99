using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection.Experience;

/// <summary>
/// How a method's gains on two pairs go together:
/// <code>k(x, x′) = τ² + q v exp(−‖x − x′‖²/2dℓ²),   K = k + (1 − q) v I</code>
/// with x the pairs' d scaled statistics.
/// </summary>
/// <param name="Spread">τ², the variance of methods' means.</param>
/// <param name="Left">v, that of a method's gains about its mean.</param>
/// <param name="Kind">Which statistics are looked at.</param>
/// <param name="Share">q, how much of v they explain.</param>
/// <param name="Length">ℓ, over which distance.</param>
internal sealed record GainProcess(double Spread, double Left, StatisticsKind Kind, double Share, double Length)
{
    /// <summary>k.</summary>
    /// <param name="pairs">All statistics of n pairs, scaled.</param>
    /// <param name="others">Those of m others.</param>
    /// <returns>[n, m].</returns>
    public Tensor Kernel(double[][] pairs, double[][] others)
    {
        Tensor x = LookedAt(pairs), y = LookedAt(others);
        return ((PairwiseDistances.Squared(x, y) / (-2 * x.Size(1) * Length * Length)).Exp() * (Share * Left)) + Spread;
    }

    /// <summary>K.</summary>
    /// <param name="pairs">All statistics of n pairs, scaled.</param>
    /// <returns>[n, n].</returns>
    public Tensor Covariance(double[][] pairs) => Kernel(pairs, pairs) + (Tensor.Eye(pairs.Length, ScalarType.Float64) * ((1 - Share) * Left));

    /// <summary>
    /// How far off each gain is from what the gains of all other groups predict (Rasmussen, Williams, "Gaussian Processes for Machine Learning", 2006, 5.12, for blocks):
    /// <code>r_G = y_G − K_GH K_HH⁻¹ y_H = (K⁻¹_GG)⁻¹ (K⁻¹ y)_G,   H all but G</code>
    /// </summary>
    /// <param name="covariance">K, [n, n].</param>
    /// <param name="gains">y, [n, m]: m methods' gains on the same pairs, without their prior mean.</param>
    /// <param name="groups">Each pair's group.</param>
    /// <returns>r, a row of m for each pair.</returns>
    public static double[][] LeftOut(Tensor covariance, Tensor gains, IReadOnlyList<int> groups)
    {
        Tensor inverse = Inverse(covariance), weights = inverse.MatMul(gains);
        double[][] residuals = new double[groups.Count][];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, groups.Count).GroupBy(place => groups[place]))
        {
            Tensor own = Tensor.From([.. group.Select(static place => (long)place)]);
            double[][] rows = Rows(inverse.IndexSelect(0, own).IndexSelect(1, own).Solve(weights.IndexSelect(0, own)));
            foreach ((int row, int place) in group.Index())
                residuals[place] = rows[row];
        }

        return residuals;
    }

    /// <summary>A matrix's inverse.</summary>
    /// <param name="square">The matrix.</param>
    public static Tensor Inverse(Tensor square) => square.Solve(Tensor.Eye(square.Size(0), ScalarType.Float64));

    /// <summary>A matrix's rows.</summary>
    /// <param name="matrix">[n, m].</param>
    public static double[][] Rows(Tensor matrix) => [.. matrix.ToArray<double>().Chunk((int)matrix.Size(1))];

    private Tensor LookedAt(double[][] pairs) => Tensor.From([.. pairs.SelectMany(pair => pair[Kind.Places])]).Reshape(pairs.Length, -1);
}
