namespace Acclimate.Selection.Validators;

/// <summary>The accuracy on held-out source samples, less what the confidence falls by from there to the target.</summary>
/// <remarks>It is meant as an estimate of accuracy, and too unreliable to be shown as one; it can leave 0 to 1.</remarks>
[Validator("doc",
    Title = "difference of confidences",
    Formula = "a_s − (mean_s max_c p_c − mean_t max_c p_c),  a_s and mean_s on held-out source samples",
    Paper = "Guillory, Shankar, Ebrahimi, Darrell, Schmidt: Predicting with Confidence on Unseen Distributions, ICCV 2021",
    Needs = ValidatorNeeds.HeldOut,
    Beware = "It believes confidence to mean the same in both domains: methods that make the target's predictions sure fulfil it themselves.")]
public sealed class DifferenceOfConfidences : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.HeldOut is not { } heldOut)
            return double.NaN;
        double accuracy = 1 - HeldOutErrors.Of(pair, heldOut).Average();
        return accuracy - ClassProbabilities.Of(heldOut.Probabilities).Confidences().Average() + ClassProbabilities.Of(candidate.Target).Confidences().Average();
    }
}
