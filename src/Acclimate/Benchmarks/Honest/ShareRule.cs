using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Acclimate.Selection.Guard;

namespace Acclimate.Benchmarks.Honest;

/// <summary>What makes a hedge rest on the source's own model more.</summary>
[Flags]
public enum Caution
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Fewer than two of the six checks prefer the good default.</summary>
    Evidence = 1,

    /// <summary>The source picked another classifier than logistic regression.</summary>
    Base = 2,

    /// <summary>Label shift is suspected.</summary>
    Shift = 4,
}

/// <summary>
/// A hedge with every part of it open: δ p_z + (1 − δ) p_F, p_z the good default and p_F the mean over some families, hedged with p₀ at w, or at w′ where
/// there is reason for caution; and a sample keeps p₀'s label unless another is likelier by more than v.
/// </summary>
/// <param name="Default">δ.</param>
/// <param name="Families">Those of p_F; all where empty.</param>
/// <param name="Low">w.</param>
/// <param name="High">w′.</param>
/// <param name="Heeds">What counts as reason.</param>
/// <param name="Veto">v.</param>
public sealed record ShareRule(double Default, string Families, double Low, double High, Caution Heeds, double Veto)
{
    private static readonly HalfAndHalfRule Basis = new();

    /// <summary>Every rule that is tried; a few hundred.</summary>
    public static IReadOnlyList<ShareRule> All { get; } =
    [
        .. from share in (double[])[0, 0.5, 1]
           from families in (string[])["", "self-training,propagation,alignment"]
           where share < 1 || families.Length == 0
           from weights in ((double Low, double High)[])[(0, 0), (0.2, 0.2), (0.35, 0.35), (0.5, 0.5), (0.2, 0.5), (0.2, 0.65), (0.35, 0.65), (0, 0.5)]
           from heeds in weights.Low == weights.High ? (Caution[])[Caution.None] : [Caution.Evidence, Caution.Shift, Caution.Evidence | Caution.Shift, Caution.Evidence | Caution.Base | Caution.Shift]
           from veto in (double[])[0, 0.1, 0.2, 0.3]
           select new ShareRule(share, families, weights.Low, weights.High, heeds, veto),
    ];

    /// <summary>What changes when a rule does.</summary>
    internal static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', All.Select(static rule => rule.Name)))))[..12];

    /// <summary>The rules that a table shows by name.</summary>
    public static IReadOnlyList<(string Rule, string Title)> Shown { get; } =
    [
        (new ShareRule(HalfAndHalfRule.DefaultShare, string.Empty, HalfAndHalfRule.Low, HalfAndHalfRule.High, Caution.Evidence | Caution.Base | Caution.Shift, 0).Name, "the guard's hedge"),
        (new ShareRule(1, string.Empty, 0, 0, Caution.None, 0).Name, "the good default alone"),
        (new ShareRule(0, string.Empty, 0, 0, Caution.None, 0).Name, "mean over families"),
    ];

    /// <summary>The rule in short.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"δ {Default} {(Families.Length == 0 ? "all" : "adapted")} w {Low}{(High == Low ? "" : $"/{High} {Heeds}")} v {Veto}");

    /// <summary>The checks that it asks.</summary>
    public static IReadOnlyList<string> Validators => Basis.Validators;

    /// <summary>What each candidate weighs.</summary>
    /// <param name="evidence">What is known.</param>
    public HedgeWeights Weigh(PoolEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        string[] wanted = Families.Split(',', StringSplitOptions.RemoveEmptyEntries);
        IGrouping<string, int>[] families = [.. Enumerable.Range(0, evidence.Names.Count).GroupBy(i => evidence.Families[i]).Where(family => wanted.Length == 0 || wanted.Contains(family.Key, StringComparer.Ordinal))];
        double[] adapted = new double[evidence.Names.Count];
        foreach (IGrouping<string, int> family in families)
        {
            foreach (int member in family)
                adapted[member] = (1 - Default) / (families.Length * family.Count());
        }

        adapted[evidence.Default] += Default;
        return new HedgeWeights(IsCautious(evidence) ? High : Low, adapted);
    }

    private bool IsCautious(PoolEvidence evidence) =>
        (Heeds.HasFlag(Caution.Evidence) && evidence.Preferring(evidence.Default, Validators) < HalfAndHalfRule.Needed)
        || (Heeds.HasFlag(Caution.Base) && !evidence.SourceIsLogistic)
        || (Heeds.HasFlag(Caution.Shift) && evidence.LabelShift > HalfAndHalfRule.SuspectedShift);
}
