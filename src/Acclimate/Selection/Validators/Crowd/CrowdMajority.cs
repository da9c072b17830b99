namespace Acclimate.Selection.Validators;

/// <summary>How often a candidate says what most others say: the other families vote on each target sample, every family with one voice that its candidates share.</summary>
/// <remarks>0 to 1; where classes have equal votes, a candidate with one of them is right to that part. NaN without another family in the pool.</remarks>
[Validator("crowd-maj",
    Title = "agreement with the majority of the other families",
    Formula = "share of samples with ŷ = argmax_c 1/|F| Σ_f 1/|f| Σ_{j ∈ f} [ŷ_j = c],  F the other families",
    Paper = "agreement as evidence: Platanios, Blum, Mitchell: Estimating Accuracy from Unlabeled Data, UAI 2014",
    Needs = ValidatorNeeds.Crowd,
    Beware = "Where the pool shares a wrong base it praises what errs with the crowd; a candidate that is better than all others looks odd.")]
public sealed class CrowdMajority : Validator
{
    private const double Tie = 1e-12;

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool) =>
        Crowd.Votes(candidate, pool) is not { } votes
            ? double.NaN
            : ClassProbabilities.Of(candidate.Target).Labels().Zip(votes, static (label, of) => Agrees(of, label)).Average();

    private static double Agrees(double[] votes, int label)
    {
        double most = votes.Max();
        return votes[label] < most - Tie ? 0 : 1.0 / votes.Count(vote => vote >= most - Tie);
    }
}
