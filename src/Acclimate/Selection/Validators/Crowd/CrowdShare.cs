namespace Acclimate.Selection.Validators;

/// <summary>How many of the other families say what a candidate says, on average over the target's samples; every family has one voice that its candidates share.</summary>
/// <remarks>0 to 1. NaN without another family in the pool.</remarks>
[Validator("crowd-share",
    Title = "share of the other families that agree",
    Formula = "1/n Σ_i 1/|F| Σ_{f ∈ F} 1/|f| Σ_{j ∈ f} [ŷ_j(x_i) = ŷ(x_i)],  F the other families",
    Paper = "agreement as evidence: Platanios, Blum, Mitchell: Estimating Accuracy from Unlabeled Data, UAI 2014",
    Needs = ValidatorNeeds.Crowd,
    Beware = "Where the pool shares a wrong base it praises what errs with the crowd; a candidate that is better than all others looks odd.")]
public sealed class CrowdShare : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool) =>
        Crowd.Votes(candidate, pool) is not { } votes
            ? double.NaN
            : ClassProbabilities.Of(candidate.Target).Labels().Zip(votes, static (label, of) => of[label]).Average();
}
