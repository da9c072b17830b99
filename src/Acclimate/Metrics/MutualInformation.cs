namespace Acclimate.Metrics;

/// <summary>How much one grouping of samples says of another.</summary>
public static class MutualInformation
{
    /// <summary>
    /// NMI = I(A; B) / ½(H(A) + H(B)), from 0 to 1: 1 where the groups are the same but for their names, about 0 where they have nothing to do with each
    /// other. Two groupings of one group each are the same: 1.
    /// </summary>
    /// <param name="one">Each sample's group.</param>
    /// <param name="other">Each sample's group by the other.</param>
    /// <exception cref="ArgumentException">They are not as many, or there is none.</exception>
    public static double Normalised(IReadOnlyList<int> one, IReadOnlyList<int> other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        if (one.Count != other.Count || one.Count == 0)
            throw new ArgumentException($"{one.Count} groups were given for one grouping and {other.Count} for the other; expected as many, and one at least", nameof(other));
        double n = one.Count;
        Dictionary<int, double> ofOne = Shares(one), ofOther = Shares(other);
        double shared = one.Zip(other).GroupBy(static pair => pair)
            .Sum(group => group.Count() / n * Math.Log(group.Count() / n / (ofOne[group.Key.First] * ofOther[group.Key.Second])));
        double entropy = (Entropy(ofOne) + Entropy(ofOther)) / 2;
        return entropy <= 0 ? 1 : Math.Clamp(shared / entropy, 0, 1);

        Dictionary<int, double> Shares(IReadOnlyList<int> groups) => groups.GroupBy(static group => group).ToDictionary(static group => group.Key, group => group.Count() / n);

        static double Entropy(Dictionary<int, double> shares) => -shares.Values.Sum(static share => share * Math.Log(share));
    }
}
