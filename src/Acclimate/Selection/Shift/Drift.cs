using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>How far a feature moved.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="Deviations">Cohen's d: the difference of the means (target less source) in pooled standard deviations.</param>
/// <param name="Wasserstein">The 1-Wasserstein distance of its two distributions, in the source's standard deviations (in the feature's unit where it has none).</param>
/// <param name="KolmogorovSmirnov">The greatest difference of its two distribution functions, 0 to 1.</param>
/// <param name="PValue">How likely as great a one is by chance (<see cref="KolmogorovDistribution"/>).</param>
/// <param name="Adjusted">The same, adjusted to the number of features (<see cref="FalseDiscoveries"/>).</param>
public sealed record Drift(string Feature, double Deviations, double Wasserstein, double KolmogorovSmirnov, double PValue, double Adjusted)
{
    /// <summary>Whether it drifted, at a false discovery rate of 5 %.</summary>
    public bool IsSignificant => Adjusted < DomainShift.Significance;

    /// <summary>Compares each feature's two distributions.</summary>
    /// <param name="source">[n, d], n ≥ 2, floating point, finite.</param>
    /// <param name="target">[m, d], m ≥ 2.</param>
    /// <param name="names">The features' names; f0, f1 … if left out.</param>
    /// <returns>The farthest moved first, by |d| and then by the Wasserstein distance.</returns>
    /// <exception cref="ArgumentException">Not two floating-point matrices of one width, device and type, or fewer than 2 rows.</exception>
    public static IReadOnlyList<Drift> Between(Tensor source, Tensor target, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        using TensorScope scope = TensorScope.Begin();
        using NoGrad noGrad = NoGrad.Begin();
        Tensor x = source.To(ScalarType.Float64), y = target.To(ScalarType.Float64);
        double[] moved = FeatureDrift.StandardisedMeanDifference(x, y).ToArray<double>();
        Tensor spread = x.StandardDeviation(0, unbiased: false);
        double[] carried = (FeatureDrift.Wasserstein(x, y) / spread.GreaterThan(0).Where(spread, spread.OnesLike())).ToArray<double>();
        double[] apart = FeatureDrift.KolmogorovSmirnov(x, y).ToArray<double>();
        double[] chances = [.. apart.Select(d => KolmogorovDistribution.PValue(d, x.Size(0), y.Size(0)))], adjusted = FalseDiscoveries.Adjust(chances);
        return [.. moved
            .Select((d, i) => new Drift(names?[i] ?? $"f{i}", double.IsFinite(d) ? d : Math.CopySign(double.MaxValue, d), carried[i], apart[i], chances[i], adjusted[i]))
            .OrderByDescending(static drift => Math.Abs(drift.Deviations)).ThenByDescending(static drift => drift.Wasserstein)];
    }
}
