using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// Minus the importance-weighted error on held-out source samples, with weights from the space that the method made (the original one where a
/// candidate has none) and their mean, which is 1 in expectation, as control variate.
/// </summary>
/// <remarks>
/// The weights are not normalised: normalised ones have mean 1 exactly, and the control variate would vanish. The estimate can leave −1 to 0
/// for that. The loss is 0 or 1. NaN where a domain has a single sample.
/// </remarks>
[Validator("dev",
    Title = "deep embedded validation",
    Formula = "−(mean(wℓ) + η mean(w) − η),  η = −Cov(wℓ, w)/Var(w),  w = p_t/p_s in the method's own space",
    Paper = "You, Wang, Long, Jordan: Towards Accurate Model Selection in Deep Unsupervised Domain Adaptation, ICML 2019",
    Needs = ValidatorNeeds.HeldOut,
    Beware = "Where the method has not brought the domains together a few samples decide; where it has brought wrong classes together it can't know.")]
public sealed class DeepEmbeddedValidation : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.HeldOut is not { } heldOut)
            return double.NaN;
        bool own = candidate is { SourceFeatures: not null, TargetFeatures: not null };
        Tensor source = own ? candidate.SourceFeatures! : pair.Source, target = own ? candidate.TargetFeatures! : pair.Target;
        Tensor at = own && heldOut.Features is { } features ? features : source.IndexSelect(0, Tensor.From(Array.ConvertAll(heldOut.Indices, static i => (long)i)));
        double[]? weights = own ? DensityRatio.At(source, target, at, heldOut.Indices) : Some(pair.Original.SourceRatio(), heldOut.Indices);
        return weights is null ? double.NaN : -Risk(HeldOutErrors.Of(pair, heldOut), weights);
    }

    private static double[]? Some(double[]? ratio, int[] indices) => ratio is null ? null : Array.ConvertAll(indices, i => ratio[i]);

    private static double Risk(double[] errors, double[] weights)
    {
        double[] weighted = [.. errors.Zip(weights, static (error, weight) => error * weight)];
        double loss = weighted.Average(), mean = weights.Average();
        double covariance = weighted.Zip(weights, (one, other) => (one - loss) * (other - mean)).Sum(), variance = weights.Sum(weight => (weight - mean) * (weight - mean));
        double eta = variance > 0 ? -covariance / variance : 0;
        return loss + (eta * mean) - eta;
    }
}
