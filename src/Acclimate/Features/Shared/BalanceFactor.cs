using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Features.Shared;

/// <summary>
/// μ, how much the classes' means count against the domains' own: μ ≈ d_c/(d_m + d_c), d_m the proxy A-distance of the domains
/// and d_c the mean of those of the classes. Wang, Feng, Chen, Yu, Huang, Yu, "Visual Domain Adaptation with Manifold Embedded
/// Distribution Alignment", ACM MM 2018, section 3.4, with the mean over classes of its released code.
/// </summary>
/// <remarks>
/// The distances are measured on samples held out. Classes with fewer than two samples in either domain say nothing; where
/// nothing is said, or no distance is above 0, μ is ½.
/// </remarks>
internal sealed class BalanceFactor
{
    private readonly Tensor source;
    private readonly int[] labels;
    private readonly Tensor target;
    private readonly ProxyADistance distance;
    private readonly double marginal;

    /// <summary>Measures the domains' own distance.</summary>
    /// <param name="source">[n_s, d].</param>
    /// <param name="labels">The class of each source sample.</param>
    /// <param name="target">[n_t, d].</param>
    /// <param name="context">Where the splits are drawn from.</param>
    public BalanceFactor(Tensor source, int[] labels, Tensor target, FitContext context)
    {
        (this.source, this.labels, this.target) = (source, labels, target);
        distance = new ProxyADistance { Splits = 1, Seed = context.Seed };
        marginal = Between(source, target) ?? 0;
    }

    /// <summary>μ, from 0 to 1.</summary>
    /// <param name="pseudo">The target's pseudo-labels.</param>
    public double Estimate(int[] pseudo)
    {
        using TensorScope scope = TensorScope.Begin();
        double[] perClass = [.. labels.Distinct().Order().Select(c => Between(Of(source, labels, c), Of(target, pseudo, c))).OfType<double>()];
        double conditional = perClass.Length == 0 ? marginal : perClass.Average();
        return marginal + conditional > 0 ? conditional / (marginal + conditional) : 0.5;
    }

    private double? Between(Tensor one, Tensor other) =>
        one.Size(0) < 2 || other.Size(0) < 2 ? null : distance.Estimate(one, other).Value;

    private static Tensor Of(Tensor samples, int[] classes, int c) =>
        samples.IndexSelect(0, Tensor.From<long>([.. Enumerable.Range(0, classes.Length).Where(i => classes[i] == c).Select(static i => (long)i)]));
}
