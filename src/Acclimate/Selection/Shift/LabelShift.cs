using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>What one estimator says of the target's classes.</summary>
/// <param name="Shares">q: the share of each class in the target; 0 or more, they sum to 1.</param>
/// <param name="Weights">q / p: what a source sample of each class counts for, so that the source has these shares; 0 where it has none of the class.</param>
/// <param name="TotalVariation">½ Σ |q − p|, 0 to 1: the part of the target that would have to change class to have the source's shares p.</param>
public sealed record LabelShiftEstimate(IReadOnlyList<double> Shares, IReadOnlyList<double> Weights, double TotalVariation);

/// <summary>
/// How the target's class shares differ from the source's, estimated without a target label from what a classifier predicts there.
/// All estimators take it that a class looks the same in both domains, p(x | y) = q(x | y); where it does not, they err, and
/// they err differently, which is why there are three.
/// </summary>
/// <remarks>
/// Black-box shift estimation (<see cref="Hard"/>, <see cref="Soft"/>) undoes the classifier's confusions: Lipton, Wang, Smola,
/// "Detecting and Correcting for Label Shift with Black Box Predictors", ICML 2018. Maximum likelihood by expectation–maximisation
/// (<see cref="Em"/>): Saerens, Latinne, Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities",
/// Neural Computation 14, 2002, on probabilities calibrated by one temperature, with the prior that these show (Alexandari, Kundaje, Shrikumar, ICML 2020).
/// </remarks>
public sealed record LabelShift
{
    /// <summary>How often the bootstrap draws.</summary>
    private const int Draws = 200;

    /// <summary>The most samples of each side that a draw takes; more would only narrow an interval that sampling no longer decides.</summary>
    private const int MostDrawn = 5000;

    /// <summary>
    /// A total variation that differences between real domains bring about with no shift of shares: with it 19 of 26 real pairs with thinned classes
    /// are suspected, and 1 of 14 whose shares are alike.
    /// </summary>
    private const double Negligible = 0.1;

    /// <summary>How far the three estimates may be apart to be trusted, and from which total variation on they tell of looks rather than of shares.</summary>
    private const double Alike = 0.2, Implausible = 0.5;

    private LabelShift()
    {
    }

    /// <summary>p: the share of each class in the source.</summary>
    public required IReadOnlyList<double> Source { get; init; }

    /// <summary>By the confusion matrix of predicted classes.</summary>
    public required LabelShiftEstimate Hard { get; init; }

    /// <summary>By the confusion matrix of predicted probabilities.</summary>
    public required LabelShiftEstimate Soft { get; init; }

    /// <summary>By maximum likelihood.</summary>
    public required LabelShiftEstimate Em { get; init; }

    /// <summary>The 95 % bootstrap interval of <see cref="Soft"/>'s total variation, both samples drawn anew. Noise adds to a distance: the low end is above 0 even where nothing moved, and <see cref="Chance"/> says by how much.</summary>
    public required (double Low, double High) Interval { get; init; }

    /// <summary>What <see cref="Soft"/>'s total variation stays below in 95 of 100 draws in which the target is the held-out source itself.</summary>
    public required double Chance { get; init; }

    /// <summary>The largest total variation between two of the three estimates; where it is as large as they are, classes look different in the target and none is to be trusted.</summary>
    public required double Disagreement { get; init; }

    /// <summary>The smallest of the three total variations: what they all see.</summary>
    public double Agreed => Math.Min(Hard.TotalVariation, Math.Min(Soft.TotalVariation, Em.TotalVariation));

    /// <summary>Whether the class shares seem to differ: all three estimates are beyond <see cref="Chance"/>, and by more than 0.1.</summary>
    public bool Suspected => Agreed > Math.Max(Chance, Negligible);

    /// <summary>
    /// Whether shares that another classifier finds in the target are at odds with these: the three estimates agree (within 0.2) and none is out of all
    /// proportion (0.5 or more, as where classes look different in the target), and the others are more than 0.1 away. Aligning two domains as wholes imposes the source's
    /// shares on the target; where those really changed, that is what it looks like.
    /// </summary>
    /// <param name="shares">The shares that the other finds.</param>
    public bool IsAtOddsWith(IReadOnlyList<double> shares) =>
        Disagreement <= Alike && Math.Max(Hard.TotalVariation, Math.Max(Soft.TotalVariation, Em.TotalVariation)) < Implausible && Apart(shares, Soft.Shares) > Negligible;

