using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// How much denser the target is than the source around a sample, p_t(x)/p_s(x), from a logistic regression that tells the domains
/// apart, both counting alike (Bickel, Brückner, Scheffer, ICML 2007). Two are trained, each on half of the samples, and a
/// source sample is weighed by the one that hasn't seen it: one that has would find every source sample far from the target. The halves are drawn: rows may come in turns.
/// </summary>
internal static class DensityRatio
{
    /// <summary>Beyond e²⁰ a ratio only says that the domains don't overlap.</summary>
    private const double MostLog = 20;

    /// <summary>The draw of either domain's halves, the same for every candidate.</summary>
    private const long DrawSource = 9411, DrawTarget = 9412;

    /// <summary>The ratio at some samples; nothing where a domain has a single one. Call it inside a <see cref="TensorScope"/>.</summary>
    /// <param name="source">[n_s, k].</param>
    /// <param name="target">[n_t, k].</param>
    /// <param name="at">Source samples to weigh, as rows of their own: [m, k].</param>
    /// <param name="indices">Which source samples they are.</param>
    public static double[]? At(Tensor source, Tensor target, Tensor at, IReadOnlyList<int> indices)
    {
        if (source.Size(0) < 2 || target.Size(0) < 2)
            return null;
        (int[] ofSource, int[] ofTarget) = Halves((int)source.Size(0), (int)target.Size(0));
        double[][] logs = [.. Enumerable.Range(0, 2).Select(fold => LogRatio(Others(source, ofSource, fold), Others(target, ofTarget, fold), at))];
        return [.. indices.Select((index, i) => Math.Exp(Math.Clamp(logs[ofSource[index]][i], -MostLog, MostLog)))];
    }

    /// <summary>The half of each source sample and of each target sample, 0 or 1.</summary>
    internal static (int[] Source, int[] Target) Halves(int source, int target) => (Folds(source, DrawSource), Folds(target, DrawTarget));

    private static int[] Folds(int count, long purpose)
    {
        using Generator generator = new(Generator.Derive(0, purpose));
        using Tensor drawn = Tensor.Permutation(count, generator);
        int[] fold = new int[count];
        long[] order = drawn.ToArray<long>();
        for (int i = 0; i < count; i++)
            fold[order[i]] = i % 2;
        return fold;
    }

    /// <summary>The rows that a fold's samples are judged by: those of the other.</summary>
    private static Tensor Others(Tensor samples, int[] folds, int fold) =>
        samples.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, folds.Length).Where(i => folds[i] != fold).Select(static i => (long)i)]));

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
