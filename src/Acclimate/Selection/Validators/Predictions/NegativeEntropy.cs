namespace Acclimate.Selection.Validators;

/// <summary>How sure a candidate is of the target's samples: minus the mean entropy of its predictions.</summary>
/// <remarks>−log C to 0, in nats.</remarks>
[Validator("entropy",
    Title = "entropy of the predictions",
    Formula = "−1/n Σ_i H(p_i),  H(p) = −Σ_c p_c log p_c",
    Paper = "Morerio, Cavazza, Murino: Minimal-Entropy Correlation Alignment for Unsupervised Deep Domain Adaptation, ICLR 2018",
    Beware = "It praises confidence, right or wrong: collapsed and over-confident candidates win, and heads of different kinds are not comparable.")]
public sealed class NegativeEntropy : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool) =>
        -ClassProbabilities.Of(candidate.Target).Entropies().Average();
}
