using System.Globalization;
using Acclimate.Catalog;
using Acclimate.Selection.Experience;
using Acclimate.Selection.Planning;

namespace Acclimate.Runs;

/// <summary>In which order methods are tried, and why.</summary>
/// <param name="Methods">The methods, the first first.</param>
/// <param name="Words">Where the order came from.</param>
internal sealed record AutoOrder(IReadOnlyList<(MethodEntry Method, string Why)> Methods, string Words)
{
    /// <summary>From how many pairs on experience is heeded.</summary>
    private const int FewestPairs = 3;

    /// <summary>
    /// Self-training, label propagation and JDA's family first: of 42 ways on 38 real pairs these gained most (7.2, 4.9 and 6.0 points where each domain is
    /// standardised). Then methods that join the two ideas, by what they came to on the Office-Caltech objects.
    /// </summary>
    private static readonly string[] Shallow =
        ["balanced-self-training", "label-propagation", "jda", "bda", "meda", "jgsa", "vda", "easytl", "artl", "ccsl", "tca", "tjm"];

    /// <summary>These were below the source's own model on more than half of those pairs (CORAL, a Gaussian map, GFK, SA), or are methods of their kind.</summary>
    private static readonly string[] ShallowLast = ["gfk", "sgf", "sda", "coral", "ot-linear", "sa", "ot-emd", "dtmkl"];

    /// <summary>
    /// One of each kind first, by what it came to on three pairs of digits: classes aligned by MMD, certain and diverse answers, an adversary, self-training; then others. The
    /// figures were made with these targets' labels, which no other pair has: it is a place to start from, no promise.
    /// </summary>
    private static readonly string[] Deep =
        ["dsan", "mcc", "cdan-e", "self-training", "bnm", "mdd", "adda", "dan", "jan", "bsp", "wdgrl", "jan-a", "cdan", "dann", "cmd", "deep-coral"];

    /// <summary>Steps of these cost several times as much.</summary>
    private static readonly string[] DeepLast = ["mcd", "afn", "rtn", "ddc", "pixel-gan", "shared-latent"];

    /// <summary>Orders methods.</summary>
    /// <param name="wanted">Those to try.</param>
    /// <param name="target">The target, as it was named.</param>
    /// <param name="pair">What is known of the pair.</param>
    /// <param name="experiences">What earlier runs taught; those from which the target's own labels may speak are left out (<see cref="Experience.KnowsLabelsOf"/>).</param>
    /// <param name="planned">What the plan puts first, where there is a reason that this pair gives; experience that speaks for another comes before it.</param>
    public static AutoOrder Of(IReadOnlyList<MethodEntry> wanted, string target, PairStatistics pair, IReadOnlyList<Experience> experiences, IReadOnlyList<PlannedMethod> planned)
    {
        Dictionary<string, string> reasons = planned.DistinctBy(static one => one.Method).ToDictionary(static one => one.Method, static one => one.Why);
        MethodEntry[] usual = [.. wanted.OrderBy(method => reasons.ContainsKey(method.About.Name) ? 0 : 1).ThenBy(static method => Place(method.About.Name))];
        Experience[] gained = [.. experiences.Where(static one => one.Gain is not null)], others = [.. gained.Where(one => !one.KnowsLabelsOf(target, pair))];
        IReadOnlyList<(string Name, ExpectedGain Expected)> known = others.Length > 0 ? Known(usual, pair, others) : [];
        (MethodEntry Method, double Gain, string Why)[] told = [.. known.Select((one, place) => Told(one.Name, one.Expected, place == 0))];
        IEnumerable<(MethodEntry, string)> methods =
        [
            .. told.Where(static one => one.Gain > 0).Select(static one => (one.Method, one.Why)),
            .. usual.Except(told.Select(static one => one.Method)).Select(method => (method, reasons.TryGetValue(method.About.Name, out string? reason) ? $"planned: {reason}" : "the built-in order")),
            .. told.Where(static one => !(one.Gain > 0)).Select(static one => (one.Method, one.Why)),
        ];
        string words = told.Length == 0
            ? $"the built-in order: no method has gains of {FewestPairs} pairs or more among the experiences"
            : $"by what {told.Length} method{(told.Length == 1 ? string.Empty : "s")} of {usual.Length} gained on earlier pairs, the others in the built-in order between";
        if (others.Length < gained.Length)
            words += "; what earlier runs gained on this target itself is left out, as its labels would speak from it";
        return new AutoOrder([.. methods], words);

        // The first is there for what it should gain on this pair, the others for what they gained on average.
        (MethodEntry, double, string) Told(string name, ExpectedGain expected, bool first)
        {
            (double gain, string how) = first ? (expected.Gain, "expected here") : (expected.Mean, "on average");
            return (usual.First(method => method.About.Name == name), gain, string.Create(CultureInfo.InvariantCulture, $"experience of {expected.Pairs} pairs: {gain:+0.0;-0.0} points {how}"));
        }
    }

    /// <summary>What to expect of the methods that are known well enough, in the order in which to try them. One pair that was prepared in several ways is one.</summary>
    private static IReadOnlyList<(string Name, ExpectedGain Expected)> Known(IEnumerable<MethodEntry> methods, PairStatistics pair, IReadOnlyList<Experience> experiences)
    {
        Reflection reflection = Reflection.Learn(experiences, static one => one.Method);
        Dictionary<string, int> pairs = experiences.GroupBy(static one => one.Method)
            .ToDictionary(static group => group.Key, static group => group.Select(static one => (one.Source, one.Target)).Distinct().Count());
        IEnumerable<string> enough = methods.Select(static method => method.About.Name).Where(name => pairs.GetValueOrDefault(name) >= FewestPairs);
        return [.. reflection.Order(pair, enough).Select(name => (name, reflection.Expect(pair, name) with { Pairs = pairs[name] }))];
    }

    private static int Place(string name)
    {
        int first = Math.Max(Array.IndexOf(Shallow, name), Array.IndexOf(Deep, name)), last = Math.Max(Array.IndexOf(ShallowLast, name), Array.IndexOf(DeepLast, name));
        return first >= 0 ? first : last >= 0 ? 200 + last : 100;
    }
}
