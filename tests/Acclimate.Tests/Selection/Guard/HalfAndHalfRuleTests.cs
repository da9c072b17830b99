using Acclimate.Selection.Guard;

namespace Acclimate.Tests.Selection.Guard;

public sealed class HalfAndHalfRuleTests
{
    private static readonly string[] Checks = ["knn", "silhouette", "rev-fix", "rev-raw", "crowd-share", "dawid-skene"];

    // Five candidates: the source's own model and another classifier of it, the default and another of its family, and one of a third family.
    // Families' mean: source 1/6 each, self-training 1/6 each, alignment 1/3.
    [Fact]
    public void Weigh_EvidenceForTheDefault_HalfDefaultHalfFamiliesAndALittleSource()
    {
        HedgeWeights weights = new HalfAndHalfRule().Weigh(Evidence(preferDefault: 2));

        Assert.Equal(0.2, weights.Source);
        Near([1.0 / 12, 1.0 / 12, (1.0 / 12) + 0.5, 1.0 / 12, 1.0 / 6], weights.Adapted);

        // 0.8 of these, and 0.2 for the source's own model.
        Near([(0.8 / 12) + 0.2, 0.8 / 12, (0.8 / 12) + 0.4, 0.8 / 12, 0.8 / 6], weights.Total(0));
    }

    [Fact]
    public void Weigh_FewerThanTwoChecks_HalfIsTheSources()
    {
        PoolEvidence evidence = Evidence(preferDefault: 1);

        Assert.Equal(0.5, new HalfAndHalfRule().Weigh(evidence).Source);
        Assert.Contains("fewer than 2 of 6", new HalfAndHalfRule().Why(evidence), StringComparison.Ordinal);
    }

    [Fact]
    public void Weigh_ClassSharesAtOdds_MoreThanHalfIsTheSourcesWhateverChecksSay()
    {
        HalfAndHalfRule rule = new();
        PoolEvidence shifted = Evidence(preferDefault: 6) with { SharesAtOdds = true, LabelShift = 0.21 };

        Assert.Equal(0.65, rule.Weigh(shifted).Source);
        Assert.Equal(0.65, rule.Weigh(Evidence(preferDefault: 0) with { SharesAtOdds = true }).Source);
        Assert.Contains("0.21", rule.Why(shifted), StringComparison.Ordinal);
        Assert.Equal(0.2, rule.Weigh(Evidence(preferDefault: 6) with { LabelShift = 0.4 }).Source);
        Assert.Null(rule.Why(Evidence(preferDefault: 6)));
    }

    [Fact]
    public void Weigh_AMethodThatWasAskedFor_HasAThirdWhereTwoChecksPreferIt()
    {
        HalfAndHalfRule rule = new();

        HedgeWeights taken = rule.Weigh(WithMethod(preferMethod: 2)), left = rule.Weigh(WithMethod(preferMethod: 1));

        Near([1.0 / 18, 1.0 / 18, (1.0 / 18) + (1.0 / 3), 1.0 / 18, 1.0 / 9, 1.0 / 3], taken.Adapted);
        Near([1.0 / 12, 1.0 / 12, (1.0 / 12) + 0.5, 1.0 / 12, 1.0 / 6, 0], left.Adapted);
    }

    // A check that can't say of either is no check that prefers one; a difference of rounding is none.
    [Fact]
    public void Preferring_NotANumberOrRounding_IsNoPreference()
    {
        PoolEvidence evidence = Evidence(preferDefault: 2);
        Dictionary<string, IReadOnlyList<double>> said = new(evidence.Evidence) { ["knn"] = [double.NaN, 0, 1, 0, 0], ["silhouette"] = [0.5, 0, 0.5 + 1e-12, 0, 0] };

        Assert.Equal(0, (evidence with { Evidence = said }).Preferring(2, Checks));
        Assert.Equal(2, evidence.Preferring(2, Checks));
    }

    private static PoolEvidence Evidence(int preferDefault) => new(
        ["p0", "other", "default", "more", "aligned"], ["source", "source", "self-training", "self-training", "alignment"], 0, 2, null,
        Checks.Select((name, i) => (name, Said: (IReadOnlyList<double>)[0.5, double.NaN, i < preferDefault ? 0.6 : 0.4, double.NaN, double.NaN])).ToDictionary(static pair => pair.name, static pair => pair.Said),
        LabelShift: 0.1);

    private static PoolEvidence WithMethod(int preferMethod)
    {
        PoolEvidence plain = Evidence(preferDefault: 3);
        return plain with
        {
            Names = [.. plain.Names, "jda"],
            Families = [.. plain.Families, "method"],
            Method = 5,
            Evidence = Checks.Select((name, i) => (name, Said: (IReadOnlyList<double>)[.. plain.Evidence[name], i < preferMethod ? 0.7 : 0.3])).ToDictionary(static pair => pair.name, static pair => pair.Said),
        };
    }

    // Sums and products of a handful of fractions: some units in the last place.
    private static void Near(double[] expected, IReadOnlyList<double> found)
    {
        Assert.Equal(expected.Length, found.Count);
        Assert.All(expected.Zip(found), static pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        Assert.Equal(1, found.Sum(), 1e-12);
    }
}
