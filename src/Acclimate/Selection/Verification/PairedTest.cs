using Acclimate.Metrics;

namespace Acclimate.Selection.Verification;

/// <summary>
/// Which of two models is right more often on the target, told by labels of samples on which they disagree: elsewhere both are
/// right, or both wrong. Of the n samples with a label, drawn at random among the D disagreements of N target samples, the adapted model alone
/// is right on a, the source's alone on b, and neither on the rest.
/// </summary>
/// <remarks>
/// The exact form of McNemar's test (Psychometrika 12, 1947): where the two are equally good, a is binomial(a + b, ½). Draws from few samples without
/// putting back vary less than that (Hoeffding, Annals of Mathematical Statistics 27, 1956), so the test then says "decided" wrongly still less often than
/// its level. Draws from strata vary less as well; that the level holds there is computed for many ways in which strata can differ, and not proved.
/// </remarks>
public sealed record PairedTest
{
    /// <summary>How often the test may call equal models different.</summary>
    public const double Level = 0.05;

    /// <summary>How probable the decision is to be with the labels that <see cref="MoreLabels"/> asks for.</summary>
    public const double Power = 0.8;

    private const double Normal975 = 1.959963984540054;
    private const double Normal80 = 0.8416212335729143;

    /// <summary>Counts.</summary>
    /// <param name="adapted">a: samples on which the adapted model alone is right.</param>
    /// <param name="source">b: samples on which the source's alone is.</param>
    /// <param name="neither">Samples on which neither is.</param>
    /// <param name="disagreements">D: the target's samples on which they disagree, with a label or without.</param>
    /// <param name="samples">N: all of the target's samples.</param>
    /// <exception cref="ArgumentException">A count is negative, there is no label, or there are more labels than disagreements, or more of those than samples.</exception>
    public PairedTest(int adapted, int source, int neither, int disagreements, int samples)
    {
        if (Math.Min(Math.Min(adapted, source), neither) < 0 || adapted + source + neither == 0)
            throw new ArgumentException($"{adapted} + {source} + {neither} labels; expected one or more, and no negative counts");
        if (adapted + source + neither > disagreements || disagreements > samples)
            throw new ArgumentException($"{adapted + source + neither} labels of {disagreements} disagreements of {samples} samples; each has to be a part of the next");
        (Adapted, Source, Neither, Disagreements, Samples) = (adapted, source, neither, disagreements, samples);
    }

    /// <summary>a.</summary>
    public int Adapted { get; }

    /// <summary>b.</summary>
    public int Source { get; }

    /// <summary>The labels that neither model gave.</summary>
    public int Neither { get; }

    /// <summary>D.</summary>
    public int Disagreements { get; }

    /// <summary>N.</summary>
    public int Samples { get; }

    /// <summary>n = a + b + neither.</summary>
    public int Labels => Adapted + Source + Neither;

    /// <summary>a − b: above 0 where the adapted model leads.</summary>
    public int Lead => Adapted - Source;

    /// <summary>How probable a lead of this size or more is, of either model, where they are equally good.</summary>
    public double PValue => Binomial.SignTest(Adapted, Adapted + Source);

    /// <summary>Whether the lead is more than chance: p is at most <see cref="Level"/>, or what has no label yet can't overturn it.</summary>
    public bool Decided => Lead != 0 && (IsDecided(Adapted, Source) || Math.Abs(Lead) > Unlabelled);

    /// <summary>By how much the adapted model is more often right on the whole target: D/N · (a − b)/n, from −1 to 1.</summary>
    public double Difference => Rate * Lead / Labels;

    /// <summary>
    /// The lower end of the 95 % interval of <see cref="Difference"/>: D/N · t · (2q − 1) over the exact 95 % intervals of q = a/(a + b) and of
    /// t = (a + b)/n, within what the samples without a label allow. The interval leaves 0 out where the test decides.
    /// </summary>
    public double Low => Math.Max((double)(Lead - Unlabelled) / Samples, Rate * End(Binomial.Interval(Adapted, Adapted + Source).Low, lower: true));

    /// <summary>The upper end.</summary>
    public double High => Math.Min((double)(Lead + Unlabelled) / Samples, Rate * End(Binomial.Interval(Adapted, Adapted + Source).High, lower: false));

    /// <summary>
    /// How many labels more it takes until the test decides with probability <see cref="Power"/>, if things go on as they are; 0 where it has
    /// decided, and none where neither leads. n = (z₀.₉₇₅ √t + z₀.₈ √(t − δ²))² / δ², δ = (a − b)/n (Connett, Smith, McHugh, Statistics in
    /// Medicine 6, 1987), but no less than the six unanimous ones that the test needs.
    /// </summary>
    public int? MoreLabels
    {
        get
        {
            if (Decided)
                return 0;
            if (Lead == 0)
                return null;
            double delta = (double)Math.Abs(Lead) / Labels, t = (double)(Adapted + Source) / Labels;
            double wanted = Math.Pow((Normal975 * Math.Sqrt(t)) + (Normal80 * Math.Sqrt(t - (delta * delta))), 2) / (delta * delta);
            return (int)Math.Clamp(Math.Ceiling(Math.Max(wanted, Unanimous / t)) - Labels, 1, Unlabelled);
        }
    }

    /// <summary>The fewest labels of one mind that decide: 2 · 2⁻⁶ is below the level.</summary>
    internal const int Unanimous = 6;

    /// <summary>D/N.</summary>
    public double Rate => (double)Disagreements / Samples;

    /// <summary>Disagreements without a label.</summary>
    private int Unlabelled => Disagreements - Labels;

    /// <summary>t · (2q − 1) at that end of t's interval which is farther out.</summary>
    private double End(double q, bool lower)
    {
        (double low, double high) = Binomial.Interval(Adapted + Source, Labels);
        return ((2 * q) - 1) * (q < 0.5 == lower ? high : low);
    }

    /// <summary>Whether the test decides by its p-value.</summary>
    internal static bool IsDecided(int adapted, int source) => Binomial.SignTest(adapted, adapted + source) <= Level;
}
