using Acclimate.Metrics;

namespace Acclimate.Selection.Verification;

/// <summary>What some labels of disagreements are good for, exactly, before any is known.</summary>
/// <param name="Labels">n: how many labels.</param>
/// <param name="Right">How probable it is that the better model leads by them.</param>
/// <param name="Wrong">How probable it is that the worse one does; what is left is a tie.</param>
/// <param name="Decided">How probable it is that the test decides for the better one.</param>
public sealed record LabelChances(int Labels, double Right, double Wrong, double Decided)
{
    /// <summary>The share of disagreements on which one of the models is right, unless told: what 152 pairs of models on real domains showed on average, all of them where there are two classes and half where there are ten.</summary>
    public const double UsualOneRight = 0.65;

    /// <summary>
    /// Of n samples, drawn at random from very many disagreements, m ~ binomial(n, t) have one model right, and of these binomial(m, q) the
    /// better: t the share on which one is, q = ½ (1 + Δ/(d t)).
    /// </summary>
    /// <param name="labels">n, 1 or more.</param>
    /// <param name="rate">d: the share of the target on which the models disagree, above 0.</param>
    /// <param name="difference">Δ: how much more often the better one is right on the target, at most d t.</param>
    /// <param name="oneRight">t.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static LabelChances Of(int labels, double rate, double difference, double oneRight = UsualOneRight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 1);
        if (rate is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "a share is above 0, and 1 at most");
        if (oneRight is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(oneRight), oneRight, "a share is above 0, and 1 at most");
        double q = (1 + (difference / (rate * oneRight))) / 2;
        if (q is not (>= 0.5 and <= 1 + 1e-9))
            throw new ArgumentOutOfRangeException(nameof(difference), difference, "the difference is 0 or more, and comes from disagreements on which one is right");
        q = Math.Min(q, 1);
        double right = 0, wrong = 0, decided = 0;
        for (int m = 0; m <= labels; m++)
        {
            double share = Binomial.Mass(m, labels, oneRight);
            for (int better = 0; better <= m; better++)
            {
                double mass = share * Binomial.Mass(better, m, q);
                if (2 * better > m)
                    right += mass;
                if (2 * better < m)
                    wrong += mass;
                if (2 * better > m && PairedTest.IsDecided(better, m - better))
                    decided += mass;
            }
        }

        return new LabelChances(labels, right, wrong, decided);
    }
}
