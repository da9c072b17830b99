namespace Acclimate.Selection.Validators;

/// <summary>
/// The share of held-out source samples that a candidate labels right, each counting for as much denser as the target is around it than
/// the source. The weights are normalised, which orders candidates with the same held-out samples as the paper's do and keeps the figure in range.
/// </summary>
/// <remarks>0 to 1. NaN where a domain has a single sample. Weights: logistic regression of the domains on standardised features of the original space, each sample weighed by a fit that hasn't seen it.</remarks>
[Validator("iwcv",
    Title = "importance-weighted validation",
    Formula = "Σ_i w_i [ŷ(x_i) = y_i] / Σ_i w_i,  w_i = p_t(x_i)/p_s(x_i) in the original space",
    Paper = "Sugiyama, Krauledat, Müller: Covariate Shift Adaptation by Importance Weighted Cross Validation, JMLR 8, 2007",
    Needs = ValidatorNeeds.HeldOut,
    Beware = "It takes it that the target lies within the source and classes look the same there; where they hardly overlap a few samples decide.")]
public sealed class ImportanceWeightedValidation : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.HeldOut is not { } heldOut || pair.Original.SourceRatio() is not { } ratio)
            return double.NaN;
        double[] errors = HeldOutErrors.Of(pair, heldOut), weights = [.. heldOut.Indices.Select(i => ratio[i])];
        return 1 - (errors.Zip(weights, static (error, weight) => error * weight).Sum() / weights.Sum());
    }
}
