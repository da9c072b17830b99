namespace Acclimate.Metrics;

/// <summary>How well scores put what is true before what is not, where little is true.</summary>
public static class PrecisionRecall
{
    /// <summary>
    /// The area under the precision–recall curve as average precision, Σ_k (R_k − R_{k−1}) P_k over the distinct scores from the highest down: scores that tie
    /// are taken together, so that their order has no part in it. Chance comes to the share of what is true.
    /// </summary>
    /// <param name="scores">A score each; higher means more likely true. Not NaN.</param>
    /// <param name="truths">Whether it is true, for each score.</param>
    /// <returns>From 0 to 1; NaN where nothing is true.</returns>
    /// <exception cref="ArgumentException">There are more or fewer scores than truths, or a score is not a number.</exception>
    public static double Area(IReadOnlyList<double> scores, IReadOnlyList<bool> truths)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(truths);
        if (scores.Count != truths.Count)
            throw new ArgumentException($"there are {scores.Count} scores and {truths.Count} truths; expected as many", nameof(truths));
        if (scores.Any(double.IsNaN))
            throw new ArgumentException("a score is not a number", nameof(scores));
        int all = truths.Count(static truth => truth), above = 0, found = 0;
        if (all == 0)
            return double.NaN;
        double area = 0;
        foreach (IGrouping<double, int> tied in Enumerable.Range(0, scores.Count).GroupBy(i => scores[i]).OrderByDescending(static group => group.Key))
        {
            int more = tied.Count(i => truths[i]);
            above += tied.Count();
            found += more;
            area += (double)more / all * found / above;
        }

        return area;
    }
}
