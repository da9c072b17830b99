namespace Acclimate.Selection.Validators;

/// <summary>The nuclear norm of the predictions, large where they are sure (a large Frobenius norm) and of many classes (a high rank), over the largest that there can be.</summary>
/// <remarks>Above 0, at most 1, which balanced one-hot predictions reach.</remarks>
[Validator("bnm",
    Title = "batch nuclear norm",
    Formula = "‖P‖_* / √(n min(n, C)),  P the n × C predictions",
    Paper = "Cui, Wang, Zhuo, Li, Huang, Tian: Towards Discriminability and Diversity: Batch Nuclear-norm Maximization under Label Insufficient Situations, CVPR 2020; as a validator: Musgrave, Belongie, Lim, 2022",
    Beware = "As information maximisation: it praises sure and balanced predictions, right or wrong.")]
public sealed class NuclearNorm : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        double n = candidate.Target.Size(0);
        return candidate.Target.SingularValues().Sum().ToDouble() / Math.Sqrt(n * Math.Min(n, pair.Classes));
    }
}
