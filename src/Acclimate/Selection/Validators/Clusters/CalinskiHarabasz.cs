using Acclimate.Torch;

namespace Acclimate.Selection.Validators;

/// <summary>
/// How far the predicted classes of the target lie apart, against how wide they are, in the method's own space (in the original
/// one where a candidate has none).
/// </summary>
/// <remarks>0 or more, without bound. NaN where one class alone is predicted, every sample has a class of its own, or classes have no width.</remarks>
[Validator("calinski-harabasz",
    Title = "Caliński–Harabasz index of the predicted classes",
    Formula = "(Σ_c n_c ‖m_c − m‖² / (k − 1)) / (Σ_i ‖x_i − m_ŷi‖² / (n − k))",
    Paper = "Caliński, Harabasz: A dendrite method for cluster analysis, Communications in Statistics 3, 1974",
    Beware = "In the method's own space it praises whatever pulled the classes apart, rightly or not.")]
public sealed class CalinskiHarabasz : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        Tensor x = candidate.TargetFeatures ?? pair.Target;
        ClusterMembers members = new(ClassProbabilities.Of(candidate.Target).Labels());
        double n = members.Places.Length, k = members.Count;
        if (k < 2 || n <= k)
            return double.NaN;
        Tensor means = members.Means(x), centred = means - x.Mean(0, keep: true);
        double between = (centred.Square().Sum(1) * Tensor.From(members.Sizes)).Sum().ToDouble();
        double within = (x - members.OneHot().MatMul(means)).Square().Sum().ToDouble();
        return between / (k - 1) / (within / (n - k));
    }
}
