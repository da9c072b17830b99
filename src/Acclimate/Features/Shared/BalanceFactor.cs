using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// The balance μ of BDA and MEDA: how much of the shift is between classes and how much between the domains as wholes,
/// by proxy A-distances d. Wang, Feng, Chen, Yu, Huang, Yu, "Visual Domain Adaptation with Manifold Embedded Distribution
/// Alignment", ACM MM 2018, equation 10.
/// </summary>
internal static class BalanceFactor
{
    private const long Draw = 9101;

    /// <summary>μ = d_c / (d_M + d_c), d_M the domains' distance and d_c the mean of the classes'; ½ where neither differs.</summary>
    /// <param name="data">The domains; of the source, the labels are looked at.</param>
    /// <param name="samples">[n_s + n_t, k]: what the distances are measured on, the source's first.</param>
    /// <param name="pseudo">The target's pseudo-labels. A class with fewer than two samples in a domain is left out.</param>
    /// <param name="context">Where the splits of the samples are drawn from.</param>
    public static double Estimate(FeatureData data, Tensor samples, int[] pseudo, FitContext context)
    {
        using TensorScope scope = TensorScope.Begin();
        long n = data.SourceCount;
        Tensor source = samples.Slice(0, 0, n), target = samples.Slice(0, n, n + data.TargetCount);
        ProxyADistance distance = new() { Splits = 1, Seed = Generator.Derive(context.Seed, Draw) };
        if (data.SourceCount < 2 || data.TargetCount < 2)
            return 0.5;
        double marginal = distance.Estimate(source, target).Value;
        List<double> classes = [];
        for (int c = 0; c < data.Classes; c++)
        {
            if (Of(data.SourceLabels, c) is { } s && Of(pseudo, c) is { } t)
                classes.Add(distance.Estimate(source.IndexSelect(0, s), target.IndexSelect(0, t)).Value);
        }

        double conditional = classes.Count == 0 ? 0 : classes.Average();
        return marginal + conditional > 0 ? conditional / (marginal + conditional) : 0.5;

        static Tensor? Of(int[] labels, int c)
        {
            long[] at = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == c).Select(static i => (long)i)];
            return at.Length < 2 ? null : Tensor.From<long>(at);
        }
    }
}
