using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// How much denser the target is than the source around a sample, p_t(x)/p_s(x), from a logistic regression that tells the domains
/// apart, both counting alike (Bickel, Brückner, Scheffer, ICML 2007). Two are trained, each on every other sample, and a
/// source sample is weighed by the one that hasn't seen it: one that has would find every source sample far from the target.
/// </summary>
internal static class DensityRatio
{
    /// <summary>Beyond e²⁰ a ratio only says that the domains don't overlap.</summary>
    private const double MostLog = 20;

    /// <summary>The ratio at some samples; nothing where a domain has a single one. Call it inside a <see cref="TensorScope"/>.</summary>
    /// <param name="source">[n_s, k].</param>
    /// <param name="target">[n_t, k].</param>
    /// <param name="at">Source samples to weigh, as rows of their own: [m, k].</param>
    /// <param name="indices">Which source samples they are.</param>
    public static double[]? At(Tensor source, Tensor target, Tensor at, IReadOnlyList<int> indices)
    {
        if (source.Size(0) < 2 || target.Size(0) < 2)
            return null;
        double[][] logs = [.. Enumerable.Range(0, 2).Select(fold => LogRatio(Others(source, fold), Others(target, fold), at))];
        return [.. indices.Select((index, i) => Math.Exp(Math.Clamp(logs[index % 2][i], -MostLog, MostLog)))];
    }

    /// <summary>Every other row: those that a fold's samples are judged by.</summary>
    private static Tensor Others(Tensor samples, int fold) => samples.Slice(0, 1 - fold, samples.Size(0), 2);

    private static double[] LogRatio(Tensor source, Tensor target, Tensor at)
    {
        using TensorScope scope = TensorScope.Begin();
        double n = source.Size(0), m = target.Size(0);
        Tensor train = Tensor.Concatenate([source, target]);
        Tensor mean = train.Mean(0, keep: true), deviation = train.StandardDeviation(0, unbiased: false, keep: true);
        Tensor scale = deviation.GreaterThan(0).Where(deviation, deviation.OnesLike());
        Tensor signs = Parts(-1, n, 1, m), counts = Parts((n + m) / (2 * n), n, (n + m) / (2 * m), m), penalty = Parts(1, source.Size(1), 0, 1);
        Tensor weights = LogisticRegression.Fit(Prepared(train), signs, counts, penalty);
        return Prepared(at).MatMul(weights).ToArray<double>();

        Tensor Prepared(Tensor samples) =>
            Tensor.Concatenate([(samples - mean) / scale, Tensor.Ones([samples.Size(0), 1], ScalarType.Float64)], 1);
    }

    private static Tensor Parts(double first, double firstCount, double second, double secondCount) =>
        Tensor.Concatenate([Tensor.Full([(long)firstCount], first, ScalarType.Float64), Tensor.Full([(long)secondCount], second, ScalarType.Float64)]);
}
