namespace Acclimate.Selection;

/// <summary>How much speaks for adaptation doing harm.</summary>
public enum RiskLevel
{
    /// <summary>Nothing that was looked for.</summary>
    Low,

    /// <summary>Something.</summary>
    Moderate,

    /// <summary>Much.</summary>
    High,
}

/// <summary>
/// The risk of negative transfer: that a model adapted to the target does worse there than the source's own. A rule of thumb
/// over what is known to mislead adaptation, calibrated on nothing: the evidence is what counts.
/// </summary>
/// <param name="Level">Low without evidence; high with three pieces of it, or one that is grave; else moderate.</param>
/// <param name="Evidence">What speaks for it, in words.</param>
public sealed record TransferRisk(RiskLevel Level, IReadOnlyList<string> Evidence)
{
    private const int Many = 3;
    private const double FarOutside = 0.25;
    private const double MostlyOutside = 0.75;
    private const double LostConfidence = 0.15;
    private const double GreatChange = 0.2;
    private const int FewSamples = 30;

    internal static TransferRisk Of(DomainShift shift)
    {
        List<string> evidence = [];
        bool grave = false;
        ShiftKinds kinds = shift.Kinds;
        if (shift.Support is { Outside: >= FarOutside } support)
        {
            Add($"{support.Outside:P0} of the target's samples lie outside the source's range (by chance it would be {support.Expected:P0}): there a model makes its answers up");
            grave |= support.Outside >= MostlyOutside;
        }

        if (shift.Mmd.TargetUsed < FewSamples)
            Add($"the target has {shift.Mmd.TargetUsed} samples: what is estimated from so few is mostly chance");
        if (shift.Classes is not { } classes)
            return Weighed(evidence, grave);
        if (kinds.Balance is Finding.Found or Finding.Suspected)
        {
            double change = classes.Known ? classes.BalanceChange : classes.Estimate!.Agreed;
            Add($"class shares {(classes.Known ? "changed by" : "seem to have changed, by an estimated")} {change:P0}: methods that match the domains as wholes then match samples of different classes");
            grave |= change >= GreatChange;
        }

        string[] missing = [.. classes.Classes.Where(static c => c.SourceSamples > 0 && c.TargetSamples == 0).Select(static c => c.Class)];
        if (classes.Known && missing.Length > 0)
            Add($"the target has no sample of {missing.Length} of the source's classes ({string.Join(", ", missing.Take(3))}{(missing.Length > 3 ? ", …" : string.Empty)})");
        if (!classes.IsTelling)
            Add($"the source's own classes are hard to tell here: a linear classifier is right on {classes.HeldOut.Value:P0} of source samples that it has not seen (always naming the most frequent class: {classes.MostFrequent:P0}), so pseudo-labels would often be wrong");
        else if (classes.SourceConfidence - classes.TargetConfidence >= LostConfidence)
            Add($"the source's classifier is less sure on the target: mean confidence {classes.TargetConfidence:0.00} instead of {classes.SourceConfidence:0.00}");
        if (kinds.Concept == Finding.Suspected)
        {
            Add($"samples that look alike may have other classes: within the source's range its classifier is right on {classes.Concept!.WithinRange!.Value:P0} of target samples, one trained on the target on {classes.Concept.Own!.Value:P0}");
            grave = true;
        }

        return Weighed(evidence, grave);

        void Add(FormattableString text) => evidence.Add(FormattableString.Invariant(text));
    }

    private static TransferRisk Weighed(List<string> evidence, bool grave) =>
        new(evidence.Count == 0 ? RiskLevel.Low : grave || evidence.Count >= Many ? RiskLevel.High : RiskLevel.Moderate, evidence);
}
