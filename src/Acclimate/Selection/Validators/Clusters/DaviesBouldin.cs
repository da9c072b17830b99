using Acclimate.Discrepancies;
using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// How like each predicted class of the target is to the one it is most like, in the method's own space (in the original one where
/// a candidate has none); negative, so that the higher is the better.
/// </summary>
/// <remarks>0 or less. NaN where one class alone is predicted or two classes have one mean.</remarks>
[Validator("davies-bouldin",
    Title = "Davies–Bouldin index of the predicted classes",
    Formula = "−1/k Σ_c max_{c' ≠ c} (s_c + s_c')/‖m_c − m_c'‖,  s_c the mean distance of its samples from m_c",
    Paper = "Davies, Bouldin: A Cluster Separation Measure, IEEE TPAMI 1, 1979",
    Beware = "In the method's own space it praises whatever pulled the classes apart, rightly or not.")]
public sealed class DaviesBouldin : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        Tensor x = candidate.TargetFeatures ?? pair.Target;
        ClusterMembers members = new(ClassProbabilities.Of(candidate.Target).Labels());
        int k = members.Count;
        if (k < 2)
            return double.NaN;
        Tensor means = members.Means(x), one = members.OneHot();
        Tensor widths = one.T.MatMul((x - one.MatMul(means)).Norm(1, keep: true)) / Tensor.From(members.Sizes).Unsqueeze(1);
        double[] s = widths.ToArray<double>(), apart = PairwiseDistances.Squared(means, means).Sqrt().ToArray<double>();
        double sum = 0;
        for (int c = 0; c < k; c++)
            sum += Enumerable.Range(0, k).Where(other => other != c).Max(other => (s[c] + s[other]) / apart[(c * k) + other]);
        return -sum / k;
    }
}
