namespace Acclimate.Selection.Validators;

/// <summary>How many target samples a candidate is as sure of as of the held-out source samples that it labels right.</summary>
/// <remarks>0 to 1; it is meant as an estimate of accuracy, and too unreliable to be shown as one.</remarks>
[Validator("atc",
    Title = "average thresholded confidence",
    Formula = "share of target samples with −H(p) ≥ t,  t such that the share of held-out source samples below it is their error",
    Paper = "Garg, Balakrishnan, Lipton, Neyshabur, Sedghi: Leveraging Unlabeled Data to Predict Out-of-Distribution Performance, ICLR 2022",
    Needs = ValidatorNeeds.HeldOut,
    Beware = "It believes confidence to mean the same in both domains: methods that make the target's predictions sure fulfil it themselves.")]
public sealed class AverageThresholdedConfidence : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        if (candidate.HeldOut is not { } heldOut)
            return double.NaN;
        int wrong = (int)HeldOutErrors.Of(pair, heldOut).Sum();
        double[] entropies = [.. ClassProbabilities.Of(heldOut.Probabilities).Entropies().OrderDescending()];
        return wrong == entropies.Length ? 0 : ClassProbabilities.Of(candidate.Target).Entropies().Average(entropy => entropy <= entropies[wrong] ? 1.0 : 0);
    }
}
