using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// Whether the target's predicted classes lie to their domain's mean as the source's true classes lie to theirs, in the method's own
/// space (in the original one where a candidate has none).
/// </summary>
/// <remarks>−1 to 1, over the classes that both have. NaN where these are fewer than two.</remarks>
[Validator("centroid-cosine",
    Title = "cosine of the class centroids of both domains",
    Formula = "mean over c of cos(m_c(source) − m(source), m_c(target) − m(target)),  the target's classes as predicted",
    Paper = "the centroids that semantic transfer aligns: Xie, Zheng, Chen, Chen: Learning Semantic Representations for Unsupervised Domain Adaptation, ICML 2018",
    Beware = "A method that aligns centroids does well by it whether the classes that it aligns are the right ones or not.")]
public sealed class CentroidCosine : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        bool own = candidate is { SourceFeatures: not null, TargetFeatures: not null };
        Tensor x = own ? candidate.SourceFeatures! : pair.Source, z = own ? candidate.TargetFeatures! : pair.Target;
        ClusterMembers known = new([.. pair.SourceLabels]), predicted = new(ClassProbabilities.Of(candidate.Target).Labels());
        int[] both = [.. known.Classes.Intersect(predicted.Classes)];
        if (both.Length < 2)
            return double.NaN;
        Tensor from = Directions(x, known), to = Directions(z, predicted);
        return (from * to).Sum().ToDouble() / both.Length;

        Tensor Directions(Tensor samples, ClusterMembers members)
        {
            Tensor rows = Tensor.From(Array.ConvertAll(both, c => (long)Array.BinarySearch(members.Classes, c)));
            Tensor means = members.Means(samples).IndexSelect(0, rows) - samples.Mean(0, keep: true), lengths = means.Norm(1, keep: true);
            return means / lengths.GreaterThan(0).Where(lengths, lengths.OnesLike());
        }
    }
}