    /// <summary>Estimates the target's class shares.</summary>
    /// <param name="pair">The samples, the source's labels.</param>
    /// <param name="heldOut">What the classifier says of source samples that it was not trained on; a class without any is taken to be absent from the target.</param>
    /// <param name="target">What it says of the target's samples: [n_t, C] class probabilities, float64.</param>
    /// <param name="seed">What the bootstrap draws by.</param>
    /// <exception cref="ArgumentException">The probabilities are of other samples or classes than the pair's, or no distributions.</exception>
    public static LabelShift Estimate(LabelFreePair pair, HeldOutSource heldOut, Tensor target, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(heldOut);
        CandidateArguments.Fits(pair, new Candidate("the classifier", "the classifier", target) { HeldOut = heldOut });
        int classes = pair.Classes;
        double[] shares = Shares(pair.SourceLabels, classes);
        int[] labels = [.. heldOut.Indices.Select(i => pair.SourceLabels[i])];
        ClassProbabilities known = new(heldOut.Probabilities.ToArray<double>(), classes), unknown = new(target.ToArray<double>(), classes);
        LabelShiftEstimate hard = Estimated(BlackBoxShift.Shares(known.Hard(), labels, unknown.Hard(), shares), shares);
        LabelShiftEstimate soft = Estimated(BlackBoxShift.Shares(known, labels, unknown, shares), shares);
        LabelShiftEstimate em = Estimated(ShareMaximisation.Shares(known, labels, unknown), shares);
        (double[] moved, double[] still) = Bootstrap(known, labels, unknown, shares, seed);
        return new LabelShift
        {
            Source = shares,
            Hard = hard,
            Soft = soft,
            Em = em,
            Interval = (Quantile(moved, 0.025), Quantile(moved, 0.975)),
            Chance = Quantile(still, 0.95),
            Disagreement = Math.Max(Apart(hard.Shares, soft.Shares), Math.Max(Apart(hard.Shares, em.Shares), Apart(soft.Shares, em.Shares))),
        };
    }

    /// <summary>The share of each class among labels.</summary>
    internal static double[] Shares(IEnumerable<int> labels, int classes)
    {
        double[] shares = new double[classes];
        int count = 0;
        foreach (int label in labels)
        {
            shares[label]++;
            count++;
        }

        return Array.ConvertAll(shares, share => share / count);
    }

    /// <summary>½ Σ |a − b|.</summary>
    internal static double Apart(IReadOnlyList<double> a, IReadOnlyList<double> b) => a.Zip(b, static (x, y) => Math.Abs(x - y)).Sum() / 2;

    private static LabelShiftEstimate Estimated(double[] shares, double[] source) =>
        new(shares, [.. shares.Zip(source, static (q, p) => p > 0 ? q / p : 0)], Apart(shares, source));

    /// <summary>The soft estimate's total variation, draw by draw: of the target, and of the held-out source in its place.</summary>
    private static (double[] Moved, double[] Still) Bootstrap(ClassProbabilities known, int[] labels, ClassProbabilities unknown, double[] shares, long seed)
    {
        double[] moved = new double[Draws], still = new double[Draws];
        int n = Math.Min(known.Count, MostDrawn), m = Math.Min(unknown.Count, MostDrawn);

        // Where the held-out samples have other class shares than the source (a few of few), that is no shift of the target's.
        double[] held = Shares(labels, shares.Length);
        for (int draw = 0; draw < Draws; draw++)
        {
            using TensorScope scope = TensorScope.Begin();
            using Generator generator = new(Generator.Derive(seed, draw));
            int[] rows = Places(n, known.Count, generator);
            ClassProbabilities some = known.Take(rows);
            int[] someLabels = Array.ConvertAll(rows, row => labels[row]);
            moved[draw] = Apart(BlackBoxShift.Shares(some, someLabels, unknown.Take(Places(m, unknown.Count, generator)), shares), shares);
            still[draw] = Apart(BlackBoxShift.Shares(some, someLabels, known.Take(Places(m, known.Count, generator)), held), held);
        }

        return (moved, still);
    }

    private static int[] Places(int wanted, int count, Generator generator) =>
        Array.ConvertAll(Tensor.Uniform([wanted], generator, 0, count, ScalarType.Float64).ToArray<double>(), at => Math.Min((int)at, count - 1));

    private static double Quantile(double[] values, double at)
    {
        double[] sorted = [.. values.Order()];
        double place = at * (sorted.Length - 1);
        int below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
