namespace Acclimate.Selection.Validators;

/// <summary>Predictions that are each sure and together diverse: the mutual information of sample and predicted class.</summary>
/// <remarks>0 to log C, in nats.</remarks>
[Validator("mi",
    Title = "information maximisation",
    Formula = "H(p̄) − 1/n Σ_i H(p_i),  p̄ = 1/n Σ_i p_i",
    Paper = "Shi, Sha: Information-Theoretical Learning of Discriminative Clusters for Unsupervised Domain Adaptation, ICML 2012; as a validator: Musgrave, Belongie, Lim, 2022",
    Beware = "Confidence in many classes, right or wrong; it takes the target's classes to be balanced, and label shift breaks that.")]
public sealed class InformationMaximisation : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        ClassProbabilities predictions = ClassProbabilities.Of(candidate.Target);
        return ClassProbabilities.Entropy(predictions.Mean()) - predictions.Entropies().Average();
    }
}
