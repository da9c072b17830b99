using Acclimate.Catalog;

namespace Acclimate.Selection.Validators;

/// <summary>
/// How many of a target sample's k nearest neighbours share its predicted class, in the space as it stood before any method
/// touched it (50 principal components, rows of length 1), less what the class sizes alone would give.
/// </summary>
/// <remarks>At most 1; 0 where neighbours agree as often as by chance. NaN where one class alone is predicted. Of more than 4,000 samples as many are looked at, evenly spaced.</remarks>
[Validator("knn",
    Title = "kNN consistency in the original space",
    Formula = "(a − e)/(1 − e),  a = 1/(nk) Σ_i |{j ∈ N_k(i): ŷ_j = ŷ_i}|,  e = Σ_c n_c(n_c − 1)/(n(n − 1))",
    Paper = "the idea of neighbourhood density without the method's own space: Saito, Kim, Teterwak, Sclaroff, Darrell, Saenko, ICCV 2021",
    Beware = "Where the labels are not the samples' cluster structure (sentiment in bags of words) it says nothing.")]
public sealed class NeighbourConsistency : Validator
{
    /// <summary>k, 1 or more; all others where there are fewer.</summary>
    [Option("k", "how many neighbours are asked, 1 or more")]
    public int Neighbours { get; init; } = 10;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Neighbours < 1)
            throw new ArgumentException($"knn: k is {Neighbours}; expected 1 or more");
    }

    /// <inheritdoc/>
    protected override double Measure(LabelFreePair pair, Candidate candidate, IReadOnlyList<Candidate> pool)
    {
        int[] all = ClassProbabilities.Of(candidate.Target).Labels(), labels = Array.ConvertAll(pair.Original.Rows, row => all[row]);
        double n = labels.Length;
        double chance = labels.CountBy(static label => label).Sum(g => g.Value * (g.Value - 1.0)) / (n * (n - 1));
        if (!(chance < 1))
            return double.NaN;
        int[][] neighbours = pair.Original.Neighbours(Neighbours);
        double agree = neighbours.Select((near, i) => near.Average(j => labels[j] == labels[i] ? 1.0 : 0)).Average();
        return (agree - chance) / (1 - chance);
    }
}
