using Acclimate.Torch;

namespace Acclimate.Classifiers;

/// <summary>Classifiers that vote, each with a weight.</summary>
/// <param name="Members">The classifiers; one at least.</param>
/// <param name="Votes">The weight of each one's vote, above 0.</param>
/// <param name="Classes">C.</param>
public sealed record FittedEnsemble(IReadOnlyList<FittedClassifier> Members, IReadOnlyList<double> Votes, int Classes) : FittedClassifier
{
    /// <inheritdoc/>
    public override IEnumerable<Tensor> Tensors => Members.SelectMany(static member => member.Tensors);

    /// <summary>The share of the votes for each class.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Scores(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        using TensorScope scope = TensorScope.Begin();
        Tensor scores = Tensor.Zeros([samples.Size(0), Classes], ScalarType.Float64);
        double all = Votes.Sum();
        for (int i = 0; i < Members.Count; i++)
        {
            long[] said = Array.ConvertAll(Members[i].Predict(samples), static label => (long)label);
            scores.AddInPlace(Tensor.From(said).OneHot(Classes).To(ScalarType.Float64), Votes[i] / all);
        }

        return scope.Keep(scores);
    }

    /// <summary>The share of the votes.</summary>
    /// <param name="samples">[n, d], float64.</param>
    public override Tensor Probabilities(Tensor samples) => Scores(samples);
}
