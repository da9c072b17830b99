namespace Acclimate.ZeroShot;

/// <summary>
/// What predictions are worth where classes with and without training samples are told apart together; each a mean over classes of the share
/// that is right. Xian, Lampert, Schiele, Akata, TPAMI 2019.
/// </summary>
/// <param name="Seen">Over the classes that had training samples; none where no scored sample is of one.</param>
/// <param name="Unseen">Over the others; none where no scored sample is of one.</param>
/// <param name="Harmonic">The harmonic mean of the two; none where one of them is.</param>
public sealed record ZeroShotScore(double? Seen, double? Unseen, double? Harmonic)
{
    /// <summary>Of predictions.</summary>
    /// <param name="truth">The class of each sample.</param>
    /// <param name="found">What was said.</param>
    /// <param name="seen">The classes that had training samples.</param>
    /// <exception cref="ArgumentException">There are not as many predictions as samples.</exception>
    public static ZeroShotScore Of(IReadOnlyList<int> truth, IReadOnlyList<int> found, IReadOnlyCollection<int> seen)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(seen);
        if (truth.Count != found.Count)
            throw new ArgumentException($"{found.Count} predictions were given for {truth.Count} samples", nameof(found));
        double? ofSeen = Mean(known: true), ofUnseen = Mean(known: false);
        double? harmonic = ofSeen + ofUnseen is not { } sum ? null : sum == 0 ? 0 : 2 * ofSeen * ofUnseen / sum;
        return new ZeroShotScore(ofSeen, ofUnseen, harmonic);

        double? Mean(bool known)
        {
            double[] recalls = [.. Enumerable.Range(0, truth.Count).Where(i => seen.Contains(truth[i]) == known)
                .GroupBy(i => truth[i]).Select(group => group.Average(i => found[i] == truth[i] ? 1.0 : 0))];
            return recalls.Length == 0 ? null : recalls.Average();
        }
    }
}
