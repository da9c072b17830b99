using Acclimate.Torch;

namespace Acclimate.Selection;

/// <summary>
/// A figure by which candidates are judged without a target label. It compares candidates on one pair; its size says nothing
/// across pairs, nor beside another validator, and none of them is an accuracy.
/// </summary>
public abstract class Validator
{
    /// <summary>How much speaks for a candidate; the higher, the better.</summary>
    /// <param name="pair">The samples, the source's labels.</param>
    /// <param name="candidate">What is judged.</param>
    /// <param name="pool">All that are judged together, this one among them or not; validators that ask no crowd leave it aside.</param>
    /// <returns>The figure; NaN where it can't say anything of this candidate.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or a candidate speaks of other samples or classes than the pair's.</exception>
    public double Score(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(pool);
        Validate();
        CandidateArguments.Fits(pair, candidate);
        foreach (Candidate other in pool)
            CandidateArguments.Fits(pair, other);
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        double score = Measure(pair, candidate, pool);
        return double.IsFinite(score) ? score : double.NaN;
    }

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One or more are out of range.</exception>
    public virtual void Validate()
    {
    }

    /// <summary>The figure itself; what it makes of tensors is freed by the caller, and nothing is recorded for gradients.</summary>
    /// <param name="pair">The samples, the source's labels.</param>
    /// <param name="candidate">What is judged; it fits the pair.</param>
    /// <param name="pool">All that are judged together; they fit the pair.</param>
    /// <returns>The figure; NaN where it can't say anything of this candidate.</returns>
    protected abstract double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool);
}
