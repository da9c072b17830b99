namespace Acclimate.Discrepancies;

/// <summary>
/// P-values of many tests, adjusted so that among those called significant at level q no more than q are so by chance on average.
/// Benjamini, Hochberg, "Controlling the False Discovery Rate", JRSS B 57, 1995.
/// </summary>
public static class FalseDiscoveries
{
    /// <summary>pᵢ becomes min over j with pⱼ ≥ pᵢ of (N / rank of j) pⱼ, held at 1: the smallest rate at which test i is significant.</summary>
    /// <param name="pValues">The tests' p-values, 0 to 1; may be none.</param>
    /// <returns>The adjusted ones, in the same order.</returns>
    /// <exception cref="ArgumentException">One is outside 0 to 1.</exception>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        if (pValues.Any(static p => p is not (>= 0 and <= 1)))
            throw new ArgumentException("expected p-values from 0 to 1", nameof(pValues));
        double[] adjusted = new double[pValues.Count];
        double least = 1;
        int rank = pValues.Count;
        foreach (int i in Enumerable.Range(0, pValues.Count).OrderByDescending(i => pValues[i]))
        {
            least = Math.Min(least, pValues[i] * pValues.Count / rank--);
            adjusted[i] = least;
        }

        return adjusted;
    }
}
