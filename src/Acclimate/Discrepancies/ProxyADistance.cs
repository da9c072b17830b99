using Acclimate.Torch;

namespace Acclimate.Discrepancies;

/// <summary>What <see cref="ProxyADistance"/> found.</summary>
/// <param name="Value">2(1 − 2ε) held within 0 and 2, ε being <paramref name="Error"/>.</param>
/// <param name="Error">The classifier's error on examples held out, the mean of both domains and of all splits.</param>
/// <param name="ErrorDeviation">The standard deviation of that error from split to split; 0 for a single one.</param>
/// <param name="SourceUsed">Source examples that were used.</param>
/// <param name="TargetUsed">Target examples that were used.</param>
/// <param name="IsSubsample">Whether that is fewer than were given.</param>
public sealed record ProxyADistanceResult(
    double Value, double Error, double ErrorDeviation, int SourceUsed, int TargetUsed, bool IsSubsample);

/// <summary>
/// How well a linear classifier tells the domains apart: 2(1 − 2ε), ε its error on examples it wasn't trained on. 0 where
/// it does no better than chance, 2 where it never errs. Ben-David et al., "Analysis of Representations for Domain
/// Adaptation", NIPS 2006.
/// </summary>
/// <remarks>
/// Each split trains an L2-regularised logistic regression on half of each domain, features standardised by that half,
/// and tests it on the other half. Both domains count equally, in training and in ε, whatever their sizes. By chance ε
/// can exceed ½: the value is then 0.
/// </remarks>
public sealed class ProxyADistance
{
    /// <summary>Random splits whose errors are averaged, 1 or more; 5 unless set.</summary>
    public int Splits { get; init; } = 5;

    /// <summary>Examples of each domain used at most, 2 or more; 1,000 unless set. Of more, each split draws its own.</summary>
    public int Limit { get; init; } = 1000;

    /// <summary>The weight of ½‖w‖² against the sum of the examples' losses, positive; 1 unless set.</summary>
    public double Regularisation { get; init; } = 1;

    /// <summary>What the splits are drawn by; 0 unless set.</summary>
    public long Seed { get; init; }

    /// <summary>The proxy A-distance of two samples.</summary>
    /// <param name="source">[n, d], n ≥ 2, floating point.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <exception cref="ArgumentException">
    /// Not two floating-point matrices of one width, device and type, fewer than 2 rows, a value that is
    /// not finite, or an option is out of its range.
    /// </exception>
    public ProxyADistanceResult Estimate(Tensor source, Tensor target)
    {
        if (Splits < 1 || Limit < 2 || !(Regularisation > 0 && double.IsFinite(Regularisation)))
        {
            throw new ArgumentException(
                $"an A-distance needs 1 split, a limit of 2 and a positive regularisation, but has {Splits}, {Limit} and {Regularisation}");
        }

        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        (Tensor x, Tensor y) = Samples.Check(source, target, 2, "an A-distance");
        if (!x.IsFinite().All() || !y.IsFinite().All())
            throw new ArgumentException("the samples hold NaN or infinite values; an A-distance needs finite ones", nameof(source));
        double[] errors = [.. Enumerable.Range(0, Splits).Select(split => Error(x, y, split))];
        double error = errors.Average();
        double deviation = Splits == 1 ? 0 : Math.Sqrt(errors.Sum(e => (e - error) * (e - error)) / (Splits - 1));
        int n = (int)Math.Min(x.Size(0), Limit), m = (int)Math.Min(y.Size(0), Limit);
        return new ProxyADistanceResult(
            Math.Clamp(2 * (1 - (2 * error)), 0, 2), error, deviation, n, m, n < x.Size(0) || m < y.Size(0));
    }

    private double Error(Tensor x, Tensor y, int split)
    {
        using TensorScope scope = TensorScope.Begin();
        (Tensor trainX, Tensor testX) = Halves(x, split, 0);
        (Tensor trainY, Tensor testY) = Halves(y, split, 1);
        Tensor train = Tensor.Concatenate([trainX, trainY]);
        Tensor mean = train.Mean(0, keep: true);
        Tensor deviation = train.StandardDeviation(0, unbiased: false, keep: true);
        Tensor scale = deviation.Equals(0).Where(deviation.OnesLike(), deviation);

        // Each domain counts as half of all examples.
        double n = trainX.Size(0), m = trainY.Size(0);
        Tensor signs = Parts(-1, n, 1, m, x.Device), counts = Parts((n + m) / (2 * n), n, (n + m) / (2 * m), m, x.Device);
        Tensor penalty = Parts(Regularisation, x.Size(1), 0, 1, x.Device);
        Tensor weights = LogisticRegression.Fit(Prepare(train), signs, counts, penalty);

        // A tie is half an error, so that a classifier that says nothing does no better than chance.
        Tensor scoreX = Prepare(testX).MatMul(weights).Sign(), scoreY = Prepare(testY).MatMul(weights).Sign();
        return ((scoreX.Mean() - scoreY.Mean()).ToDouble() + 2) / 4;

        Tensor Prepare(Tensor sample)
        {
            Tensor standard = (sample - mean) / scale;
            Tensor one = Tensor.Ones([sample.Size(0), 1], ScalarType.Float64, sample.Device);
            return Tensor.Concatenate([standard, one], 1);
        }
    }

    /// <summary>Two halves of a sample (or of the limit's number of its examples), drawn by the split; float64.</summary>
    private (Tensor Train, Tensor Test) Halves(Tensor sample, int split, long domain)
    {
        using Generator generator = new(Generator.Derive(Seed, split, domain));
        Tensor order = Tensor.Permutation(sample.Size(0), generator).To(sample.Device);
        long used = Math.Min(sample.Size(0), Limit), half = used / 2;
        return (Rows(0, half), Rows(half, used));

        Tensor Rows(long from, long to) => sample.IndexSelect(0, order.Slice(0, from, to)).To(ScalarType.Float64);
    }

    private static Tensor Parts(double first, double firstCount, double second, double secondCount, Device device) =>
        Tensor.Concatenate([
            Tensor.Full([(long)firstCount], first, ScalarType.Float64, device),
            Tensor.Full([(long)secondCount], second, ScalarType.Float64, device),
        ]);
}
