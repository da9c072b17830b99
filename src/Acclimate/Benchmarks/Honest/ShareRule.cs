using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Acclimate.Selection.Guard;

namespace Acclimate.Benchmarks.Honest;

/// <summary>
/// A hedge with every part of it open: δ p_z + (1 − δ) p_F, p_z the good default and p_F the mean over some families, hedged with p₀ at w; at w′ where
/// fewer than k of the checks prefer the default; and at w″ where class shares are at odds.
/// </summary>
/// <param name="Default">δ.</param>
/// <param name="WithSource">Whether the source's own classifiers are among the families of p_F.</param>
/// <param name="Low">w.</param>
/// <param name="Doubted">w′.</param>
/// <param name="Needed">k.</param>
/// <param name="AtOdds">w″.</param>
public sealed record ShareRule(double Default, bool WithSource, double Low, double Doubted, int Needed, double AtOdds)
{
    private static readonly HalfAndHalfRule Basis = new();

    /// <summary>Every rule that is tried; a few hundred.</summary>
    public static IReadOnlyList<ShareRule> All { get; } =
    [
        .. from share in (double[])[0, 0.25, 0.5, 0.75, 1]
           from withSource in (bool[])[true, false]
           where share < 1 || withSource
           from low in (double[])[0, 0.1, 0.2, 0.3, 0.4, 0.5]
           from needed in (int[])[0, 2, 3, 4]
           where low < HalfAndHalfRule.Doubted || needed == 0
           from atOdds in ((double[])[low, HalfAndHalfRule.Doubted, HalfAndHalfRule.AtOdds, 0.8]).Distinct()
           select new ShareRule(share, withSource, low, needed == 0 ? low : HalfAndHalfRule.Doubted, needed, atOdds),
    ];

    private static ShareRule OfGuard { get; } = new(HalfAndHalfRule.DefaultShare, true, HalfAndHalfRule.Low, HalfAndHalfRule.Doubted, HalfAndHalfRule.Needed, HalfAndHalfRule.AtOdds);

    /// <summary>What changes when a rule does.</summary>
    internal static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', All.Select(static rule => rule.Name)))))[..12];

    /// <summary>The rules that a table shows by name.</summary>
    public static IReadOnlyList<(string Rule, string Title)> Shown { get; } =
    [
        (OfGuard.Name, "the guard's hedge"),
        (new ShareRule(1, true, 0, 0, 0, 0).Name, "the good default alone"),
        (new ShareRule(0, true, 0, 0, 0, 0).Name, "mean over families"),
    ];

    /// <summary>The rule in short.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"δ {Default} {(WithSource ? "all" : "adapted")} w {Low}{(Needed > 0 ? $"/{Doubted} under {Needed}" : "")}{(AtOdds > Low ? $"/{AtOdds} at odds" : "")}");

    /// <summary>The checks that it asks.</summary>
    public static IReadOnlyList<string> Validators => Basis.Validators;

    /// <summary>What each candidate weighs.</summary>
    /// <param name="evidence">What is known.</param>
    public HedgeWeights Weigh(PoolEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        IGrouping<string, int>[] families = [.. Enumerable.Range(0, evidence.Names.Count).GroupBy(i => evidence.Families[i]).Where(family => WithSource || family.Key != PoolFamilies.Source)];
        double[] adapted = new double[evidence.Names.Count];
        foreach (IGrouping<string, int> family in families)
        {
            foreach (int member in family)
                adapted[member] = (1 - Default) / (families.Length * family.Count());
        }

        adapted[evidence.Default] += Default;
        return new HedgeWeights(evidence.SharesAtOdds ? AtOdds : evidence.Preferring(evidence.Default, Validators) < Needed ? Doubted : Low, adapted);
    }
}
