using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// The maximum mean discrepancy's matrices as the factors that they are: M = E Eᵀ with one column of E [n, r] for each
/// pair of means that is compared, n = n_s + n_t, the source's samples first. M itself is never formed.
/// </summary>
internal static class MmdFactors
{
    /// <summary>e of M₀ = eeᵀ: 1/n_s for source samples, −1/n_t for target samples. [n, 1].</summary>
    public static Tensor Marginal(int sourceCount, int targetCount)
    {
        double[] e = new double[sourceCount + targetCount];
        e.AsSpan(0, sourceCount).Fill(1.0 / sourceCount);
        e.AsSpan(sourceCount).Fill(-1.0 / targetCount);
        return Tensor.From(e, e.Length, 1);
    }

    /// <summary>
    /// e_c of M_c = e_c e_cᵀ for each class: 1/n_s^c for the source samples that have it, −1/n_t^c for the target samples
    /// that seem to have it, 0 elsewhere. A class that is absent from either domain has no two means to compare, and no column.
    /// </summary>
    /// <param name="source">The source's labels.</param>
    /// <param name="target">The target's pseudo-labels.</param>
    /// <param name="classes">C.</param>
    /// <param name="weightOf">What a class's sides are multiplied by (source, target), given its number; 1 where it is left out.</param>
    /// <returns>[n, number of classes in both]; none where there is no such class.</returns>
    public static Tensor? Conditional(int[] source, int[] target, int classes, Func<int, (double Source, double Target)>? weightOf = null)
    {
        int[] inSource = CountPerClass(source, classes), inTarget = CountPerClass(target, classes);
        int[] columns = [.. Enumerable.Range(0, classes).Where(c => inSource[c] > 0 && inTarget[c] > 0)];
        if (columns.Length == 0)
            return null;
        int[] columnOf = [.. Enumerable.Range(0, classes).Select(c => Array.IndexOf(columns, c))];
        double[] e = new double[(source.Length + target.Length) * columns.Length];
        for (int i = 0; i < source.Length + target.Length; i++)
        {
            bool isSource = i < source.Length;
            int label = isSource ? source[i] : target[i - source.Length];
            if (columnOf[label] < 0)
                continue;
            (double ofSource, double ofTarget) = weightOf?.Invoke(label) ?? (1, 1);
            e[(i * columns.Length) + columnOf[label]] = isSource ? ofSource / inSource[label] : -ofTarget / inTarget[label];
        }

        return Tensor.From(e, source.Length + target.Length, columns.Length);
    }

    /// <summary>
    /// E of JDA's M = C·M₀ + Σ_c M_c, as the released code weighs the terms, C counting the classes that the source has
    /// samples of: [n, 1 + classes in both]; C·M₀ alone where there are no pseudo-labels.
    /// </summary>
    /// <param name="data">The domains.</param>
    /// <param name="pseudo">The target's pseudo-labels; none before there are any.</param>
    public static Tensor Joint(FeatureData data, int[]? pseudo)
    {
        Tensor e = Marginal(data.SourceCount, data.TargetCount) * Math.Sqrt(CountPerClass(data.SourceLabels, data.Classes).Count(static n => n > 0));
        return pseudo is not null && Conditional(data.SourceLabels, pseudo, data.Classes) is { } classes ? Tensor.Concatenate([e, classes], 1) : e;
    }

    /// <summary>‖EEᵀ‖_F, which is ‖EᵀE‖_F.</summary>
    public static double Norm(Tensor factors)
    {
        using TensorScope scope = TensorScope.Begin();
        return factors.T.MatMul(factors).Norm().ToDouble();
    }

    /// <summary>How many samples each class has.</summary>
    public static int[] CountPerClass(int[] labels, int classes)
    {
        int[] counts = new int[classes];
        foreach (int label in labels)
            counts[label]++;
        return counts;
    }
}
