namespace Acclimate.Selection.Validators;

/// <summary>
/// How well the predicted classes are clusters of the target as it stood before any method touched it (50 principal components,
/// rows of length 1, Euclidean distance).
/// </summary>
/// <remarks>−1 to 1. NaN where one class alone is predicted. A class of one sample counts 0. Of more than 4,000 samples as many are looked at, evenly spaced.</remarks>
[Validator("silhouette",
    Title = "silhouette in the original space",
    Formula = "1/n Σ_i (b_i − a_i)/max(a_i, b_i),  a_i, b_i the mean distances to its own and to the nearest other predicted class",
    Paper = "Rousseeuw: Silhouettes: a graphical aid to the interpretation and validation of cluster analysis, J. Comput. Appl. Math. 20, 1987",
    Beware = "Where the labels are not the samples' cluster structure it says nothing; in the method's own space it would praise whatever pulled the classes apart.")]
public sealed class OriginalSilhouette : Validator
{
    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        int[] all = ClassProbabilities.Of(candidate.Target).Labels(), labels = Array.ConvertAll(pair.Original.Rows, row => all[row]);
        return Silhouette.Of(pair.Original.Target(), labels);
    }
}
