namespace Acclimate.Selection;

/// <summary>Shares: 0 or more, and 1 in all.</summary>
internal static class Simplex
{
    /// <summary>The nearest shares to a point, after Held, Wolfe and Crowder, 1974: max(x − θ, 0), θ such that they sum to 1.</summary>
    public static double[] Project(double[] point)
    {
        double[] sorted = [.. point.OrderDescending()];
        double sum = 0, threshold = 0;
        for (int k = 0; k < sorted.Length; k++)
        {
            sum += sorted[k];
            double next = (sum - 1) / (k + 1);
            if (sorted[k] - next <= 0)
                break;
            threshold = next;
        }

        return Array.ConvertAll(point, x => Math.Max(x - threshold, 0));
    }
}
