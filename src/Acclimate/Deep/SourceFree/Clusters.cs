using Acclimate.Torch;

namespace Acclimate.Deep.SourceFree;

/// <summary>Labels from clusters that start from a classifier's predictions (Liang et al., ICML 2020, equations 4 to 6).</summary>
internal static class Clusters
{
    /// <summary>Keeps a row of zeros, and a class without weight, from being divided by 0.</summary>
    private const double Least = 1e-8;

    /// <summary>
    /// The nearest centroid by cosine distance. The first centroids are means weighted by the probabilities; the second
    /// are means over those that were nearest to the first.
    /// </summary>
    /// <param name="features">g(x): samples × features.</param>
    /// <param name="probabilities">δ(h(g(x))): samples × classes.</param>
    /// <returns>The clusters' numbers, Int64.</returns>
    public static Tensor Labels(Tensor features, Tensor probabilities)
    {
        using NoGrad noGrad = NoGrad.Begin();
        using TensorScope scope = TensorScope.Begin();
        Tensor directions = Unit(features);
        Tensor first = Centroids(features, probabilities);
        Tensor members = Nearest(directions, first).OneHot(probabilities.Size(1)).To(features.Type);
        Tensor second = members.Sum(0).Unsqueeze(1).GreaterThan(0).Where(Centroids(features, members), first);
        return scope.Keep(Nearest(directions, second));
    }

    /// <summary>c_k = Σ_i w_ik g(x_i) / Σ_i w_ik.</summary>
    private static Tensor Centroids(Tensor features, Tensor weights) =>
        weights.T.MatMul(features) / weights.Sum(0).Clamp(low: Least).Unsqueeze(1);

    private static Tensor Nearest(Tensor directions, Tensor centroids) => directions.MatMul(Unit(centroids).T).ArgMax(1);

    private static Tensor Unit(Tensor rows) => rows / rows.Norm(1, keep: true).Clamp(low: Least);
}
