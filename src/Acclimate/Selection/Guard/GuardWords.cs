using System.Globalization;

namespace Acclimate.Selection.Guard;

/// <summary>A hedge in words, the verdict first.</summary>
internal static class GuardWords
{
    /// <summary>How many checks are named with their figures.</summary>
    private const int Named = 2;

    /// <summary>What was done and why.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="evidence">What it went by.</param>
    /// <param name="weights">What it made of it.</param>
    public static string Verdict(HedgeRule rule, PoolEvidence evidence, HedgeWeights weights)
    {
        List<string> sentences = [$"Hedged with the source's own model (weight {Two(weights.Source)}): {Count(evidence.Preferring(evidence.Default, rule.Validators), rule)} prefer the adapted one{Figures(rule, evidence)}."];
        if (rule.Why(evidence) is { } why)
            sentences.Add($"It weighs that much since {why}.");
        if (evidence.Method is { } method)
        {
            string prefer = $"{Count(evidence.Preferring(method, rule.Validators), rule)} prefer it to the source's own model";
            sentences.Add(weights.Adapted[method] > 0
                ? $"The method asked for has {Two((1 - weights.Source) * weights.Adapted[method])} of the whole: {prefer}."
                : $"The method asked for has no part in it: {prefer}.");
        }

        sentences.Add("The improvement is not verified: no target label was looked at.");
        return string.Join(' ', sentences);
    }

    private static string Count(int preferring, HedgeRule rule) => $"{preferring} of {rule.Validators.Count} label-free checks";

    /// <summary>The first checks with their figures, those that prefer the adapted model before the others.</summary>
    private static string Figures(HedgeRule rule, PoolEvidence evidence)
    {
        string[] figures = [.. rule.Validators
            .Where(name => !double.IsNaN(evidence.Evidence[name][evidence.Source]) && !double.IsNaN(evidence.Evidence[name][evidence.Default]))
            .OrderByDescending(name => evidence.Evidence[name][evidence.Default] > evidence.Evidence[name][evidence.Source] + PoolEvidence.Margin)
            .Take(Named)
            .Select(name => $"{ValidatorCatalog.Find(name).About.Title} {Apart(evidence.Evidence[name][evidence.Default], evidence.Evidence[name][evidence.Source])}")];
        return figures.Length == 0 ? string.Empty : $" ({string.Join(", ", figures)}{(figures.Length < rule.Validators.Count ? ", …" : string.Empty)})";
    }

    /// <summary>As <c>0.61 vs 0.48</c>, with more decimals where two would make them the same.</summary>
    private static string Apart(double one, double other)
    {
        string form = Two(one) != Two(other) ? "0.00" : "0.0000";
        return $"{one.ToString(form, CultureInfo.InvariantCulture)} vs {other.ToString(form, CultureInfo.InvariantCulture)}";
    }

    private static string Two(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);
}
